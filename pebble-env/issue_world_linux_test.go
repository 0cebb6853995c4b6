package lab_test

// What the tests of acmecheck issue need around it: a zone, and somebody who
// applies for certificates.

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// newIssueZone is the DNS of the namespace, its root included: every name in
// example.com is webAddress. acme-key may write.
func newIssueZone(t *testing.T) *respond.Record[lab.Query] {
	t.Helper()
	asked := &respond.Record[lab.Query]{}
	z, err := lab.StartZone(t.Context(), lab.ZoneOptions{
		Listen: world.Resolver.String(), Names: []string{".", "example.com"}, Hosts: []string{"example.com"},
		Addresses: []netip.Addr{netip.MustParseAddr(webAddress)}, Seen: asked.Add,
		Keys: []lab.Key{{Name: "acme-key", Secret: []byte("a secret of the test"), Writes: []string{"example.com"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(z.Close)
	if err := z.Set("ns.example.com", "A", world.Resolver.Addr().String()); err != nil {
		t.Fatal(err)
	}
	return asked
}

// texts are the values at the challenge name of a name.
func texts(t *testing.T, at netip.AddrPort, name string) []string {
	t.Helper()
	l, fault := (&wire.Net{}).Lookup(t.Context(), probes.Lookup{Name: "_acme-challenge." + name, Type: "TXT", Server: at}, wire.Patience{Try: 2 * time.Second, Tries: 3})
	if fault != nil || l.RCode != "NOERROR" && l.RCode != "NXDOMAIN" {
		t.Fatalf("%v does not tell: %+v %+v", at, l, fault)
	}
	return policy.TXTValues(l)
}

// An applicant runs acmecheck issue, with a home and a directory for the files
// that are its own.
type applicant struct {
	bin string
	dir string // the files are to be in its cert
	arg []string
	env []string
}

// newApplicant applies at a notary; nil: nowhere yet.
func newApplicant(t *testing.T, bin string, n *notary) *applicant {
	t.Helper()
	a := &applicant{bin: bin, dir: t.TempDir(), arg: []string{"--resolver", world.Resolver.String(), "--treat-as-public", public, "--no-input"}}
	if n != nil {
		a.arg = append(a.arg, "--ca", n.directory, "--ca-bundle", n.bundle, "--agree-terms")
	}
	if err := os.Mkdir(a.dir+"/work", 0o755); err != nil { //nolint:gosec // as a user's
		t.Fatal(err)
	}
	// A proxy of the machine's would be beyond the namespace.
	a.env = append(os.Environ(), "XDG_STATE_HOME="+a.dir+"/state", "HOME="+a.dir, "HTTPS_PROXY=", "https_proxy=")
	return a
}

// out is where the certificate goes.
func (a *applicant) out() string { return a.dir + "/work/cert" }

// temporary has it use a directory of its own for what is temporary.
func (a *applicant) temporary(t *testing.T) string {
	t.Helper()
	dir := a.dir + "/tmp"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	a.env = append(a.env, "TMPDIR="+dir)
	return dir
}

func (a *applicant) command(t *testing.T, arg ...string) *exec.Cmd {
	t.Helper()
	c := command(t.Context(), a.bin, slices.Concat([]string{"issue", "--dir", a.out()}, a.arg, arg)...)
	c.Env = a.env
	return c
}

// issue runs the command to its end.
func (a *applicant) issue(t *testing.T, arg ...string) (said string, code int) {
	t.Helper()
	c := a.command(t, arg...)
	out, err := c.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// interrupt runs the command and sends it a signal when it says a line that begins so.
func (a *applicant) interrupt(t *testing.T, line string, s syscall.Signal, arg ...string) (said string, code int) {
	t.Helper()
	c := a.command(t, arg...)
	var out bytes.Buffer
	c.Stdout = io.Discard
	stderr, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	sent := false
	for r := bufio.NewScanner(stderr); r.Scan(); {
		fmt.Fprintln(&out, r.Text())
		if strings.HasPrefix(r.Text()+"\n", line) && !sent {
			sent = true
			_ = c.Process.Signal(s) // it may be through already
		}
	}
	_ = c.Wait() // the exit code says it
	if !sent {
		t.Errorf("it never said %q:\n%s", line, out.String())
	}
	return out.String(), c.ProcessState.ExitCode()
}

// modes are those of a certificate's files, and all that are there.
var modes = map[string]fs.FileMode{"cert.pem": 0o644, "chain.pem": 0o644, "fullchain.pem": 0o644, "privkey.pem": 0o600}

// complete requires that a directory holds a certificate for names with its key and
// its chain, to a root or, without roots, to the last of the chain.
func complete(t *testing.T, dir string, roots *x509.CertPool, names ...string) {
	t.Helper()
	file := map[string][]byte{}
	for name, mode := range modes {
		b, err := os.ReadFile(filepath.Join(dir, name))
		info, err2 := os.Stat(filepath.Join(dir, name))
		if err = errors.Join(err, err2); err != nil || info.Mode() != mode {
			t.Fatalf("%s: mode %v, want %v: %v", name, info, mode, err)
		}
		file[name] = b
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) != len(modes) {
		t.Errorf("more than a certificate: %v %v", es, err)
	}
	if !bytes.Equal(file["fullchain.pem"], append(slices.Clone(file["cert.pem"]), file["chain.pem"]...)) {
		t.Error("the full chain is not the certificate and its chain")
	}
	pair, err := tls.X509KeyPair(file["fullchain.pem"], file["privkey.pem"]) // the key has to fit
	if err != nil {
		t.Fatal(err)
	}
	chain := x509.NewCertPool()
	chain.AppendCertsFromPEM(file["chain.pem"])
	if roots == nil {
		roots = chain
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: chain}); err != nil || !sameNames(pair.Leaf.DNSNames, names) {
		t.Errorf("a certificate for %s, want %s: %v", pair.Leaf.DNSNames, names, err)
	}
}

func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// beside is what is in a directory, by name.
func beside(t *testing.T, dir string) (names []string) {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range es {
		names = append(names, e.Name())
	}
	return names
}

// write writes a private file.
func (a *applicant) write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(a.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
