package lab_test

// tls-alpn-01 over a real wire: real servers that are no ACME clients, the
// snippets that let one answer behind them, real ACME clients in the middle of
// an order, and a way on which a large ClientHello is lost.

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
)

// alpnKey is the key authorization that the CA would expect.
const alpnKey = world.DefaultToken + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

// challengeCert is the certificate of RFC 8737 §3.
func challengeCert(t *testing.T, key string) tls.Certificate {
	t.Helper()
	digest := sha256.Sum256([]byte(key))
	value, err := asn1.Marshal(digest[:])
	if err != nil {
		t.Fatal(err)
	}
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{fixed}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}, Critical: true, Value: value}},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: secret}
}

// answer is an ACME client that waits for the CA.
func (h host) answer(t *testing.T, address string, cert tls.Certificate) {
	t.Helper()
	l := tls.NewListener(h.listen(t, address), &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"acme-tls/1"}, Certificates: []tls.Certificate{cert}})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = c.Read(make([]byte, 1)) // shakes hands, and waits for the end
				_ = c.Close()
			}()
		}
	}()
}

// newALPNYard is a street whose server runs a program.
func newALPNYard(t *testing.T, bin string, w webServer) yard {
	t.Helper()
	y := yard{street: newStreet(t, "challenge tls-alpn-01 "+fixed+"\ndns "+fixed+" A "+server4+"\n"), webServer: w, bin: bin, dir: t.TempDir()}
	if err := os.Chmod(filepath.Dir(y.dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeCertificate(y.dir); err != nil {
		t.Fatal(err)
	}
	return y
}

// alpn checks the name with a token that is given as TOKEN KEY, or one that
// nobody knows.
func (y yard) alpn(t *testing.T, arg ...string) (out string, code int) {
	t.Helper()
	return y.client.acmecheck(t, y.bin, append(arg, "tls-alpn-01@"+fixed)...)
}

var withToken = []string{"--token", world.DefaultToken, "--key-authorization", alpnKey}

// An alpnFault is a server on port 443 that is no ACME client.
type alpnFault struct {
	name, site string
	code, says string
	definite   bool // also with a token that nobody knows
	// moved is how the site reads once the snippet has port 443; empty: it is
	// not tried.
	moved string
}

var alpnServers = []struct {
	webServer
	faults []alpnFault
}{
	{webServer{
		kind: "nginx", program: "nginx", args: []string{"-c", "{{conf}}"},
		base: "load_module " + nginxStream + `; daemon off; user root; worker_processes 1; pid {{dir}}/pid; error_log {{dir}}/error.log;
events {}
http {
  access_log off; client_body_temp_path {{dir}}/b; proxy_temp_path {{dir}}/p; fastcgi_temp_path {{dir}}/f; uwsgi_temp_path {{dir}}/u; scgi_temp_path {{dir}}/s;
  ssl_certificate {{dir}}/cert.pem; ssl_certificate_key {{dir}}/key.pem; server { listen 80; }
{{site}}
}
`,
	}, []alpnFault{
		{name: "h2", site: "server { listen 443 ssl http2; }", code: "tlsalpn01.protocol.other", says: "nginx", moved: "server { listen 127.0.0.1:8443 ssl http2; }"},
		{name: "without TLS", site: "server { listen 443; }", code: "tlsalpn01.protocol.plain", says: "plain HTTP", definite: true},
		{name: "TLS 1.1", site: "server { listen 443 ssl; ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0; }", code: "tlsalpn01.tls.refused", says: "TLS 1.1 at most", definite: true},
		{name: "no such name", site: "server { listen 443 ssl default_server; ssl_reject_handshake on; }", code: "tlsalpn01.tls.refused", says: "unrecognized name"},
	}},
	{webServer{
		kind: "Apache", program: "apache2", args: []string{"-f", "{{conf}}", "-D", "FOREGROUND"}, base: apacheALPN + "{{site}}\n",
	}, []alpnFault{
		{name: "http/1.1", site: apacheSite, code: "tlsalpn01.protocol.other", says: "mod_md"},
		{name: "without TLS", site: "<VirtualHost *:443>\n</VirtualHost>", code: "tlsalpn01.protocol.plain", says: "plain HTTP", definite: true},
	}},
	{webServer{
		kind: "Caddy", program: "caddy", args: []string{"run", "--config", "{{conf}}", "--adapter", "caddyfile"}, base: "{\nauto_https off\nadmin off\n}\nhttp:// {\n}\n{{site}}\n",
	}, []alpnFault{
		{name: "another's certificate", site: "https://" + fixed + " {\ntls {{dir}}/cert.pem {{dir}}/key.pem\nrespond hello\n}", code: "tlsalpn01.tls.refused", says: "Caddy"},
		{name: "without TLS", site: ":443 {\nrespond hello\n}", code: "tlsalpn01.protocol.plain", says: "plain HTTP", definite: true},
	}},
	{webServer{
		kind: "HAProxy", program: "haproxy", args: []string{"-db", "-f", "{{conf}}"},
		base: "global\nmaxconn 100\ndefaults\nmode http\ntimeout connect 2s\ntimeout client 5s\ntimeout server 5s\nfrontend http\nbind :80\nhttp-request return status 200\nfrontend https\n{{site}}\nhttp-request return status 200\n",
	}, []alpnFault{
		{name: "TLS", site: "bind :443 ssl crt {{dir}}/both.pem alpn h2,http/1.1", code: "tlsalpn01.protocol.missing", says: "self-signed", moved: "bind 127.0.0.1:8443 ssl crt {{dir}}/both.pem"},
		{name: "client certificate", site: "bind :443 ssl crt {{dir}}/both.pem ca-file {{dir}}/cert.pem verify required ssl-max-ver TLSv1.2", code: "tlsalpn01.tls.refused", says: "demands a client certificate", definite: true},
		{name: "without TLS", site: "bind :443", code: "tlsalpn01.protocol.plain", says: "plain HTTP", definite: true},
	}},
	{webServer{
		kind: "lighttpd", program: "lighttpd", args: []string{"-D", "-f", "{{conf}}"},
		base: "server.modules = (\"mod_openssl\")\nserver.document-root = \"{{dir}}\"\nserver.port = 80\n{{site}}\n",
	}, []alpnFault{
		{name: "TLS", site: "$SERVER[\"socket\"] == \":443\" {\nssl.engine = \"enable\"\nssl.pemfile = \"{{dir}}/both.pem\"\n}", code: "tlsalpn01.protocol.other", says: "lighttpd"},
	}},
}

const nginxStream = "/usr/lib/nginx/modules/ngx_stream_module.so"

const apacheSite = "<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile {{dir}}/cert.pem\nSSLCertificateKeyFile {{dir}}/key.pem\n</VirtualHost>\n"

const apacheALPN = `ServerRoot /usr/lib/apache2
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule ssl_module modules/mod_ssl.so
LoadModule md_module modules/mod_md.so
ServerName localhost
User nobody
Group nogroup
PidFile {{dir}}/pid
ErrorLog {{dir}}/error.log
Mutex file:{{dir}}
Listen 80
Listen 443 http
`

func TestALPNServers(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft", "nginx", "apache2", "caddy", "haproxy", "lighttpd") {
		return
	}
	bin := build(t)
	for _, s := range alpnServers {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(nginxStream); s.kind == "nginx" && err != nil {
				t.Skip("needs nginx's stream module")
			}
			y := newALPNYard(t, bin, s.webServer)
			y.server.answer(t, "127.0.0.1:10443", challengeCert(t, alpnKey))
			for _, f := range s.faults {
				t.Run(f.name, func(t *testing.T) { y.proveALPN(t, f) })
			}
		})
	}
}

