package checks

// This file has the fixes that several checks offer.

// The snippets below are pasted into real servers by the tests of pebble-env.

const (
	// A bare return or rewrite of a server block wins over every location.
	nginxHere = "if ($uri ~ ^/\\.well-known/acme-challenge/) { break; }\nlocation ^~ /.well-known/acme-challenge/ { auth_basic off; allow all; root /var/www/acme; }"
	// An Alias would lose to Redirect, and to ProxyPass.
	apacheHere  = "RewriteEngine On\nRewriteRule ^/\\.well-known/acme-challenge/ /var/www/acme%{REQUEST_URI} [END]"
	apacheAllow = "<Location /.well-known/acme-challenge/>\n\tRequire all granted\n</Location>"
	caddyHere   = "handle /.well-known/acme-challenge/* {\n\troot * /var/www/acme\n\tfile_server\n}"
	// HAProxy has no files: the ACME client answers, or another server.
	haproxyHere = "use_backend acme if { path_beg /.well-known/acme-challenge/ }\n\nbackend acme\n\tserver acme 127.0.0.1:8888"
	// Whatever was set above for every path is taken back.
	lighttpdHere = "$HTTP[\"url\"] =~ \"^/\\.well-known/acme-challenge/\" {\n\turl.redirect = ()\n\tproxy.server = ()\n\turl.access-deny = ()\n\tserver.document-root = \"/var/www/acme\"\n}"
	traefikHere  = "rule: PathPrefix(`/.well-known/acme-challenge/`)\npriority: 1000"
)

// answerHere are the ways to answer the challenge on port 80 itself, whatever
// other paths are redirected to.
func answerHere() []Fix {
	return []Fix{
		{For: "nginx", Text: "answer the challenge on port 80, above every if, rewrite and return of the server block", Snippet: nginxHere},
		{For: "Apache", Text: "answer the challenge on port 80, above the other rules of the virtual host (needs mod_rewrite)", Snippet: apacheHere},
		{For: "Caddy", Text: "in place of the redirect: answer the challenge on port 80, and redirect the rest", Snippet: caddyHere + "\nhandle {\n\tredir https://{host}{uri}\n}"},
		{For: "HAProxy", Text: "in place of the redirect: send the challenge to the ACME client, here on port 8888", Snippet: "http-request redirect scheme https unless { ssl_fc } or { path_beg /.well-known/acme-challenge/ }\n" + haproxyHere},
		{For: "Traefik", Text: "exclude the challenge from the redirect by a router of higher priority", Snippet: traefikHere},
		{For: "IIS", Text: "stop the rewrite rules for the challenge, above the redirect", Snippet: "<rule name=\"acme\" stopProcessing=\"true\"><match url=\"^\\.well-known/acme-challenge/\" /><action type=\"None\" /></rule>"},
		{For: "lighttpd", Text: "answer the challenge itself, at the end of the configuration", Snippet: lighttpdHere},
		{For: "your app", Text: "answer /.well-known/acme-challenge/ on port 80 itself; redirect only other paths"},
	}
}

// serveHere are the ways to answer the challenge where it is not answered, or
// by something that answers every path.
func serveHere() []Fix {
	return []Fix{
		{For: "nginx", Text: "serve the directory the ACME client writes to", Snippet: nginxHere},
		{For: "Apache", Text: "serve the directory the ACME client writes to, above the other rules of the virtual host (needs mod_rewrite)", Snippet: apacheHere},
		{For: "Caddy", Text: "serve the directory the ACME client writes to", Snippet: caddyHere},
		{For: "HAProxy", Text: "send the challenge to the ACME client, here on port 8888, above every other use_backend", Snippet: haproxyHere},
		{For: "Traefik", Text: "route the challenge to the ACME client", Snippet: traefikHere},
		{For: "IIS", Text: "add the virtual directory that the client writes to", Snippet: "New-WebVirtualDirectory -Site \"Default Web Site\" -Name \".well-known\" -PhysicalPath C:\\acme\\.well-known"},
		{For: "lighttpd", Text: "serve the directory the ACME client writes to, at the end of the configuration", Snippet: lighttpdHere},
		{For: "your app", Text: "answer /.well-known/acme-challenge/TOKEN with the key authorization, before every other route"},
	}
}

// exempt are the ways to keep a rule that refuses from the challenge.
func exempt() []Fix {
	return []Fix{
		{For: "nginx", Text: "exempt the challenge, above every if, rewrite and return of the server block", Snippet: nginxHere},
		{For: "Apache", Text: "exempt the challenge from rewrite rules, above them", Snippet: apacheHere},
		{For: "Apache", Text: "exempt the challenge from access rules, below them", Snippet: apacheAllow},
		{For: "Caddy", Text: "answer the challenge ahead of the rule", Snippet: caddyHere},
		{For: "HAProxy", Text: "exempt the challenge, above every rule that denies", Snippet: "http-request allow if { path_beg /.well-known/acme-challenge/ }"},
		{For: "lighttpd", Text: "exempt the challenge, at the end of the configuration", Snippet: lighttpdHere},
		{For: "your app", Text: "answer /.well-known/acme-challenge/ before logins, limits and maintenance pages"},
	}
}

// openPort are the places where a port may be closed to new connections.
func openPort() []Fix {
	return []Fix{
		{For: "ufw", Text: "let new connections in", Snippet: "sudo ufw allow {port}/tcp"},
		{For: "nftables", Text: "let new connections in, before the rule that drops", Snippet: "sudo nft insert rule inet filter input tcp dport {port} ct state new accept"},
		{For: "Windows Firewall", Text: "let new connections in", Snippet: "New-NetFirewallRule -DisplayName \"HTTP {port} in\" -Direction Inbound -Protocol TCP -LocalPort {port} -Action Allow"},
		{For: "cloud", Text: "add an inbound rule to the security group: TCP {port} from 0.0.0.0/0 and ::/0"},
		{For: "router", Text: "forward TCP {port} to the server"},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} from any source to {address}; a content filter may narrow it to the path /.well-known/acme-challenge/*. There is no list of CA addresses; they change", When: byHTTP},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} from any source to {address}, and let TLS through unopened. There is no list of CA addresses; they change", When: byALPN},
	}
}

// withoutInbound is the way round a port that cannot be opened.
var withoutInbound = Fix{For: "DNS", Text: "without any inbound connection: dns-01, which needs a TXT record and no open port"}

func withWayRound(fixes []Fix) []Fix { return append(fixes, withoutInbound) }
