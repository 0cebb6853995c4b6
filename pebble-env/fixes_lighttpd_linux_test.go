package lab_test

import "testing"

func TestFixesLighttpd(t *testing.T) {
	const root = "server.document-root = \"{{web}}\"\n"
	testFixes(t, webServer{
		kind: "lighttpd", program: "lighttpd", args: []string{"-D", "-f", "{{conf}}"},
		base: `server.modules = ("mod_access", "mod_alias", "mod_redirect", "mod_proxy", "mod_openssl")
server.port = 80
server.pid-file = "{{dir}}/pid"
server.errorlog = "{{dir}}/error.log"
ssl.pemfile = "{{dir}}/both.pem"
{{https}}
{{site}}
`,
		https: "$SERVER[\"socket\"] == \":443\" { ssl.engine = \"enable\" }",
	}, []fault{
		{
			name: "port in the redirect", code: "http01.redirect.port",
			site:  root + "$HTTP[\"scheme\"] == \"http\" {\nurl.redirect = (\"\" => \"https://www.example.com:4434${url.path}\")\n}",
			mends: []mend{instead("url.redirect = (\"\" => \"https://www.example.com:4434${url.path}\")"), after("${url.path}\")\n}")},
		},
		{
			name: "missing slash", code: "http01.redirect.missing-slash",
			site:  root + "$HTTP[\"scheme\"] == \"http\" {\nurl.redirect = (\"^/(.*)\" => \"https://www.example.com$1\")\n}",
			mends: []mend{instead("url.redirect = (\"^/(.*)\" => \"https://www.example.com$1\")"), after("example.com$1\")\n}")},
		},
		{
			name: "dots denied", code: "http01.response.dot-denied",
			site:  root + "$HTTP[\"url\"] =~ \"/\\.\" { url.access-deny = (\"\") }",
			mends: []mend{instead("$HTTP[\"url\"] =~ \"/\\.\" { url.access-deny = (\"\") }")},
		},
		{
			name: "application catches all", code: "http01.response.html",
			site:  root + "proxy.server = (\"\" => ((\"host\" => \"127.0.0.1\", \"port\" => 8080)))",
			mends: []mend{after("\"port\" => 8080)))")},
		},
		{
			name: "another virtual host", code: "http01.response.not-found",
			site:  "server.document-root = \"{{empty}}\"\n$HTTP[\"host\"] == \"example.com\" {\n" + root + "}",
			mends: []mend{after(root + "}")},
		},
		{
			name: "443 without TLS", code: "http01.tls.plain",
			site:  root + "$HTTP[\"scheme\"] == \"http\" {\nurl.redirect = (\"\" => \"https://www.example.com${url.path}\")\n}",
			https: "$SERVER[\"socket\"] == \":443\" { }",
			mends: []mend{{at: "$SERVER[\"socket\"] == \":443\" { }", fill: []string{"{{dir}}/both.pem"}}, after("${url.path}\")\n}")},
		},
		{
			name: "TLS on port 80", code: "http01.protocol.tls",
			site:  root + "ssl.engine = \"enable\"",
			https: "$SERVER[\"socket\"] == \":443\" { }",
			mends: []mend{instead("ssl.engine = \"enable\"")},
		},
		{
			name: "User-Agent refused", code: "http01.waf.user-agent",
			site:  root + "$HTTP[\"useragent\"] =~ \"Encrypt\" { url.access-deny = (\"\") }",
			mends: []mend{after("url.access-deny = (\"\") }")},
		},
		{
			name: "path refused", code: "http01.waf.path",
			site:  root + "$HTTP[\"url\"] =~ \"^/\\.well-known/\" { url.access-deny = (\"\") }",
			mends: []mend{after("url.access-deny = (\"\") }")},
		},
	})
}
