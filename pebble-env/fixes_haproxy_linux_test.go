package lab_test

import "testing"

func TestFixesHAProxy(t *testing.T) {
	const (
		bind  = "frontend http\nbind :80\n"
		files = "\ndefault_backend files\n"
	)
	testFixes(t, webServer{
		kind: "HAProxy", program: "haproxy", args: []string{"-db", "-f", "{{conf}}"},
		base: `global
maxconn 100
defaults
mode http
timeout connect 2s
timeout client 5s
timeout server 5s
{{site}}
{{https}}
backend files
server files 127.0.0.1:8888
backend app
server app 127.0.0.1:8080
backend nobody
server nobody 127.0.0.1:8081
`,
		https: "frontend https\nbind :443 ssl crt {{dir}}/both.pem" + files,
	}, []fault{
		{
			name: "port in the redirect", code: "http01.redirect.port",
			site:  bind + "http-request redirect location https://www.example.com:4434%[path]" + files,
			mends: []mend{instead("http-request redirect location https://www.example.com:4434%[path]"), instead("http-request redirect location https://www.example.com:4434%[path]")},
		},
		{
			name: "missing slash", code: "http01.redirect.missing-slash",
			site:  bind + "http-request redirect location https://www.example.com%[path,regsub(^/,)]" + files,
			mends: []mend{instead("http-request redirect location https://www.example.com%[path,regsub(^/,)]"), instead("http-request redirect location https://www.example.com%[path,regsub(^/,)]")},
		},
		{
			name: "dots denied", code: "http01.response.dot-denied",
			site:  bind + "http-request deny if { path_sub /. }" + files,
			mends: []mend{instead("http-request deny if { path_sub /. }")},
		},
		{
			name: "application catches all", code: "http01.response.html",
			site:  bind + "default_backend app",
			mends: []mend{before("default_backend app")},
		},
		{
			name: "another virtual host", code: "http01.response.not-found",
			site:  bind + "use_backend files if { hdr(host) example.com }\ndefault_backend nobody",
			mends: []mend{before("use_backend files")},
		},
		{
			name: "HTTP/2 only", code: "http01.protocol.http2",
			site:  "frontend http\nbind :80 proto h2" + files,
			mends: []mend{instead("bind :80 proto h2")},
		},
		{
			name: "443 without TLS", code: "http01.tls.plain",
			site:  bind + "http-request redirect scheme https\n",
			https: "frontend https\nbind :443" + files,
			mends: []mend{instead("bind :443"), instead("http-request redirect scheme https")},
		},
		{
			name: "TLS on port 80", code: "http01.protocol.tls",
			site:  "frontend http\nbind :80 ssl crt {{dir}}/both.pem" + files,
			mends: []mend{instead("bind :80 ssl crt {{dir}}/both.pem")},
		},
		{
			name: "User-Agent refused", code: "http01.waf.user-agent",
			site:  bind + "http-request deny if { hdr_sub(user-agent) -i encrypt }" + files,
			mends: []mend{before("http-request deny")},
		},
		{
			name: "path refused", code: "http01.waf.path",
			site:  bind + "http-request deny if { path_beg /.well-known/ }" + files,
			mends: []mend{before("http-request deny")},
		},
	})
}
