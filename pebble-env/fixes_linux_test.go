package lab_test

// Fixes prove themselves: a real server with a real fault, what acmecheck says
// of it from across the street, and the same server once the snippet that
// acmecheck printed has been pasted into its configuration.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
)

// A webServer is a kind of server that fixes are written for. Configurations
// may name {{dir}}, a directory of the test's; {{web}}, the webroot in it; and
// {{empty}}, another directory.
type webServer struct {
	kind, program string
	args          []string // that run it in the foreground
	base          string   // what surrounds {{site}} and {{https}}
	https         string   // a site on port 443 that serves the webroot
}

// A fault is a mistake in a configuration.
type fault struct {
	name, code string
	site       string // what answers on port 80
	https      string // what answers on port 443; empty: as it should be
	// mends say where each of the snippets goes that are offered for this
	// kind of server, in the order in which they are offered.
	mends []mend
}

// A mend is what an administrator does with a snippet. The zero mend leaves it,
// because it is for a server that is configured in another way.
type mend struct {
	at            string   // a part of the configuration
	before, after bool     // keep that part
	fill          []string // for each … of the snippet
}

func instead(at string) mend { return mend{at: at} }
func before(at string) mend  { return mend{at: at, before: true} }
func after(at string) mend   { return mend{at: at, after: true} }

// apply pastes a snippet. A section of its own, after an empty line, goes to
// the end of the file.
func (m mend) apply(conf, snippet string) (string, error) {
	if strings.Count(conf, m.at) != 1 {
		return "", fmt.Errorf("%q is not there once", m.at)
	}
	snippet, section, _ := strings.Cut(snippet, "\n\n")
	for _, value := range m.fill {
		snippet = strings.Replace(snippet, "…", value, 1)
	}
	switch {
	case m.before:
		snippet += "\n" + m.at
	case m.after:
		snippet = m.at + "\n" + snippet
	}
	return strings.Replace(conf, m.at, snippet, 1) + "\n" + section + "\n", nil
}

// fixed is the name that is checked.
const fixed = "www.example.com"

// A yard is where a server is broken and mended.
type yard struct {
	street
	webServer
	bin, dir string
}

// testFixes has every fault found and mended.
func testFixes(t *testing.T, w webServer, faults []fault) {
	t.Helper()
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft", w.program) {
		return
	}
	s := newStreet(t, "challenge http-01 "+fixed+"\ndns "+fixed+" A "+server4+"\n")
	y := yard{street: s, webServer: w, bin: build(t), dir: t.TempDir()}
	// Apache reads the webroot as another user.
	if err := errors.Join(os.Chmod(filepath.Dir(y.dir), 0o755), os.Mkdir(y.dir+"/web", 0o755), os.Mkdir(y.dir+"/empty", 0o755), writeCertificate(y.dir)); err != nil {
		t.Fatal(err)
	}
	y.server.serve(t, "127.0.0.1:8080", http.HandlerFunc(page))
	y.server.serve(t, "127.0.0.1:8081", http.NotFoundHandler())
	y.server.serve(t, "127.0.0.1:8888", http.FileServer(http.Dir(y.dir+"/web"))) // as an ACME client does
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { y.prove(t, f) })
	}
}

// page is an application that answers every path.
func page(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "<!doctype html><title>An application</title>")
}

// prove starts the faulty server, and then once for every snippet the mended one.
func (y yard) prove(t *testing.T, f fault) {
	t.Helper()
	if f.https == "" {
		f.https = y.https
	}
	conf := strings.NewReplacer("{{site}}", f.site, "{{https}}", f.https).Replace(y.base)
	var snippets []string
	y.serve(t, conf, func() {
		out, code := y.check(t)
		if code != 1 || !strings.Contains(out, "error["+f.code+"]") {
			t.Fatalf("exit code %d, want 1 and error[%s] in:\n%s", code, f.code, out)
		}
		snippets = y.offered(t)
	})
	if len(snippets) != len(f.mends) {
		t.Fatalf("%d places for the snippets offered: %q", len(f.mends), snippets)
	}
	proved := 0
	for i, m := range f.mends {
		if m.at == "" {
			continue
		}
		proved++
		mended, err := m.apply(conf, snippets[i])
		if err != nil {
			t.Fatal(err)
		}
		y.serve(t, mended, func() {
			if out, code := y.check(t); code != 0 || !strings.Contains(out, " READY\n") {
				t.Errorf("exit code %d, not ready with the snippet\n%s\n%s", code, snippets[i], out)
			}
		})
	}
	if proved == 0 {
		t.Error("no snippet mends this")
	}
}

func (y yard) check(t *testing.T, arg ...string) (out string, code int) {
	t.Helper()
	return y.client.acmecheck(t, y.bin, append(arg, "--webroot", y.dir+"/web", "http-01@"+fixed)...)
}

// offered are the snippets that the report has for this kind of server.
func (y yard) offered(t *testing.T) []string {
	t.Helper()
	out, _ := y.check(t, "--format", "json")
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	var snippets []string
	for _, f := range r.Targets[0].Findings {
		for _, m := range f.Remediation {
			if f.Severity == report.Error && m.For == y.kind && m.Snippet != nil {
				snippets = append(snippets, *m.Snippet)
			}
		}
	}
	return snippets
}

// serve runs the server with a configuration for as long as f takes.
func (y yard) serve(t *testing.T, conf string, f func()) {
	t.Helper()
	// /var/www/acme is what snippets call the webroot; the pair of files in
	// /etc is what an administrator has.
	conf = strings.NewReplacer("{{dir}}", y.dir, "{{web}}", y.dir+"/web", "{{empty}}", y.dir+"/empty", "/var/www/acme", y.dir+"/web",
		"/etc/haproxy/"+fixed+".pem", y.dir+"/both.pem").Replace(conf)
	file := filepath.Join(y.dir, "server.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	var out strings.Builder
	c := y.command(ctx, file)
	c.Stdout, c.Stderr = &out, &out
	if err := y.server.do(c.Start); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		stop(fmt.Errorf("%s ended: %w", y.program, c.Wait()))
		close(ended)
	}()
	err := y.client.do(func() error {
		return errors.Join(await(ctx, net.JoinHostPort(server4, "80")), await(ctx, net.JoinHostPort(server4, "443")))
	})
	if err == nil {
		f()
	}
	stop(nil)
	<-ended
	if err != nil {
		t.Fatalf("%v\n%s\nconfiguration:\n%s", err, out.String(), conf)
	}
}

func (y yard) command(ctx context.Context, file string) *exec.Cmd {
	var args []string
	for _, a := range y.args {
		args = append(args, strings.ReplaceAll(a, "{{conf}}", file))
	}
	c := command(ctx, y.program, args...)
	c.Env = append(os.Environ(), "HOME="+y.dir, "XDG_CONFIG_HOME="+y.dir, "XDG_DATA_HOME="+y.dir)
	return c
}
