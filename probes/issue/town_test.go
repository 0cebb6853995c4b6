package issue_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// A town has all that a certificate takes: a CA, a zone in which every name
// leads to the responders, and solvers for every method.
type town struct {
	ca       *lab.CA
	zone     *lab.Zone
	http     respond.HTTP01
	requests respond.Record[respond.Request]
	alpn     respond.TLSALPN01
	solver   *tally
	store    issue.Store
}

func newTown(tb testing.TB, o lab.CAOptions) *town {
	tb.Helper()
	w := &town{store: issue.Store{Dir: tb.TempDir()}}
	w.http.Seen = w.requests.Add
	o.HTTPPort, o.TLSPort = serve(tb, w.http.Serve), serve(tb, w.alpn.Serve)
	var err error
	w.zone, err = lab.StartZone(tb.Context(), lab.ZoneOptions{Names: []string{"lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	must(tb, err)
	tb.Cleanup(w.zone.Close)
	o.Resolver = w.zone.Address().String()
	w.ca, err = lab.StartCA(tb.Context(), o)
	must(tb, err)
	tb.Cleanup(w.ca.Close)
	w.solver = &tally{next: dispatch{issue.Responders{HTTP: &w.http, ALPN: &w.alpn}, zoneSolver{w.zone}}}
	return w
}

// serve runs a responder on a port of loopback and returns it.
func serve(tb testing.TB, f func(context.Context, net.Listener) error) int {
	tb.Helper()
	ls, err := respond.Listen(tb.Context(), 0, "127.0.0.1", "::1")
	must(tb, err)
	ctx, stop := context.WithCancel(tb.Context())
	var wg sync.WaitGroup
	for _, l := range ls {
		wg.Go(func() { _ = f(ctx, l) })
	}
	tb.Cleanup(func() { stop(); wg.Wait() })
	return ls[0].Addr().(*net.TCPAddr).Port
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// zoneSolver writes into the lab's zone.
type zoneSolver struct{ zone *lab.Zone }

func (z zoneSolver) Present(_ context.Context, c solve.Challenge) error {
	return z.zone.Add(c.TXTName, "TXT", c.TXTValue)
}

func (z zoneSolver) CleanUp(_ context.Context, c solve.Challenge) error {
	return z.zone.Remove(c.TXTName, "TXT", c.TXTValue)
}

// dispatch sends challenges with a record to one solver and the others to the
// other.
type dispatch struct{ server, record solve.Solver }

func (d dispatch) of(c solve.Challenge) solve.Solver {
	if c.TXTName != "" {
		return d.record
	}
	return d.server
}

func (d dispatch) Present(ctx context.Context, c solve.Challenge) error {
	return d.of(c).Present(ctx, c)
}

func (d dispatch) CleanUp(ctx context.Context, c solve.Challenge) error {
	return d.of(c).CleanUp(ctx, c)
}

// A tally counts what is in place.
type tally struct {
	next solve.Solver // nil: nothing really is

	mu     sync.Mutex
	there  map[string]bool // guarded by mu
	placed []solve.Challenge
}

func (s *tally) Present(ctx context.Context, c solve.Challenge) error {
	s.mu.Lock()
	if s.there == nil {
		s.there = map[string]bool{}
	}
	s.there[c.Token+c.TXTValue] = true
	s.placed = append(s.placed, c)
	s.mu.Unlock()
	if s.next == nil {
		return nil
	}
	return s.next.Present(ctx, c)
}

func (s *tally) CleanUp(ctx context.Context, c solve.Challenge) error {
	s.mu.Lock()
	delete(s.there, c.Token+c.TXTValue)
	s.mu.Unlock()
	if s.next == nil {
		return nil
	}
	return s.next.CleanUp(ctx, c)
}

func (s *tally) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.there)
}

// solvers are one solver for every method.
func solvers(s solve.Solver) map[probes.Method]solve.Solver {
	out := map[probes.Method]solve.Solver{}
	for _, m := range probes.Methods {
		out[m] = s
	}
	return out
}

var quick = issue.Poll{First: 10 * time.Millisecond, Most: time.Second, Total: 10 * time.Second}

// connect is a new connection to the town's CA.
func (w *town) connect(tb testing.TB) *issue.CA {
	tb.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.ca.Bundle())
	r := &issue.Recorder{Base: issue.NewTransport(issue.TransportOptions{Roots: roots}), Patience: 5 * time.Second}
	c, err := issue.Connect(tb.Context(), issue.Options{Directory: w.ca.Directory(), Recorder: r, Poll: quick})
	must(tb, err)
	tb.Cleanup(c.Close)
	return c
}

// flow is one for targets such as dns-01@*.lab.test.
func (w *town) flow(tb testing.TB, r issue.Registration, targets ...string) *issue.Flow {
	tb.Helper()
	c := w.connect(tb)
	r.AgreeTerms = true
	a, err := w.store.Account(tb.Context(), c, r)
	must(tb, err)
	f := &issue.Flow{CA: c, Account: a, Solvers: solvers(w.solver)}
	for _, s := range targets {
		x, err := probes.ParseTarget(s)
		must(tb, err)
		f.Targets = append(f.Targets, x)
	}
	return f
}
