package lab_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mholt/acmez/v3/acme"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/respond"
)

// A place is a Town with a client that answers in it, on addresses of 127.0.0.1
// alone.
type place struct {
	*lab.Town
	town  // the client's half
	heard respond.Record[lab.Event]
	ports lab.TownPorts
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{}
	p.http, p.alpn = &respond.HTTP01{}, &respond.TLSALPN01{}
	p.ports.HTTP, p.ports.TLS = serveOn(t, p.http.Serve), serveOn(t, p.alpn.Serve)
	var err error
	p.Town, err = lab.StartTown(t.Context(), lab.TownOptions{HTTPPort: p.ports.HTTP, TLSPort: p.ports.TLS, Hear: p.heard.Add})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	p.ca, p.zone, p.ports.DNS = p.CA, p.Zone, p.Zone.Address()
	return p
}

func serveOn(t *testing.T, f func(context.Context, net.Listener) error) int {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().(*net.TCPAddr).Port
}

// try orders a certificate and returns what the CA says of the challenge.
func (p *place) try(t *testing.T, c customer, method, name string) error {
	t.Helper()
	o, err := c.order(t, "", name)
	if err != nil {
		t.Fatal(err)
	}
	a, ch := c.authorization(t, o.Authorizations[0], method)
	if err := p.solve(c.Account, a, ch); err != nil {
		t.Fatal(err)
	}
	return c.validate(t, a, ch)
}

func needAddresses(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has 127.0.0.2 unasked")
	}
}

// Every fault does to a client what the list says, and no longer than it is
// set.
func TestTownFaults(t *testing.T) {
	t.Parallel()
	needAddresses(t)
	p := newPlace(t)
	c := newCustomer(t, p.ca)
	for _, tt := range []struct{ fault, method, says string }{
		{"redirect-4434", "http-01", ":4434: connect: connection refused"},
		{"redirect-10", "http-01", "stopped after 10 redirects"},
		{"redirect-loop", "http-01", "stopped after 10 redirects"},
		{"refused", "http-01", "connect: connection refused"},
		{"refused", "tls-alpn-01", "Failed to connect to 127.0.0."},
		{"wrong-vhost", "http-01", "returned 404"},
		{"catch-all", "http-01", `!= "<!doctype html><title>Welcome</title>"`},
		{"tls-redirect-broken", "http-01", "remote error: tls: handshake failure"},
		{"alpn-ordinary", "tls-alpn-01", "Failed to connect to 127.0.0."},
		{"dns-servfail", "http-01", "could not resolve URL"},
		{"dns-servfail", "dns-01", "an unsuccessful response: 2"},
		{"dns-missing", "dns-01", "an unsuccessful response: 3"},
		{"dns-missing", "dns-account-01", "an unsuccessful response: 3"},
		{"dns-missing", "http-01", ""},
		{"dns-wrong-value", "dns-01", "Correct value not found"},
		{"caa-forbids", "http-01", ""},
	} {
		t.Run(tt.fault+" "+tt.method, func(t *testing.T) {
			if _, err := p.SetFault(tt.fault, "www.lab.test"); err != nil {
				t.Fatal(err)
			}
			problem, _ := errors.AsType[acme.Problem](p.try(t, c, tt.method, "www.lab.test"))
			if !strings.Contains(problem.Detail, tt.says) || tt.says == "" && problem.Detail != "" {
				t.Errorf("the CA says %q, want %q", problem.Detail, tt.says)
			}
			if err := p.try(t, c, tt.method, "other.lab.test"); err != nil {
				t.Errorf("a name without a fault: %v", err)
			}
			if _, err := p.ClearFault("www.lab.test"); err != nil {
				t.Fatal(err)
			}
			if err := p.try(t, c, tt.method, "www.lab.test"); err != nil {
				t.Errorf("cleared: %v", err)
			}
		})
	}
}

