package lab_test

// Real clients obtain certificates from the lab that a user runs, by the very
// lines that it prints; and fail where a name is broken.

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A downtown is acmecheck lab up, in another process.
type downtown struct {
	bin, dir string
	ready    struct {
		Event, Directory, Bundle, Roots string
		Lines                           []struct{ Client, Line string }
	}
}

func newDowntown(t *testing.T) *downtown {
	t.Helper()
	d := &downtown{bin: build(t), dir: t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	c := command(ctx, d.bin, "lab", "up", "--format", "json", "--dir", d.dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, err := r.ReadBytes('\n')
	if err = errors.Join(err, json.Unmarshal(line, &d.ready)); err != nil || d.ready.Event != "ready" {
		t.Errorf("%v: %s", err, line)
	}
	rest := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		rest <- string(b)
	}()
	t.Cleanup(func() {
		stop() // SIGTERM is as good as lab down
		told := <-rest
		if err := c.Wait(); c.ProcessState.ExitCode() != 0 {
			t.Errorf("the lab ends with %v", err)
		}
		if t.Failed() || !strings.Contains(told, `"event":"down"`) {
			t.Errorf("the lab told:\n%s", told)
		}
	})
	return d
}

// line is what to copy for a client, with something else in it.
func (d *downtown) line(t *testing.T, client string, oldnew ...string) string {
	t.Helper()
	for _, l := range d.ready.Lines {
		if l.Client == client {
			return strings.NewReplacer(oldnew...).Replace(l.Line)
		}
	}
	t.Fatalf("no line for %s in %+v", client, d.ready)
	return ""
}

// acmecheck runs a command of the lab.
func (d *downtown) acmecheck(t *testing.T, stdin string, arg ...string) (stdout string, code int) {
	t.Helper()
	c := command(t.Context(), d.bin, arg...)
	c.Stdin = strings.NewReader(stdin)
	out, err := c.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func (d *downtown) fault(t *testing.T, arg ...string) {
	t.Helper()
	if out, code := d.acmecheck(t, "", append([]string{"lab", "fault", "--dir", d.dir}, arg...)...); code != 0 {
		t.Fatalf("%s: %s", arg, out)
	}
}

// shell runs a line as a user does.
func shell(t *testing.T, line string) error {
	t.Helper()
	out, err := command(t.Context(), "sh", "-c", line).CombinedOutput()
	t.Logf("$ %s\n%s", line, out)
	return err
}

// issued requires that a file begins with a certificate of the lab's.
func (d *downtown) issued(t *testing.T, file string, names ...string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var certs []*x509.Certificate
	intermediates := x509.NewCertPool()
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, c)
		intermediates.AddCert(c)
	}
	if len(certs) == 0 {
		t.Fatalf("%s: no certificate", file)
	}
	if _, err := certs[0].Verify(x509.VerifyOptions{Roots: d.roots(t), Intermediates: intermediates}); err != nil || !slices.Equal(certs[0].DNSNames, names) {
		t.Errorf("%s: for %s: %v", file, certs[0].DNSNames, err)
	}
}

func (d *downtown) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	b, err := os.ReadFile(d.ready.Roots)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(b) {
		t.Fatalf("no roots: %v", err)
	}
	return pool
}

func TestTownCertbotStandalone(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot") {
		return
	}
	d := newDowntown(t)
	if err := shell(t, d.line(t, "certbot")); err != nil {
		t.Fatal(err)
	}
	d.issued(t, filepath.Join(d.dir, "certbot/live/www.lab.test/fullchain.pem"), "www.lab.test")
	status, _ := d.acmecheck(t, "", "lab", "status", "--dir", d.dir)
	if !strings.Contains(status, "validation  www.lab.test  http-01: valid\n") {
		t.Error(status)
	}
}

