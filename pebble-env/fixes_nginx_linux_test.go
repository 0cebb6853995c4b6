package lab_test

import "testing"

func TestFixesNginx(t *testing.T) {
	const redirect = "return 301 https://$host$request_uri;"
	testFixes(t, webServer{
		kind: "nginx", program: "nginx", args: []string{"-c", "{{conf}}"},
		base: `daemon off; user root; worker_processes 1; pid {{dir}}/pid; error_log {{dir}}/error.log;
events {}
http {
  access_log off; client_body_temp_path {{dir}}/b; proxy_temp_path {{dir}}/p; fastcgi_temp_path {{dir}}/f; uwsgi_temp_path {{dir}}/u; scgi_temp_path {{dir}}/s;
  ssl_certificate {{dir}}/cert.pem; ssl_certificate_key {{dir}}/key.pem;
{{site}}
{{https}}
}
`,
		https: "server { listen 443 ssl; server_name www.example.com; root {{web}}; }",
	}, []fault{
		{
			name: "port in the redirect", code: "http01.redirect.port",
			site:  "server { listen 80; server_name www.example.com;\nreturn 301 https://$host:4434$request_uri;\n}",
			mends: []mend{instead("return 301 https://$host:4434$request_uri;"), before("return 301 https://$host:4434$request_uri;")},
		},
		{
			name: "port in the redirect, 443 is another's", code: "http01.redirect.port",
			site:  "server { listen 80; server_name www.example.com;\nreturn 301 https://$host:4434$request_uri;\n}",
			https: "server { listen 443 ssl; root {{empty}}; }",
			mends: []mend{before("return 301 https://$host:4434$request_uri;")},
		},
		{
			name: "port in the redirect of a location", code: "http01.redirect.port",
			site:  "server { listen 80; server_name www.example.com;\nlocation / { return 301 https://$host:4434$request_uri; }\n}",
			mends: []mend{instead("return 301 https://$host:4434$request_uri;"), before("location / {")},
		},
		{
			name: "missing slash", code: "http01.redirect.missing-slash",
			site:  "server { listen 80; server_name www.example.com;\nrewrite ^/(.*)$ https://www.example.com$1 permanent;\n}",
			mends: []mend{instead("rewrite ^/(.*)$ https://www.example.com$1 permanent;"), before("rewrite")},
		},
		{
			name: "dots denied", code: "http01.response.dot-denied",
			site:  "server { listen 80; server_name www.example.com; root {{web}};\nlocation ~ /\\. { deny all; }\n}",
			mends: []mend{instead(`location ~ /\. { deny all; }`)},
		},
		{
			name: "application catches all", code: "http01.response.html",
			site:  "server { listen 80; server_name www.example.com;\nlocation / { proxy_pass http://127.0.0.1:8080; }\n}",
			mends: []mend{before("location / {")},
		},
		{
			name: "another virtual host", code: "http01.response.not-found",
			site:  "server { listen 80; root {{empty}};\n}\nserver { listen 80; server_name example.com; root {{web}}; }",
			mends: []mend{after("root {{empty}};")},
		},
		{
			name: "HTTP/2 only", code: "http01.protocol.http2",
			site:  "server {\nlisten 80 http2;\nserver_name www.example.com; root {{web}}; }",
			mends: []mend{instead("listen 80 http2;")},
		},
		{
			name: "443 without TLS", code: "http01.tls.plain",
			site:  "server { listen 80; server_name www.example.com;\n" + redirect + "\n}",
			https: "server {\nlisten 443;\nserver_name www.example.com; root {{web}}; }",
			mends: []mend{instead("listen 443;"), before(redirect)},
		},
		{
			name: "TLS on port 80", code: "http01.protocol.tls",
			site:  "server {\nlisten 80 ssl;\nserver_name www.example.com; root {{web}}; }",
			mends: []mend{instead("listen 80 ssl;")},
		},
		{
			name: "User-Agent refused", code: "http01.waf.user-agent",
			site:  "server { listen 80; server_name www.example.com; root {{web}};\nif ($http_user_agent ~* encrypt) { return 403; }\n}",
			mends: []mend{before("if ($http_user_agent")},
		},
		{
			name: "path refused", code: "http01.waf.path",
			site:  "server { listen 80; server_name www.example.com; root {{web}};\nlocation ^~ /.well-known/ { deny all; }\n}",
			mends: []mend{before("location ^~ /.well-known/")},
		},
	})
}
