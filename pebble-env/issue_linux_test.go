package lab_test

// acmecheck issue, as users run it: at Pebble, with answers of its own, in the
// webroot of nginx and in the zone of BIND.

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A preflight sees no more than what can be seen from inside, which is no
// reason not to order.
func TestIssueServe(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	newIssueZone(t)
	n, bin := newNotary(t), build(t)
	for _, tt := range []struct {
		name, target, want string
		arg                []string
	}{
		{"http-01", "a.example.com", "acmecheck: a.example.com: valid by http-01\n", []string{"--no-preflight"}},
		{"http-01, after a look", "b.example.com", "acmecheck: preflight CANNOT TELL\n", nil},
		{"tls-alpn-01", "tls-alpn-01@c.example.com", "acmecheck: c.example.com: valid by tls-alpn-01\n", []string{"--no-preflight"}},
		{"tls-alpn-01, after a look", "tls-alpn-01@d.example.com", "acmecheck: preflight CANNOT TELL\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApplicant(t, bin, n)
			said, code := a.issue(t, append([]string{tt.target, "--serve"}, tt.arg...)...)
			if code != 0 || !strings.Contains(said, tt.want) {
				t.Errorf("exit code %d, want 0 and %q in:\n%s", code, tt.want, said)
			}
			complete(t, a.out(), n.roots, tt.target[strings.Index(tt.target, "@")+1:])
		})
	}
}

// The CA in the process validates at the true ports too, and leaves nothing of
// its own behind.
func TestIssueEmbedded(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	newIssueZone(t)
	a := newApplicant(t, build(t), nil)
	tmp := a.temporary(t)
	said, code := a.issue(t, "--ca", "pebble", "--serve", "a.example.com", "tls-alpn-01@b.example.com")
	if code != 0 {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	complete(t, a.out(), nil, "a.example.com", "b.example.com")
	if left := append(beside(t, tmp), beside(t, a.dir+"/state")...); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func TestIssueWebroot(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "nginx") {
		return
	}
	newIssueZone(t)
	n, bin := newNotary(t), build(t)
	p := newWebroots(t)
	for name, arg := range map[string][]string{"a.example.com": {"--no-preflight"}, "b.example.com": nil} {
		a := newApplicant(t, bin, n)
		web := p.of(t, name)
		if said, code := a.issue(t, append(arg, name, "--webroot", web)...); code != 0 {
			t.Errorf("exit code %d:\n%s", code, said)
		}
		complete(t, a.out(), n.roots, name)
		if left := beside(t, web); len(left) > 0 {
			t.Errorf("left in the webroot: %s", left)
		}
	}
	if log, err := os.ReadFile(p.dir + "/access.log"); strings.Count(string(log), "LetsEncrypt-Pebble-VA") != 2*3 {
		t.Errorf("want 3 looks of the CA for each name: %s %v", log, err)
	}
}

// Webroots are those of an nginx that has one for each name.
type webroots struct{ dir string }

func newWebroots(t *testing.T) webroots {
	t.Helper()
	w := webroots{t.TempDir()}
	if err := os.Chmod(filepath.Dir(w.dir), 0o755); err != nil { //nolint:gosec // for nginx
		t.Fatal(err)
	}
	startNginx(t, &premises{dir: w.dir, web: w.dir + "/web/$host"}, webAddress+":80")
	return w
}

// of makes the webroot of a name.
func (w webroots) of(t *testing.T, name string) string {
	t.Helper()
	dir := w.dir + "/web/" + name
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // for nginx
		t.Fatal(err)
	}
	return dir
}

// The values of a wildcard and of its base stand side by side, on a primary and
// its lagging secondary, and go again.
func TestIssueUpdates(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "named", "knotd", "unbound") {
		return
	}
	newSolveLab(t)
	n := newNotary(t)
	a := newApplicant(t, build(t), n)
	secret := a.write(t, "secret", solveSecret+"\n")
	config := a.write(t, "dns.toml", fmt.Sprintf("server = %q\nkey = \"acme-key\"\nsecret_file = %q\nttl = 5\n", "ns1.dns.org", secret))
	said, code := a.issue(t, "*.example.com", "dns-01@example.com", "--solver", "rfc2136", "--solver-config", config, "--no-preflight")
	if code != 0 || !strings.Contains(said, "acmecheck: *.example.com: valid by dns-01\n") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	complete(t, a.out(), n.roots, "*.example.com", "example.com")
	if left := texts(t, netip.MustParseAddrPort(ns1At+":53"), "example.com"); len(left) > 0 {
		t.Errorf("left in the zone: %q", left)
	}
}

