package lab_test

import "testing"

func TestFixesCaddy(t *testing.T) {
	const (
		open = "http://www.example.com {\n"
		end  = "\n}"
		root = "root * {{web}}\nfile_server\n"
	)
	testFixes(t, webServer{
		kind: "Caddy", program: "caddy", args: []string{"run", "--config", "{{conf}}", "--adapter", "caddyfile"},
		base:  "{\nauto_https off\nadmin off\n}\n{{site}}\n{{https}}\n",
		https: "https://www.example.com {\ntls {{dir}}/cert.pem {{dir}}/key.pem\n" + root + "}",
	}, []fault{
		{
			name: "port in the redirect", code: "http01.redirect.port",
			site:  open + "redir https://{host}:4434{uri} 301" + end,
			mends: []mend{instead("redir https://{host}:4434{uri} 301"), instead("redir https://{host}:4434{uri} 301")},
		},
		{
			name: "missing slash", code: "http01.redirect.missing-slash",
			site:  open + "@any path_regexp rest ^/(.*)$\nredir @any https://www.example.com{re.rest.1} 301" + end,
			mends: []mend{instead("redir @any https://www.example.com{re.rest.1} 301"), instead("redir @any https://www.example.com{re.rest.1} 301")},
		},
		{
			name: "dots denied", code: "http01.response.dot-denied",
			site:  open + root + "@dot path */.*\nrespond @dot 403" + end,
			mends: []mend{instead("@dot path */.*\nrespond @dot 403")},
		},
		{
			name: "application catches all", code: "http01.response.html",
			site:  open + "reverse_proxy 127.0.0.1:8080" + end,
			mends: []mend{before("reverse_proxy")},
		},
		{
			name: "another virtual host", code: "http01.response.not-found",
			site:  "http:// {\nroot * {{empty}}\nfile_server\n}\nhttp://example.com {\n" + root + end,
			mends: []mend{before("root * {{empty}}")},
		},
		{
			name: "443 without TLS", code: "http01.tls.plain",
			site:  open + "redir https://{host}{uri} 301" + end,
			https: ":443 {\n" + root + "}",
			mends: []mend{{at: ":443 {\n" + root + "}", fill: []string{"tls {{dir}}/cert.pem {{dir}}/key.pem\n" + root}}, instead("redir https://{host}{uri} 301")},
		},
		{
			name: "User-Agent refused", code: "http01.waf.user-agent",
			site:  open + root + "@robots header User-Agent *Encrypt*\nrespond @robots 403" + end,
			mends: []mend{before("@robots header")},
		},
		{
			name: "path refused", code: "http01.waf.path",
			site:  open + root + "respond /.well-known/* 403" + end,
			mends: []mend{before("respond /.well-known/*")},
		},
	})
}