// proveALPN has the fault named with a token and without, and mended.
func (y yard) proveALPN(t *testing.T, f alpnFault) {
	t.Helper()
	conf := strings.Replace(y.base, "{{site}}", f.site, 1)
	snippet := ""
	y.serve(t, conf, func() {
		if out, code := y.alpn(t, withToken...); code != 1 || !strings.Contains(out, "error["+f.code+"]") || !strings.Contains(out, f.says) {
			t.Errorf("exit code %d, want 1, error[%s] and %q in:\n%s", code, f.code, f.says, out)
		}
		code, want := 3, "CANNOT TELL[tlsalpn01.path.unclear]"
		if f.definite {
			code, want = 1, "error["+f.code+"]"
		}
		if out, got := y.alpn(t); got != code || !strings.Contains(out, want) {
			t.Errorf("with a token that nobody knows: exit code %d, want %d and %s in:\n%s", got, code, want, out)
		}
		snippet = y.snippet(t, f.code, y.kind)
	})
	if f.moved == "" {
		return
	}
	y.serve(t, strings.Replace(y.base, "{{site}}", f.moved, 1)+snippet+"\n", func() {
		if out, code := y.alpn(t, withToken...); code != 0 || !strings.Contains(out, " READY\n") {
			t.Errorf("exit code %d, not ready with the snippet\n%s\n%s", code, snippet, out)
		}
	})
}

