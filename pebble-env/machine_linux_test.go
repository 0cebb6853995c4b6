package lab_test

// A machine of somebody who copied a recipe: all of this machine's programs, in
// a file system where every path can be written and nothing remains.

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A machine is webAddress, and so is every name below example.com. Its CA is
// Pebble, whose certificates are always due for renewal.
type machine struct {
	ca     *lab.CA
	zone   *lab.Zone
	orders orders
	env    []string
}

// orders counts the orders that Pebble made, by what it logs. Requests for one
// would not do: a client repeats what was refused for its nonce (RFC 8555 §6.5).
type orders struct{ atomic.Int64 }

// Write implements io.Writer.
func (o *orders) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("Added order ")) {
		o.Add(1)
	}
	return len(line), nil
}

// newMachine puts the test's goroutine onto a new machine that has a program
// acmecheck, for good. Its subtests would not be there. It needs the test's own
// namespace.
func newMachine(t *testing.T, acmecheck []byte) *machine {
	t.Helper()
	m := &machine{env: []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
		"REQUESTS_CA_BUNDLE=/etc/pebble.pem", "LEGO_CA_CERTIFICATES=/etc/pebble.pem",
		"ACMECHECK_TREAT_AS_PUBLIC=" + public, // the addresses here
	}}
	m.surround(t)
	m.enter(t)
	m.install(t, map[string]string{
		"/etc/resolv.conf": "nameserver " + world.Resolver.Addr().String() + "\n",
		"/etc/pebble.pem":  string(m.ca.Bundle()),
		"/etc/letsencrypt/cli.ini": "server = " + m.ca.Directory() + "\n" +
			"agree-tos = true\nregister-unsafely-without-email = true\nnon-interactive = true\n",
	})
	if err := os.WriteFile("/usr/local/bin/acmecheck", acmecheck, 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return m
}

// surround starts the DNS and the CA.
func (m *machine) surround(t *testing.T) {
	t.Helper()
	var err error
	m.zone, err = lab.StartZone(t.Context(), lab.ZoneOptions{
		Listen: world.Resolver.String(), Names: []string{".", "example.com"}, Hosts: []string{"example.com"},
		Addresses: []netip.Addr{netip.MustParseAddr(webAddress)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.zone.Close)
	m.ca, err = lab.StartCA(t.Context(), lab.CAOptions{
		Resolver: world.Resolver.String(), Log: log.New(&m.orders, "", 0),
		Profiles: []lab.Profile{{Name: "default", Lifetime: 24 * time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.ca.Close)
}

// enter gives the thread of this goroutine a root of its own: this machine's
// below, memory above. The thread ends with the goroutine, and the mounts with
// the thread.
func (m *machine) enter(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	const memory, root = "/mnt", "/mnt/root"
	err := errors.Join(
		unix.Unshare(unix.CLONE_NEWNS),
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
		unix.Mount("none", memory, "tmpfs", 0, "mode=755"),
		os.Mkdir(memory+"/upper", 0o755), os.Mkdir(memory+"/work", 0o755), os.Mkdir(root, 0o755), //nolint:gosec // as / is
		unix.Mount("overlay", root, "overlay", 0, "lowerdir=/,upperdir="+memory+"/upper,workdir="+memory+"/work"),
	)
	for _, dir := range []string{"/proc", "/sys", "/dev", "/tmp"} {
		err = errors.Join(err, unix.Mount(dir, root+dir, "", unix.MS_BIND|unix.MS_REC, ""))
	}
	if err = errors.Join(err, unix.Chroot(root), unix.Chdir("/")); err != nil {
		t.Fatal(err)
	}
}

// install writes files to their places. Scripts can be run.
func (m *machine) install(t *testing.T, files map[string]string) {
	t.Helper()
	for path, text := range files {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		_ = os.Remove(path)                                                                                                 // it may be a link, or have another mode
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), mode)); err != nil { //nolint:gosec // as others' there
			t.Fatal(err)
		}
	}
}

// command is a program on the machine.
func (m *machine) command(ctx context.Context, program string, arg ...string) *exec.Cmd {
	c := command(ctx, program, arg...)
	c.Env, c.Dir = m.env, "/"
	return c
}

// run runs commands as a shell does.
func (m *machine) run(t *testing.T, commands string) (said string, code int) {
	t.Helper()
	if commands == "" {
		t.Fatal("no commands")
	}
	return m.finish(t, m.command(t.Context(), "/bin/sh", "-c", commands))
}

// finish waits for a program, but not for what it leaves behind that runs on: a
// pipe would.
func (m *machine) finish(t *testing.T, c *exec.Cmd) (said string, code int) {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "said")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c.Stdout, c.Stderr = file, file
	err = c.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	out, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// nginx serves with Debian's configuration, and one file more if it is not
// empty, until stop or the end of the test.
func (m *machine) nginx(t *testing.T, site string) (stop func()) {
	t.Helper()
	const file = "/etc/nginx/conf.d/site.conf"
	m.install(t, map[string]string{file: site, "/etc/nginx/sites-enabled/default": debianSite})
	return m.serve(t, webAddress+":80", "nginx", "-g", "daemon off;")
}

// debianSite is what Debian's nginx begins with, without its comments.
const debianSite = `server {
	listen 80 default_server;
	listen [::]:80 default_server;
	root /var/www/html;
	index index.html index.htm index.nginx-debian.html;
	server_name _;
	location / { try_files $uri $uri/ =404; }
}
`

// serve runs a server until stop or the end of the test, and waits until it
// listens at an address.
func (m *machine) serve(t *testing.T, address, program string, arg ...string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := m.command(ctx, program, arg...)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		_ = c.Wait() // it was told to end
		if t.Failed() {
			t.Logf("%s says:\n%s", program, out.String())
		}
	}
	t.Cleanup(stop)
	awaitPort(t, address)
	return stop
}

// served waits until a server at port 443 shows a certificate of the CA.
func (m *machine) served(t *testing.T, name string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(m.ca.Roots())
	d := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: name}} //nolint:gosec // the server decides
	eventually(t, func(ctx context.Context) error {
		c, err := d.DialContext(ctx, "tcp", webAddress+":443")
		if err == nil {
			_ = c.Close()
		}
		return err
	})
}
