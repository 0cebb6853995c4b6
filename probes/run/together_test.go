package run_test

// This file holds how long a look takes, by a simulated clock over a wire with
// a true delay: no longer than the round trips that have to follow each other.
// docs/performance.md says what the bounds are made of.

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const (
	toResolver = 20 * time.Millisecond // and back
	toTarget   = 50 * time.Millisecond // and back
)

func roundTrip(to netip.AddrPort) time.Duration {
	if to == world.Resolver {
		return toResolver
	}
	return toTarget
}

// A distant connection has its peer a round trip away: whatever was said, the
// answer to it takes one.
type distant struct {
	net.Conn
	trip  time.Duration
	asked bool
}

func (d *distant) Write(b []byte) (int, error) {
	d.asked = true
	return d.Conn.Write(b)
}

func (d *distant) Read(b []byte) (int, error) {
	if d.asked {
		d.asked = false
		<-time.After(d.trip)
	}
	return d.Conn.Read(b)
}

// datagrams are what a distant connection is to a DNS client over UDP.
type datagrams struct{ *distant }

func (d datagrams) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := d.Read(b)
	return n, d.RemoteAddr(), err
}

func (d datagrams) WriteTo(b []byte, _ net.Addr) (int, error) { return d.Write(b) }

// faraway puts a round trip between us and a network. UDP needs none to connect.
func faraway(dial wire.Dial) wire.Dial {
	return func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
		trip := roundTrip(to)
		if network == "tcp" {
			<-time.After(trip)
		}
		c, err := dial(ctx, network, to)
		if err != nil {
			return nil, err
		}
		d := &distant{Conn: c, trip: trip}
		if network == "udp" {
			return datagrams{d}, nil
		}
		return d, nil
	}
}

// A name whose http-01 is redirected to https, and which has all the rest.
const everything = `challenge http-01 www.example.com
dns www.example.com A 192.0.2.10
dns www.example.com AAAA 2001:db8::10
dns example.com CAA 0 issue "letsencrypt.org"
dns _acme-challenge.www.example.com CNAME www.acme.example.net
dns www.acme.example.net TXT "$TXT"
http 192.0.2.10:80 * 301 Location="https://$HOST$PATH"
http [2001:db8::10]:80 * 301 Location="https://$HOST$PATH"
tls 192.0.2.10:443 cert=ca
tls [2001:db8::10]:443 cert=ca
http 192.0.2.10:443 * 200 body="$KA"
http [2001:db8::10]:443 * 200 body="$KA"
`

// dead is a name with so many addresses that drop what is sent to them.
func dead(n int) string {
	var b strings.Builder
	b.WriteString("challenge http-01 www.example.com\n")
	for i := range n {
		fmt.Fprintf(&b, "dns www.example.com A 192.0.2.%d\ntcp 192.0.2.%d drop\n", i+1, i+1)
	}
	return b.String()
}

// A stopwatch says how long a look at a name takes, by a simulated clock.
type stopwatch struct {
	testing.TB
	text   string // of a world
	caOnly bool   // without the looks past the CA's
}

// planned are all questions about the name.
func (s *stopwatch) planned() []probes.Question {
	w := s.world()
	a := run.Answers{Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Proof: probes.ProofToken, Account: w.Account}
	plan := run.Plan(probes.Target{Identifier: probes.Identifier(w.Identifier)}, a, letsEncrypt())
	if len(plan) < 6 {
		s.Fatalf("a plan of %d questions", len(plan))
	}
	return plan
}

func (s *stopwatch) world() *world.World {
	w, err := world.Parse("pace", s.text)
	if err != nil {
		s.Fatal(err)
	}
	return w
}

// time looks.
func (s *stopwatch) time(qs ...probes.Question) (took time.Duration) {
	simnet.Bubble(asOf, func(ctx context.Context) {
		n := simnet.New(ctx, s.world().View(""))
		defer n.Close()
		p := letsEncrypt()
		w := walk.Walker{Hurry: true, Net: &wire.Net{Dial: faraway(n.Dial), Resolver: world.Resolver, Refuses: p.Addresses.Refusal}}
		if !s.caOnly {
			w.Beyond = beyond.Plan(p, beyond.Options{})
		}
		began := time.Now()
		seen := (&run.Examination{Policy: p, AsOf: began, First: &run.Local{Walker: w}}).Examine(ctx, qs)
		took = time.Since(began)
		for _, x := range seen {
			for _, step := range x.Trace {
				if step.Fault != nil && step.Fault.Op == "lookup" {
					s.Errorf("%s: %+v", x.Task.Method, step) // of a world without DNS nothing is to be learned
				}
			}
		}
	})
	return took
}

// A pace is what a look takes, and the round trips that have to follow each
// other in it.
type pace struct {
	name        string
	took, bound time.Duration
	most        float64 // that took may be of bound
}

func (p pace) ratio() float64 { return float64(p.took) / float64(p.bound) }

// paces are those that docs/performance.md promises.
func paces(tb testing.TB) []pace {
	tb.Helper()
	const path = toResolver + 5*toTarget // look up; connect, ask; connect, shake hands, ask
	ca := stopwatch{TB: tb, text: everything, caOnly: true}
	full := stopwatch{TB: tb, text: everything}
	plan := full.planned()
	var slowest time.Duration
	for _, q := range plan {
		slowest = max(slowest, full.time(q))
	}
	all := full.time(plan...)
	gone := stopwatch{TB: tb, text: dead(16)}
	return []pace{
		{"http-01-redirected-to-https", ca.time(plan[0]), path, 1.10},
		{"all-methods-as-the-CA-looks", ca.time(plan...), path, 1.15},
		// How often a healthy server may be asked again is known when the CA's
		// look has ended: two round trips more.
		{"full-report", all, path + 2*toTarget, 1.15},
		{"all-methods-of-the-slowest", all, slowest, 1.05},
		{"16-dead-addresses-of-one-time-out", gone.time(gone.planned()...), letsEncrypt().HTTP01.DialTimeout, 1.05},
	}
}

func TestPace(t *testing.T) {
	for _, p := range paces(t) {
		t.Logf("%s: %v, %.3f of %v", p.name, p.took, p.ratio(), p.bound)
		if p.ratio() > p.most || p.ratio() < 1 {
			t.Errorf("%s takes %v, which is %.3f of %v: want 1 to %.2f", p.name, p.took, p.ratio(), p.bound, p.most)
		}
	}
}

// BenchmarkPace reports the ratios of TestPace.
func BenchmarkPace(b *testing.B) {
	var all []pace
	for b.Loop() {
		all = paces(b)
	}
	for _, p := range all {
		b.ReportMetric(p.ratio(), p.name)
	}
}