// snippet is the first that a finding has for a kind of server.
func (y yard) snippet(t *testing.T, code, kind string) string {
	t.Helper()
	out, _ := y.alpn(t, append([]string{"--format", "json"}, withToken...)...)
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, f := range r.Targets[0].Findings {
		for _, m := range f.Remediation {
			if f.Code == code && m.For == kind && m.Snippet != nil {
				return *m.Snippet
			}
		}
	}
	return ""
}

// The certificate that the printed command makes is one the CA takes.
func TestALPNCertificate(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft", "openssl") {
		return
	}
	y := newALPNYard(t, build(t), webServer{})
	y.server.answer(t, server4+":443", challengeCert(t, "another key authorization"))
	if out, code := y.alpn(t); code != 0 || !strings.Contains(out, "path clear") {
		t.Errorf("with a token that nobody knows: exit code %d:\n%s", code, out)
	}
	if out, code := y.alpn(t, withToken...); code != 1 || !strings.Contains(out, "error[tlsalpn01.cert.digest]") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	c := command(t.Context(), "sh", "-c", y.snippet(t, "tlsalpn01.cert.digest", "your app"))
	c.Dir = y.dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(y.dir, "cert.pem"), filepath.Join(y.dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	second := newALPNYard(t, y.bin, webServer{})
	second.server.answer(t, server4+":443", cert)
	if out, code := second.alpn(t, withToken...); code != 0 || !strings.Contains(out, " READY\n") {
		t.Errorf("exit code %d with the certificate of the printed command:\n%s", code, out)
	}
}

// A way that loses large packets, and a middlebox that does not understand a
// hello in two packets, are told from a server that is no ACME client.
func TestALPNHello(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft") {
		return
	}
	bin := build(t)
	tests := []struct{ name, rule, says string }{
		// Every packet of the CA's hello but its last is as large as the link allows.
		{"large packets vanish", "tcp dport 443 ip length > 1300 drop", "the MTU on the way is smaller"},
		// What begins no TLS record is the rest of one: handshake, alert, application data or change_cipher_spec would.
		{"the second packet vanishes", "tcp dport 443 ip length > 60 @ih,0,16 != { 0x1403, 0x1503, 0x1601, 0x1603, 0x1703 } drop", "expects the whole hello in one packet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // what is dropped takes 10 s to see
			y := newALPNYard(t, bin, webServer{})
			y.server.answer(t, server4+":443", challengeCert(t, alpnKey))
			y.client.ip(t, "link set eth0 gso_max_segs 1") // packets as they are on a wire
			y.router.filter(t, "inet", "chain through { type filter hook forward priority 0\n"+tt.rule+"\n}")
			if out, code := y.alpn(t, withToken...); code != 1 || !strings.Contains(out, "error[tlsalpn01.hello.too-large]") || !strings.Contains(strings.Join(strings.Fields(out), " "), tt.says) {
				t.Errorf("exit code %d, want 1, error[tlsalpn01.hello.too-large] and %q in:\n%s", code, tt.says, out)
			}
		})
	}
}

// Caddy and Apache answer acme-tls/1 only while an order of their own is under
// way, so here they have one: with a CA that never comes to validate.
func TestALPNClients(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft", "apache2", "caddy") {
		return
	}
	bin := build(t)
	for _, w := range []webServer{
		{
			kind: "Caddy", program: "caddy", args: []string{"run", "--config", "{{conf}}", "--adapter", "caddyfile"},
			base: "{\nadmin off\nskip_install_trust\nacme_ca {{ca}}\nacme_ca_root {{dir}}/ca.pem\n}\nhttps://" + fixed + " {\nrespond hello\n}\n",
		},
		{
			kind: "Apache", program: "apache2", args: []string{"-f", "{{conf}}", "-D", "FOREGROUND"},
			https: apacheALPN + apacheSite,
			base:  apacheALPN + "MDStoreDir {{dir}}/md\nMDCertificateAuthority {{ca}}\nMDCACertificateFile {{dir}}/ca.pem\nMDContactEmail acme@example.com\n{{fix}}\n<VirtualHost *:443>\nServerName " + fixed + "\nSSLEngine on\n</VirtualHost>\n",
		},
	} {
		t.Run(w.kind, func(t *testing.T) {
			t.Parallel()
			y := newALPNYard(t, bin, w)
			ca := newIdleCA(t, y.server)
			if err := os.WriteFile(y.dir+"/ca.pem", ca.root(), 0o644); err != nil {
				t.Fatal(err)
			}
			fix := ""
			if w.https != "" { // before it is mended
				y.serve(t, w.https, func() { fix = y.snippet(t, "tlsalpn01.protocol.other", w.kind) })
			}
			y.serve(t, strings.NewReplacer("{{ca}}", ca.URL+"/dir", "{{fix}}", fix).Replace(w.base), func() {
				select {
				case key := <-ca.ready:
					out, code := y.alpn(t, "--token", world.DefaultToken, "--key-authorization", key)
					if code != 0 || !strings.Contains(out, "challenge certificate served") {
						t.Errorf("exit code %d in the middle of an order:\n%s", code, out)
					}
					if out, code := y.alpn(t); code != 0 || !strings.Contains(out, "path clear") {
						t.Errorf("with a token that nobody knows: exit code %d in the middle of an order:\n%s", code, out)
					}
				case <-time.After(time.Minute):
					log, _ := os.ReadFile(y.dir + "/error.log")
					t.Errorf("no order came to its challenge\n%s", log)
				}
			})
		})
	}
}