// Every fault can be set, one takes the place of another, and what is listed as
// noticed is what TestTownFaults sees fail.
func TestTownFaultList(t *testing.T) {
	t.Parallel()
	needAddresses(t)
	p := newPlace(t)
	all, err := lab.Faults()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Title == "" || f.Pebble == "" || f.Noticed != (f.Name != "caa-forbids") {
			t.Errorf("%+v", f)
		}
		s, err := p.SetFault(f.Name, "*.WWW.lab.test.")
		if err != nil || s.Name != "www.lab.test" {
			t.Errorf("%s: %+v %v", f.Name, s, err)
		}
		if diff := cmp.Diff([]lab.SetFault{s}, p.Wrong(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}

// A dropped SYN is answered by nobody.
func TestTownFirewall(t *testing.T) {
	t.Parallel()
	needAddresses(t)
	p := newPlace(t)
	s, err := p.SetFault("firewall-drop", "www.lab.test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c, err := p.ports.Dial(ctx, "tcp", netip.AddrPortFrom(s.Address, 80))
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("%v %v", c, err)
	}
}

// A server on every address would answer for the faults: then they cannot be
// had, and while they stand it cannot begin.
func TestTownKeepsItsPorts(t *testing.T) {
	t.Parallel()
	needAddresses(t)
	p := newPlace(t)
	if _, err := p.SetFault("refused", "www.lab.test"); err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	everywhere := &net.TCPAddr{IP: net.IPv4zero, Port: p.ports.HTTP}
	if l, err := lc.Listen(t.Context(), "tcp4", everywhere.String()); err == nil {
		_ = l.Close()
		t.Error("a server took the port of every address")
	}
	l, err := lc.Listen(t.Context(), "tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	other, err := lab.StartTown(t.Context(), lab.TownOptions{HTTPPort: l.Addr().(*net.TCPAddr).Port})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, fault := range []string{"refused", "wrong-vhost", "firewall-drop"} {
		if _, err := other.SetFault(fault, "www.lab.test"); err == nil || !strings.Contains(err.Error(), "Bind yours to 127.0.0.1") {
			t.Errorf("%s: %v", fault, err)
		}
	}
	if w := other.Wrong(); len(w) > 0 {
		t.Error(w)
	}
}

func TestTownRefuses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, tt := range []struct{ fault, name, says string }{
		{"nonsense", "www.lab.test", `no fault "nonsense"`},
		{"dns-missing", "example.com", "example.com is not a name of this lab: it has those under lab.test"},
		{"dns-missing", "xlab.test", "is not a name of this lab"},
		{"dns-missing", "a\"b.lab.test", "is not a name of this lab"},
		{"dns-missing", "", "is not a name of this lab"},
	} {
		_, err := p.SetFault(tt.fault, tt.name)
		if bad, ok := errors.AsType[lab.BadRequest](err); !ok || !strings.Contains(string(bad), tt.says) {
			t.Errorf("%s for %q: %v", tt.fault, tt.name, err)
		}
	}
	if _, err := p.ClearFault("www.lab.test"); err == nil {
		t.Error("a fault that was not set is cleared")
	}
	for _, o := range []lab.TownOptions{{Names: []string{"la b.test"}}, {HTTPPort: 5001}, {TLSPort: 70000}} {
		if _, err := lab.StartTown(t.Context(), o); err == nil {
			t.Errorf("%+v starts", o)
		}
	}
}

// What happens is told once, in order, and remembered.
func TestTownTells(t *testing.T) {
	t.Parallel()
	needAddresses(t)
	p := newPlace(t)
	c := newCustomer(t, p.ca)
	if err := p.try(t, c, "http-01", "well.lab.test"); err != nil {
		t.Error(err)
	}
	if _, err := p.SetFault("wrong-vhost", "www.lab.test"); err != nil {
		t.Fatal(err)
	}
	if p.try(t, c, "http-01", "www.lab.test") == nil {
		t.Error("a certificate for a name with a fault")
	}
	var told []string
	for _, e := range p.Last(lab.EventValidation) {
		told = append(told, strings.Join([]string{e.Name, e.What, e.Answer}, " "))
	}
	want := []string{"well.lab.test http-01 processing", "well.lab.test http-01 valid", "www.lab.test http-01 processing", "www.lab.test http-01 invalid"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("validations (-want +got):\n%s", diff)
	}
	last := p.Last(lab.EventValidation)[3]
	if !strings.HasPrefix(last.Detail, "unauthorized: Non-200 status code from HTTP: http://www.lab.test:") || last.At.IsZero() {
		t.Errorf("%+v", last)
	}
	for _, e := range p.Last(lab.EventRequest) {
		if e.Answer != "wrong-vhost" || !strings.HasPrefix(e.What, "GET /.well-known/acme-challenge/") || e.At.IsZero() {
			t.Errorf("%+v", e)
		}
	}
	asked := p.Last(lab.EventQuestion)
	if !slices.ContainsFunc(asked, func(e lab.Event) bool {
		return e.Name == "www.lab.test" && e.What == "A" && e.Answer == "NOERROR"
	}) {
		t.Errorf("%+v", asked)
	}
	heard, _ := p.heard.All()
	if n := len(p.Last(lab.EventRequest)); n == 0 || len(heard) != 4+1+n+len(asked) {
		t.Errorf("%d events heard, %d requests, %d questions", len(heard), n, len(asked))
	}
}

// Names beside the town's do not exist; a climb for CAA ends with an answer.
func TestTownZone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for _, tt := range []struct{ name, kind, want string }{
		{"a.b.lab.test", "A", "NOERROR 127.0.0.1"},
		{"lab.test", "CAA", "NOERROR"},
		{"test", "CAA", "NOERROR"},
		{"example.com", "A", "NXDOMAIN"},
	} {
		if got := says(ask(t, p.zone, tt.name, tt.kind)); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.name, tt.kind, got, tt.want)
		}
	}
	if len(p.Key.Secret) != 32 || base64.StdEncoding.EncodeToString(p.Key.Secret) == base64.StdEncoding.EncodeToString(make([]byte, 32)) {
		t.Error("no secret")
	}
}