// Files that are in the way are found before anybody is asked, and never lost.
func TestIssueInTheWay(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	asked := newIssueZone(t)
	n := newNotary(t)
	a := newApplicant(t, build(t), n)
	if err := os.Mkdir(a.out(), 0o755); err != nil { //nolint:gosec // as a user's
		t.Fatal(err)
	}
	a.write(t, "work/cert/cert.pem", "old")
	said, code := a.issue(t, "a.example.com", "--serve")
	if questions, _ := asked.All(); code != 2 || !strings.Contains(said, "hint: --force") || len(questions) > 0 || n.asked(t) > 0 {
		t.Errorf("exit code %d, DNS asked %v, the CA %d times:\n%s", code, questions, n.asked(t), said)
	}
	if said, code = a.issue(t, "a.example.com", "--serve", "--no-preflight", "--force"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if questions, _ := asked.All(); len(questions) == 0 || n.asked(t) == 0 {
		t.Error("nobody counts the questions")
	}
	complete(t, a.out(), n.roots, "a.example.com")
	old, err := filepath.Glob(a.out() + ".before-*/cert.pem")
	if err != nil || len(old) != 1 {
		t.Fatalf("beside it there is %s: %v", beside(t, a.dir+"/work"), err)
	}
	if b, err := os.ReadFile(old[0]); string(b) != "old" || !strings.Contains(said, filepath.Dir(old[0])) {
		t.Errorf("kept %q, %v, and not told:\n%s", b, err, said)
	}
}

func TestIssueDeployHook(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	newIssueZone(t)
	n, bin := newNotary(t), build(t)
	for _, tt := range []struct {
		name, hook string
		code       int
	}{
		{"it works", "", 0},
		{"it fails", "; echo no such service; exit 7", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApplicant(t, bin, n)
			told := a.dir + "/told"
			said, code := a.issue(t, "a.example.com", "b.example.com", "--serve", "--no-preflight",
				"--deploy-hook", `echo "$RENEWED_DOMAINS at $(ls "$RENEWED_LINEAGE" | wc -l) in $RENEWED_LINEAGE" > `+told+tt.hook)
			if code != tt.code || strings.Contains(said, "no such service") != (tt.code != 0) {
				t.Errorf("exit code %d, want %d:\n%s", code, tt.code, said)
			}
			complete(t, a.out(), n.roots, "a.example.com", "b.example.com")
			if b, err := os.ReadFile(told); string(b) != "a.example.com b.example.com at 4 in "+a.out()+"\n" {
				t.Errorf("the hook was told %q, %v", b, err)
			}
		})
	}
}

// Nobody hears of an order from production that was not confirmed: every
// address is local here, and so every packet is counted.
func TestIssueUnconfirmed(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	asked := newIssueZone(t)
	own(t).ip(t, "route add local 0.0.0.0/0 dev lo", "route add local ::/0 dev lo")
	a := newApplicant(t, build(t), nil)
	for _, tt := range []struct {
		name string
		arg  []string
		code int
		sent bool
	}{
		{"asked not to ask", []string{"--ca", "letsencrypt", "--no-input"}, 7, false},
		{"by its URL", []string{"--ca", "https://acme-v02.api.letsencrypt.org/directory"}, 7, false},
		{"nobody answers", []string{"--ca", "letsencrypt", "--no-input=false", "--no-preflight"}, 7, false},
		{"packets are counted", []string{"--dry-run"}, 3, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := packets(t)
			said, code := a.issue(t, append([]string{"a.example.com", "--serve"}, tt.arg...)...)
			questions, _ := asked.All()
			if sent := packets(t) != before || len(questions) > 0; code != tt.code || sent != tt.sent {
				t.Errorf("exit code %d, want %d; packets: %v, want %v:\n%s", code, tt.code, sent, tt.sent, said)
			}
			if left := beside(t, a.dir+"/work"); len(left) > 0 {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

// packets is how many went through the only interface of the namespace.
func packets(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/net/dev")
	if err != nil {
		t.Fatal(err)
	}
	_, lo, ok := strings.Cut(string(b), "lo:")
	if !ok {
		t.Fatalf("no interface: %s", b)
	}
	return strings.Fields(lo)[1]
}

// own is the namespace of the test as a host.
func own(t *testing.T) host {
	t.Helper()
	ns, err := os.Open("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ns.Close() })
	return host{"own", ns}
}

// zoneSolver are the flags that write to the zone of newIssueZone.
func (a *applicant) zoneSolver(t *testing.T) []string {
	t.Helper()
	secret := a.write(t, "secret", base64.StdEncoding.EncodeToString([]byte("a secret of the test"))+"\n")
	return []string{
		"--solver", "rfc2136", "--solver-config",
		a.write(t, "dns.toml", fmt.Sprintf("server = %q\nkey = \"acme-key\"\nsecret_file = %q\n", world.Resolver, secret)),
	}
}
