package lab_test

import "testing"

func TestFixesApache(t *testing.T) {
	const (
		listen = "<VirtualHost *:80>\nServerName www.example.com\n"
		end    = "\n</VirtualHost>"
		root   = "DocumentRoot {{web}}\n"
	)
	testFixes(t, webServer{
		kind: "Apache", program: "apache2", args: []string{"-f", "{{conf}}", "-D", "FOREGROUND"},
		base: `ServerRoot /usr/lib/apache2
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule alias_module modules/mod_alias.so
LoadModule rewrite_module modules/mod_rewrite.so
LoadModule setenvif_module modules/mod_setenvif.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
LoadModule ssl_module modules/mod_ssl.so
ServerName localhost
User nobody
Group nogroup
PidFile {{dir}}/pid
ErrorLog {{dir}}/error.log
Mutex file:{{dir}}
Listen 80
Listen 443 http
<Directory />
Require all denied
</Directory>
# as Debian's apache2.conf grants /var/www
<Directory {{web}}>
Require all granted
</Directory>
<Directory {{empty}}>
Require all granted
</Directory>
{{site}}
{{https}}
`,
		https: "<VirtualHost *:443>\nServerName www.example.com\nSSLEngine on\nSSLCertificateFile {{dir}}/cert.pem\nSSLCertificateKeyFile {{dir}}/key.pem\n" + root + "</VirtualHost>",
	}, []fault{
		{
			name: "port in the redirect", code: "http01.redirect.port",
			site:  listen + "Redirect permanent / https://www.example.com:4434/" + end,
			mends: []mend{instead("Redirect permanent / https://www.example.com:4434/"), before("Redirect permanent")},
		},
		{
			name: "port in a rewrite", code: "http01.redirect.port",
			site:  listen + "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}:4434%{REQUEST_URI} [R=301,L]" + end,
			mends: []mend{instead("RewriteRule ^ https://%{HTTP_HOST}:4434%{REQUEST_URI} [R=301,L]"), before("RewriteEngine On")},
		},
		{
			name: "missing slash", code: "http01.redirect.missing-slash",
			site:  listen + "Redirect permanent / https://www.example.com" + end,
			mends: []mend{instead("Redirect permanent / https://www.example.com"), before("Redirect permanent")},
		},
		{
			name: "dots denied", code: "http01.response.dot-denied",
			site:  listen + root + "<DirectoryMatch \"/\\.\">\nRequire all denied\n</DirectoryMatch>" + end,
			mends: []mend{instead("<DirectoryMatch \"/\\.\">\nRequire all denied\n</DirectoryMatch>")},
		},
		{
			name: "dots denied by location", code: "http01.response.dot-denied",
			site:  listen + root + "<LocationMatch \"/\\.\">\nRequire all denied\n</LocationMatch>" + end,
			mends: []mend{instead("<LocationMatch \"/\\.\">\nRequire all denied\n</LocationMatch>")},
		},
		{
			name: "application catches all", code: "http01.response.html",
			site:  listen + "ProxyPass / http://127.0.0.1:8080/" + end,
			mends: []mend{before("ProxyPass /")},
		},
		{
			name: "another virtual host", code: "http01.response.not-found",
			site:  "<VirtualHost *:80>\nServerName localhost\nDocumentRoot {{empty}}\n</VirtualHost>\n<VirtualHost *:80>\nServerName example.com\n" + root + "</VirtualHost>",
			mends: []mend{after("DocumentRoot {{empty}}")},
		},
		{
			name: "443 without TLS", code: "http01.tls.plain",
			site:  listen + "Redirect permanent / https://www.example.com/" + end,
			https: "<VirtualHost *:443>\nServerName www.example.com\n" + root + "</VirtualHost>",
			mends: []mend{{at: "DocumentRoot {{web}}\n</VirtualHost>", before: true, fill: []string{"{{dir}}/cert.pem", "{{dir}}/key.pem"}}, before("Redirect permanent")},
		},
		{
			name: "TLS on port 80", code: "http01.protocol.tls",
			site:  listen + root + "SSLEngine On\nSSLCertificateFile {{dir}}/cert.pem\nSSLCertificateKeyFile {{dir}}/key.pem" + end,
			mends: []mend{instead("SSLEngine On")},
		},
		{
			name: "User-Agent refused", code: "http01.waf.user-agent",
			site:  listen + root + "RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} encrypt [NC]\nRewriteRule ^ - [F]" + end,
			mends: []mend{before("RewriteEngine On"), {}},
		},
		{
			name: "User-Agent denied", code: "http01.waf.user-agent",
			site:  listen + root + "BrowserMatchNoCase encrypt robot\n<Location />\n<RequireAll>\nRequire all granted\nRequire not env robot\n</RequireAll>\n</Location>" + end,
			mends: []mend{{}, after("</Location>")},
		},
		{
			name: "path refused", code: "http01.waf.path",
			site:  listen + root + "<Location /.well-known/>\nRequire all denied\n</Location>" + end,
			mends: []mend{{}, after("</Location>")},
		},
	})
}
