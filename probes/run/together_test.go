package run_test

// This file holds that the methods of one name are looked at together: the
// whole takes as long as the slowest of them.

import (
	"context"
	"net"
	"net/netip"
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

const roundTrip = 50 * time.Millisecond

// A distant connection has its peer a round trip away.
type distant struct {
	net.Conn
	asked bool
}

func (d *distant) Write(b []byte) (int, error) {
	d.asked = true
	return d.Conn.Write(b)
}

func (d *distant) Read(b []byte) (int, error) {
	if d.asked {
		d.asked = false
		<-time.After(roundTrip)
	}
	return d.Conn.Read(b)
}

// faraway puts a round trip between us and a network. UDP needs none to connect.
func faraway(dial wire.Dial) wire.Dial {
	return func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
		if network == "tcp" {
			<-time.After(roundTrip)
		}
		c, err := dial(ctx, network, to)
		if err != nil {
			return nil, err
		}
		return &distant{Conn: c}, nil
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

// spent is how long an examination takes by a simulated clock.
func spent(tb testing.TB, qs []probes.Question) time.Duration {
	tb.Helper()
	w, err := world.Parse("everything", everything)
	if err != nil {
		tb.Fatal(err)
	}
	var took time.Duration
	simnet.Bubble(asOf, func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		p := letsEncrypt()
		walker := walk.Walker{
			Net:   &wire.Net{Dial: faraway(n.Dial), Resolver: world.Resolver, Refuses: p.Addresses.Refusal},
			Hurry: true, Beyond: beyond.Plan(p, beyond.Options{}),
		}
		began := time.Now()
		(&run.Examination{Policy: p, AsOf: began, First: &run.Local{Walker: walker}}).Examine(ctx, qs)
		took = time.Since(began)
	})
	return took
}

// together is how long all questions take, and the slowest of them alone.
func together(tb testing.TB) (all, slowest time.Duration) {
	tb.Helper()
	w, err := world.Parse("everything", everything)
	if err != nil {
		tb.Fatal(err)
	}
	a := run.Answers{Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Proof: probes.ProofToken, Account: w.Account}
	plan := run.Plan(probes.Target{Identifier: probes.Identifier(w.Identifier)}, a, letsEncrypt())
	if len(plan) < 6 {
		tb.Fatalf("a plan of %d questions", len(plan))
	}
	for _, q := range plan {
		slowest = max(slowest, spent(tb, []probes.Question{q}))
	}
	return spent(tb, plan), slowest
}

func TestMethodsAreLookedAtTogether(t *testing.T) {
	all, slowest := together(t)
	t.Logf("all %v, the slowest alone %v, at a round trip of %v", all, slowest, roundTrip)
	if slowest < 4*roundTrip || all > slowest*11/10 {
		t.Errorf("all take %v, the slowest alone %v", all, slowest)
	}
}

// BenchmarkTogether reports the time of all methods over that of the slowest,
// by a simulated clock.
func BenchmarkTogether(b *testing.B) {
	var all, slowest time.Duration
	for b.Loop() {
		all, slowest = together(b)
	}
	b.ReportMetric(float64(all)/float64(slowest), "of-the-slowest")
	b.ReportMetric(all.Seconds(), "simulated-s")
}
