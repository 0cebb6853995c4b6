package lab_test

// Real ACME clients obtain certificates from the lab's CA: what the world uses
// must be content with it.

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/respond"
)

// A premises is a machine whose web server stands on the true ports, with a CA
// that sees it.
type premises struct {
	ca       *lab.CA
	zone     *lab.Zone
	dir, web string
	asked    respond.Record[lab.Query]
}

const webAddress = "192.0.2.10"

// newPremises needs the test's own namespace.
func newPremises(t *testing.T, keys ...lab.Key) *premises {
	t.Helper()
	p := &premises{dir: t.TempDir()}
	p.web = p.dir + "/web"
	var err error
	p.zone, err = lab.StartZone(t.Context(), lab.ZoneOptions{
		Names: []string{"lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr(webAddress)}, Keys: keys, Seen: p.asked.Add,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.zone.Close)
	// No bad nonces: certbot asks for a new one once, and gives up at the second.
	if p.ca, err = lab.StartCA(t.Context(), lab.CAOptions{Resolver: p.zone.Address().String(), Strict: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.ca.Close)
	// Apache asks for certificates as another user.
	if err := errors.Join(os.Chmod(filepath.Dir(p.dir), 0o755), os.Mkdir(p.web, 0o755), os.WriteFile(p.dir+"/bundle.pem", p.ca.Bundle(), 0o644)); err != nil {
		t.Fatal(err)
	}
	return p
}

// expand fills in what configurations name.
func (p *premises) expand(conf string) string {
	return strings.NewReplacer("{{dir}}", p.dir, "{{web}}", p.web, "{{ca}}", p.ca.Directory(), "{{bundle}}", p.dir+"/bundle.pem", "{{address}}", webAddress).Replace(conf)
}

// start runs a server until the test ends.
func (p *premises) start(t *testing.T, conf, program string, arg ...string) *exec.Cmd {
	t.Helper()
	file := p.dir + "/server.conf"
	if err := os.WriteFile(file, []byte(p.expand(conf)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	c := command(ctx, program, append(arg, file)...)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	c.Env = append(os.Environ(), "HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir, "XDG_DATA_HOME="+p.dir)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = c.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(p.dir + "/error.log")
			t.Logf("%s says:\n%s%s", program, out.String(), log)
		}
	})
	return c
}

// certbot runs it to its end.
func (p *premises) certbot(t *testing.T, arg ...string) {
	t.Helper()
	c := command(t.Context(), "certbot", append([]string{
		"certonly", "--config-dir", p.dir + "/etc", "--work-dir", p.dir + "/var", "--logs-dir", p.dir + "/log",
		"--non-interactive", "--agree-tos", "--register-unsafely-without-email", "--server", p.ca.Directory(),
	}, arg...)...)
	c.Env = append(os.Environ(), "REQUESTS_CA_BUNDLE="+p.dir+"/bundle.pem")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("certbot: %v\n%s", err, out)
	}
}

// leaf requires that a file begins with a certificate of the lab's CA.
func (p *premises) leaf(t *testing.T, file string, names ...string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatalf("%s: %s", file, b)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.DNSNames)
	if _, err := c.Verify(x509.VerifyOptions{Roots: p.pool(p.ca.Roots()), Intermediates: p.pool(p.ca.Intermediates())}); err != nil || !slices.Equal(c.DNSNames, names) {
		t.Errorf("%s: for %s: %v", file, c.DNSNames, err)
	}
}

func (*premises) pool(pem []byte) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}

// served waits until the server at port 443 shows a certificate of the CA.
func (p *premises) served(t *testing.T, name string) {
	t.Helper()
	d := tls.Dialer{Config: &tls.Config{RootCAs: p.pool(p.ca.Roots()), ServerName: name}} //nolint:gosec // the server decides
	eventually(t, func(ctx context.Context) error {
		c, err := d.DialContext(ctx, "tcp", webAddress+":443")
		if err == nil {
			_ = c.Close()
		}
		return err
	})
}

// eventually tries until f succeeds.
func eventually(t *testing.T, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f(ctx)
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(err)
		}
	}
}

const webrootConf = `daemon off; user root; pid {{dir}}/nginx.pid; error_log {{dir}}/error.log;
events {}
http {
  access_log {{dir}}/access.log;
  client_body_temp_path {{dir}}/b; proxy_temp_path {{dir}}/p; fastcgi_temp_path {{dir}}/f; uwsgi_temp_path {{dir}}/u; scgi_temp_path {{dir}}/s;
  server { listen {{address}}:80; location /.well-known/acme-challenge/ { root {{web}}; default_type text/plain; } }
}
`