// An idleCA takes orders and leaves them: each authorization stays pending. It
// believes every signature.
type idleCA struct {
	*httptest.Server
	thumbprint string      // of its client, which does one thing after another
	ready      chan string // the key authorization of a challenge that its client is ready for
}

func newIdleCA(t *testing.T, h host) *idleCA {
	t.Helper()
	ca := &idleCA{ready: make(chan string, 8)}
	ca.Server = &httptest.Server{Listener: h.listen(t, "127.0.0.1:14000"), Config: &http.Server{Handler: ca}} //nolint:gosec // its only client is the test
	ca.StartTLS()
	t.Cleanup(ca.Close)
	return ca
}

func (ca *idleCA) root() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate().Raw})
}

// ServeHTTP is as much of RFC 8555 §7 as a client needs to come to §7.5.1.
func (ca *idleCA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce)
	w.Header().Set("Replay-Nonce", base64.RawURLEncoding.EncodeToString(nonce))
	w.Header().Set("Content-Type", "application/json")
	identifier := map[string]string{"type": "dns", "value": fixed}
	challenge := map[string]string{"type": "tls-alpn-01", "url": ca.URL + "/challenge", "token": world.DefaultToken, "status": "pending"}
	status, body := http.StatusOK, map[string]any{}
	switch r.URL.Path {
	case "/dir":
		body = map[string]any{"newNonce": ca.URL + "/nonce", "newAccount": ca.URL + "/account", "newOrder": ca.URL + "/order", "revokeCert": ca.URL + "/revoke", "keyChange": ca.URL + "/key"}
	case "/account":
		ca.thumbprint = thumbprint(r)
		status, body = http.StatusCreated, map[string]any{"status": "valid", "orders": ca.URL + "/orders"}
		w.Header().Set("Location", ca.URL+"/account/1")
	case "/order", "/order/1":
		status = map[string]int{"/order": http.StatusCreated, "/order/1": http.StatusOK}[r.URL.Path]
		body = map[string]any{"status": "pending", "identifiers": []any{identifier}, "authorizations": []string{ca.URL + "/authorization"}, "finalize": ca.URL + "/finalize"}
		w.Header().Set("Location", ca.URL+"/order/1")
	case "/authorization":
		body = map[string]any{"status": "pending", "identifier": identifier, "challenges": []any{challenge}}
	case "/challenge":
		challenge["status"] = "processing"
		body = map[string]any{"type": "tls-alpn-01", "url": ca.URL + "/challenge", "token": world.DefaultToken, "status": "processing"}
		select {
		case ca.ready <- world.DefaultToken + "." + ca.thumbprint:
		default:
		}
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(body)
	}
}

// thumbprint is that of the key in a request for an account (RFC 7638 §3).
func thumbprint(r *http.Request) string {
	var jws struct{ Protected string }
	var header struct{ JWK map[string]string }
	_ = json.NewDecoder(r.Body).Decode(&jws)
	protected, _ := base64.RawURLEncoding.DecodeString(jws.Protected)
	_ = json.Unmarshal(protected, &header)
	only := map[string]string{}
	for _, member := range map[string][]string{"EC": {"crv", "kty", "x", "y"}, "RSA": {"e", "kty", "n"}}[header.JWK["kty"]] {
		only[member] = header.JWK[member]
	}
	canonical, _ := json.Marshal(only) // in order of name, without spaces
	sum := sha256.Sum256(canonical)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
