package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// sites are set up on every real server; want is what acmecheck must say of
// each: with a token in the webroot, or of the redirect.
var sites = []struct {
	name, want string
	code       int
}{
	{"token", "CANNOT TELL[vantage.inside.only]: port 80 answers", 0},
	{"port", "error[http01.redirect.port]", 1},
	{"slash", "error[http01.redirect.missing-slash]", 1},
	{"loop", "error[http01.redirect.loop]", 1},
}

// zone is where all those names lead.
func zone(address string) string {
	var b strings.Builder
	b.WriteString("challenge http-01 token.example.com\n")
	for _, s := range sites {
		fmt.Fprintf(&b, "dns %s.example.com A %s\n", s.name, address)
	}
	return b.String()
}

const nginxConf = `daemon off; user root; pid %[1]s/nginx.pid; error_log %[1]s/error.log;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen %[2]s:80; server_name token.example.com; root %[1]s/web; }
  server { listen %[2]s:80; server_name port.example.com;  return 301 https://$host:4434$request_uri; }
  server { listen %[2]s:80; server_name slash.example.com; rewrite ^/(.*)$ http://slash.example.com$1 permanent; }
  server { listen %[2]s:80; server_name loop.example.com;  return 301 http://$host$request_uri; }
}
`

const caddyConf = `{
	auto_https off
	admin off
	default_bind %[2]s
}
http://token.example.com {
	root * %[1]s/web
	file_server
}
http://port.example.com {
	redir https://{host}:4434{uri} 301
}
http://slash.example.com {
	@path path_regexp rest ^/(.*)$
	redir @path http://slash.example.com{re.rest.1} 301
}
http://loop.example.com {
	redir http://{host}{uri} 301
}
`

func TestServersNginx(t *testing.T) {
	testServer(t, "nginx", "192.0.2.10", nginxConf, func(ctx context.Context, dir, conf string) *exec.Cmd {
		return exec.CommandContext(ctx, "nginx", "-p", dir, "-c", conf)
	})
}

func TestServersCaddy(t *testing.T) {
	testServer(t, "caddy", "192.0.2.20", caddyConf, func(ctx context.Context, dir, conf string) *exec.Cmd {
		c := exec.CommandContext(ctx, "caddy", "run", "--config", conf, "--adapter", "caddyfile")
		c.Env = append(os.Environ(), "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "HOME="+dir)
		return c
	})
}

// testServer starts a real web server on port 80 and checks its sites as a
// user does.
func testServer(t *testing.T, program, address, conf string, command func(ctx context.Context, dir, conf string) *exec.Cmd) {
	t.Helper()
	if !inNamespace(t, "ip", program) {
		return
	}
	w, err := world.Parse(program, zone(address))
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.StartNative(t.Context(), w.View(""))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	web := filepath.Join(dir, "web")
	file := filepath.Join(dir, "server.conf")
	if err := errors.Join(os.Mkdir(web, 0o755), os.WriteFile(file, fmt.Appendf(nil, conf, dir, address), 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	c := command(ctx, dir, file)
	c.WaitDelay = 10 * time.Second
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) } // or nginx leaves its workers behind
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = c.Wait() }()
	awaitPort(t, net.JoinHostPort(address, "80"))
	bin := build(t)
	for _, s := range sites {
		checkSite(t, bin, web, s.name, s.want, s.code)
	}
	if left, err := os.ReadDir(web); err != nil || len(left) > 0 {
		t.Errorf("left behind in the webroot: %v %v", left, err)
	}
}

func checkSite(t *testing.T, bin, web, name, want string, code int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), bin, "--allow-inconclusive", "--webroot", web, "--resolver", world.Resolver.String(), "--treat-as-public", public, "http-01@"+name+".example.com")
	out, err := c.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != code || !strings.Contains(string(out), want) {
		t.Errorf("%s: exit code %d, want %d and %q in:\n%s", name, got, code, want, out)
	}
}

// Without a web server acmecheck answers on port 80 itself, on both families;
// and it knows that nobody came in from outside.
func TestServersOwn(t *testing.T) {
	if !inNamespace(t, "ip") {
		return
	}
	w, err := world.Parse("own", "challenge http-01 a.example.com\ndns a.example.com A 192.0.2.30\ndns b.example.com AAAA 2001:db8::30\n")
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.StartNative(t.Context(), w.View(""))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := exec.CommandContext(t.Context(), build(t), "--serve", "--allow-inconclusive", "--resolver", world.Resolver.String(), "--treat-as-public", public, "a.example.com", "b.example.com")
	out, err := c.CombinedOutput()
	if err != nil || strings.Count(string(out), "CANNOT TELL[vantage.inside.only]") != 2 {
		t.Errorf("%v:\n%s", err, out)
	}
}

// awaitPort returns when something listens.
func awaitPort(t *testing.T, address string) {
	t.Helper()
	if err := await(t.Context(), address); err != nil {
		t.Fatal(err)
	}
}

// await returns when something listens, or when there is no more hope.
func await(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var d net.Dialer
	for {
		c, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s does not listen: %w (%w)", address, err, context.Cause(ctx))
		}
	}
}