// Certbot fails for a name that is broken, its log tells acmecheck why, and all
// is well again when the fault is cleared.
func TestTownCertbotFaults(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot") {
		return
	}
	d := newDowntown(t)
	for _, tt := range []struct{ fault, code string }{
		{"wrong-vhost", "http01.response.not-found"},
		{"catch-all", "http01.response.html"},
		{"refused", "net.connect.refused"},
		{"redirect-loop", "http01.redirect.too-many"},
	} {
		d.fault(t, "set", tt.fault, "www.lab.test")
		log := filepath.Join(d.dir, tt.fault)
		if shell(t, d.line(t, "certbot", "--logs-dir "+d.dir+"/certbot", "--logs-dir "+log)) == nil {
			t.Errorf("%s: certbot got a certificate", tt.fault)
		}
		b, err := os.ReadFile(log + "/letsencrypt.log")
		if err != nil {
			t.Fatal(err)
		}
		if said, code := d.acmecheck(t, string(b), "explain"); code != 0 || !strings.Contains(said, tt.code) {
			t.Errorf("%s: explain ends with %d and does not say %s:\n%s", tt.fault, code, tt.code, said)
		}
	}
	d.fault(t, "clear", "www.lab.test")
	if err := shell(t, d.line(t, "certbot")); err != nil {
		t.Error(err)
	}
}

func TestTownCertbotWebroot(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot", "nginx") {
		return
	}
	d := newDowntown(t)
	p := &premises{dir: t.TempDir()}
	p.web = p.dir + "/web"
	if err := errors.Join(os.Mkdir(p.web, 0o755), os.Chmod(filepath.Dir(p.dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	startNginx(t, p, "127.0.0.1:5002")
	if err := shell(t, d.line(t, "certbot", "--standalone", "--webroot -w "+p.web, " --http-01-address 127.0.0.1 --http-01-port 5002", "")); err != nil {
		t.Fatal(err)
	}
	d.issued(t, filepath.Join(d.dir, "certbot/live/www.lab.test/fullchain.pem"), "www.lab.test")
	if log, err := os.ReadFile(p.dir + "/access.log"); strings.Count(string(log), "LetsEncrypt-Pebble-VA") != 3 {
		t.Errorf("want 3 looks of the CA: %s %v", log, err)
	}
	// What acmecheck sees of the same server, with a true token.
	if said, code := d.acmecheck(t, "", "lab", "check", "--dir", d.dir, "--webroot", p.web, "http-01@www.lab.test"); code != 0 || !strings.Contains(said, "READY") {
		t.Errorf("%d: %s", code, said)
	}
}

// startNginx serves a webroot until the test ends.
func startNginx(t *testing.T, p *premises, address string) {
	t.Helper()
	file := p.dir + "/server.conf"
	conf := strings.NewReplacer("{{address}}:80", address, "{{dir}}", p.dir, "{{web}}", p.web).Replace(webrootConf)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	c := command(ctx, "nginx", "-p", p.dir, "-c", file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	awaitPort(t, address)
}

func TestTownCertbotUpdates(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "certbot") {
		return
	}
	if err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import certbot_dns_rfc2136").Run(); err != nil {
		t.Skip("needs python3-certbot-dns-rfc2136")
	}
	d := newDowntown(t)
	line := d.line(t, "certbot, dns-01")
	d.fault(t, "set", "dns-wrong-value", "lab.test")
	if shell(t, line) == nil {
		t.Error("a certificate for a name whose TXT record is wrong")
	}
	d.fault(t, "clear", "lab.test")
	if err := shell(t, line); err != nil {
		t.Fatal(err)
	}
	d.issued(t, filepath.Join(d.dir, "certbot/live/lab.test/fullchain.pem"), "*.lab.test")
}

func TestTownCaddy(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "caddy") {
		return
	}
	d := newDowntown(t)
	ctx, stop := context.WithCancel(t.Context())
	c := command(ctx, "sh", "-c", "exec "+d.line(t, "Caddy"))
	c.Env = append(os.Environ(), "HOME="+d.dir, "XDG_CONFIG_HOME="+d.dir, "XDG_DATA_HOME="+d.dir)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = c.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	dial := tls.Dialer{Config: &tls.Config{RootCAs: d.roots(t), ServerName: "www.lab.test"}} //nolint:gosec // the server decides
	eventually(t, func(ctx context.Context) error {
		c, err := dial.DialContext(ctx, "tcp", "127.0.0.1:5001")
		if err == nil {
			_ = c.Close()
		}
		return err
	})
}