func TestClientsCertbotWebroot(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot", "nginx") {
		return
	}
	p := newPremises(t)
	p.start(t, webrootConf, "nginx", "-p", p.dir, "-c")
	awaitPort(t, webAddress+":80")
	p.certbot(t, "--webroot", "-w", p.web, "-d", "www.lab.test", "-d", "lab.test")
	p.leaf(t, p.dir+"/etc/live/www.lab.test/fullchain.pem", "lab.test", "www.lab.test")
	log, err := os.ReadFile(p.dir + "/access.log")
	if n := strings.Count(string(log), "LetsEncrypt-Pebble-VA"); err != nil || n != 6 {
		t.Errorf("%d looks, want 3 for each name: %s %v", n, log, err)
	}
}

// certbot's solver finds the zone, writes with the key and takes it away again.
func TestClientsCertbotUpdates(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot") {
		return
	}
	if err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import certbot_dns_rfc2136").Run(); err != nil {
		t.Skip("needs python3-certbot-dns-rfc2136")
	}
	key := lab.Key{Name: "solver", Secret: []byte("a secret of the lab's"), Writes: []string{"_acme-challenge.lab.test"}}
	p := newPremises(t, key)
	credentials := fmt.Sprintf("dns_rfc2136_server = 127.0.0.1\ndns_rfc2136_port = %d\ndns_rfc2136_name = solver.\ndns_rfc2136_secret = %s\ndns_rfc2136_algorithm = HMAC-SHA256\n",
		p.zone.Address().Port(), base64.StdEncoding.EncodeToString(key.Secret))
	if err := os.WriteFile(p.dir+"/credentials.ini", []byte(credentials), 0o600); err != nil {
		t.Fatal(err)
	}
	p.certbot(t, "--dns-rfc2136", "--dns-rfc2136-credentials", p.dir+"/credentials.ini", "--dns-rfc2136-propagation-seconds", "0", "-d", "lab.test", "-d", "*.lab.test")
	p.leaf(t, p.dir+"/etc/live/lab.test/fullchain.pem", "*.lab.test", "lab.test")
	if got := says(ask(t, p.zone, "_acme-challenge.lab.test", "TXT")); got != "NXDOMAIN" {
		t.Errorf("left behind: %s", got)
	}
	all, _ := p.asked.All()
	updates := 0
	for _, q := range all {
		if q.Type == "UPDATE" && q.Answer == "NOERROR" {
			updates++
		}
	}
	if updates != 4 {
		t.Errorf("%d updates, want 2 to set and 2 to clear: %+v", updates, all)
	}
}

func TestClientsCaddy(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "caddy") {
		return
	}
	p := newPremises(t)
	p.start(t, `{
	admin off
	acme_ca {{ca}}
	acme_ca_root {{bundle}}
	storage file_system {{dir}}/storage
	default_bind {{address}}
}
www.lab.test {
	respond "certified"
}
`, "caddy", "run", "--adapter", "caddyfile", "--config")
	p.served(t, "www.lab.test")
}

func TestClientsApache(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "apache2") {
		return
	}
	if _, err := os.Stat("/usr/lib/apache2/modules/mod_md.so"); err != nil {
		t.Skip("needs mod_md")
	}
	p := newPremises(t)
	apache := p.start(t, `ServerRoot /usr/lib/apache2
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule ssl_module modules/mod_ssl.so
LoadModule md_module modules/mod_md.so
ServerName www.lab.test
ServerAdmin hostmaster@lab.test
User nobody
Group nogroup
PidFile {{dir}}/pid
ErrorLog {{dir}}/error.log
LogLevel md:info
Mutex file:{{dir}}
Listen {{address}}:80
Listen {{address}}:443 https
MDStoreDir {{dir}}/md
MDCertificateAuthority {{ca}}
MDCACertificateFile {{bundle}}
MDCertificateAgreement accepted
MDCAChallenges http-01
MDomain www.lab.test
DocumentRoot {{web}}
<VirtualHost {{address}}:80>
ServerName www.lab.test
</VirtualHost>
<VirtualHost {{address}}:443>
ServerName www.lab.test
SSLEngine on
</VirtualHost>
`, "apache2", "-D", "FOREGROUND", "-f")
	eventually(t, func(context.Context) error {
		_, err := os.Stat(p.dir + "/md/staging/www.lab.test/pubcert.pem")
		return err
	})
	if err := apache.Process.Signal(syscall.SIGUSR1); err != nil { // apache2ctl graceful
		t.Fatal(err)
	}
	p.served(t, "www.lab.test")
}
