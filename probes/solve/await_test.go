package solve_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
)

const home = `example.com. SOA ns1.dns.example. h. 1 7200 600 86400 60
example.com. NS ns1.dns.example.
example.com. NS ns2.dns.example.
www.example.com. A 192.0.2.1
`

const hosts = `dns.example. SOA ns1.dns.example. h. 1 7200 600 86400 60
ns1.dns.example. A 192.0.2.1
ns2.dns.example. A 192.0.2.2
ns2.dns.example. AAAA 2001:db8::2
ns3.dns.example. A 192.0.2.3
`

func at(s string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(s), 53) }

// fixed is a zone that does not change.
func fixed(t *testing.T, text string) func() []dns.RR {
	t.Helper()
	z := zoneFile(t, text)
	return func() []dns.RR { return z }
}

// until is a zone that another takes the place of, after a while.
func until(before func() []dns.RR, after time.Duration, then func() []dns.RR) func() []dns.RR {
	start := time.Now()
	return func() []dns.RR {
		if time.Since(start) < after {
			return before()
		}
		return then()
	}
}

func txt(c solve.Challenge) string { return fmt.Sprintf("%s. 60 IN TXT %q\n", c.TXTName, c.TXTValue) }

// Each server is waited for, asked itself, and the resolver is never asked for
// a name that is not there yet. How often depends on how long it takes.
func TestAwaitLaggingServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dns01("www.example.com", "a")
		others := "_acme-challenge.www.example.com. TXT other\n_acme-challenge.www.example.com. TXT another\n"
		old, now := fixed(t, home+others), fixed(t, home+others+txt(c))
		n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
			resolver:        several(old, fixed(t, hosts)),
			at("192.0.2.1"): authority(now),
			at("192.0.2.2"): authority(until(old, 220*time.Second, now)),
		}}
		var seen []string
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := solve.Await(ctx, n.net(), c, func(s solve.Sighting) {
			seen = append(seen, fmt.Sprintf("%s after %v", s, s.At.Round(30*time.Second)))
		})
		must(t, err)
		slices.Sort(seen)
		want := []string{
			"ns1.dns.example (192.0.2.1) has it after 0s",
			"ns2.dns.example (192.0.2.2) has it after 3m30s",
			"ns2.dns.example (192.0.2.2): 2 other values after 0s",
			"ns2.dns.example (2001:db8::2): net-unreachable after 0s",
		}
		if d := cmp.Diff(want, seen); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		if polls := n.questions("192.0.2.2 TXT"); polls < 20 || polls > 50 {
			t.Errorf("%d questions in four minutes", polls)
		}
		if n.questions("192.0.2.53 TXT")+n.questions("192.0.2.53 SOA _acme") > 0 {
			t.Error("the resolver was asked for the challenge name")
		}
	})
}

// Aliases and referrals are followed, also those that no server tells of since
// it serves both zones.
func TestLocate(t *testing.T) {
	const acme = "acme.example.net. SOA ns3.dns.example. h. 1 60 60 60 60\nacme.example.net. NS ns3.dns.example.\n"
	const net = "example.net. SOA ns1.dns.example. h. 1 7200 60 60 60\nexample.net. NS ns1.dns.example.\nacme.example.net. NS ns3.dns.example.\n"
	const own = "_acme-challenge.example.com. SOA ns1.dns.example. h. 1 300 60 60 60\n_acme-challenge.example.com. NS ns1.dns.example.\n_acme-challenge.example.com. NS ns3.dns.example.\n"
	for _, tt := range []struct {
		name, more string
		ns1        []string // zones of ns1 beside example.com
		resolver   string   // a zone that the resolver knows
		want       string
	}{
		{"plain", "", nil, "", "example.com [] ns1.dns.example (192.0.2.1), ns2.dns.example (192.0.2.2), ns2.dns.example (2001:db8::2) 2h0m0s"},
		{"alias", "_acme-challenge.example.com. CNAME com.example.acme.example.net.\n", []string{net}, net + acme, "acme.example.net [_acme-challenge.example.com] ns3.dns.example (192.0.2.3) 1m0s"},
		{"referral", "_acme-challenge.example.com. NS ns3.dns.example.\n", nil, "", "_acme-challenge.example.com [] ns3.dns.example (192.0.2.3) 2h0m0s"},
		{"both zones", "_acme-challenge.example.com. NS ns1.dns.example.\n", []string{own}, "", "_acme-challenge.example.com [] ns1.dns.example (192.0.2.1), ns3.dns.example (192.0.2.3) 5m0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zones := []func() []dns.RR{fixed(t, home+tt.more)}
			for _, z := range tt.ns1 {
				zones = append(zones, fixed(t, z))
			}
			known := []func() []dns.RR{fixed(t, home), fixed(t, hosts)}
			if tt.resolver != "" {
				known = append(known, fixed(t, net), fixed(t, acme))
			}
			n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
				resolver:        several(known...),
				at("192.0.2.1"): several(zones...),
				at("192.0.2.3"): authority(fixed(t, acme)),
			}}
			p, err := solve.Locate(t.Context(), n.net(), "_acme-challenge.Example.com.")
			must(t, err)
			var servers []string
			for _, s := range p.Servers {
				servers = append(servers, s.String())
			}
			if got := fmt.Sprint(p.Zone, " ", p.Aliases, " ", strings.Join(servers, ", "), " ", p.Refresh); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLocateLoop(t *testing.T) {
	z := fixed(t, home+"_acme-challenge.example.com. CNAME a.example.com.\na.example.com. CNAME _acme-challenge.example.com.\n")
	n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{resolver: several(fixed(t, home), fixed(t, hosts)), at("192.0.2.1"): authority(z)}}
	_, err := solve.Locate(t.Context(), n.net(), "_acme-challenge.example.com")
	wants(t, err, "lead nowhere: _acme-challenge.example.com → a.example.com → _acme-challenge.example.com")
}

// When time is up, the error tells who is to blame.
func TestAwaitOverdue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dns01("example.com", "a")
		n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
			resolver:        several(fixed(t, home), fixed(t, hosts)),
			at("192.0.2.1"): authority(fixed(t, home+txt(c))),
			at("192.0.2.2"): func(*dns.Msg) *dns.Msg { return nil },
		}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := solve.Await(ctx, n.net(), c, nil)
		o, ok := errors.AsType[*solve.Overdue](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || len(o.Missing()) != 1 {
			t.Fatalf("error %v", err)
		}
		wants(t, err, "1 of 2 name servers of example.com do not give the new value of _acme-challenge.example.com: ns2.dns.example (192.0.2.2): timeout")
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		wants(t, solve.Gone(ctx, n.net(), c, nil), "2 of 2 name servers of example.com may still give the value")
	})
}

func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dns01("example.com", "a")
		with, without := fixed(t, home+txt(c)), fixed(t, home)
		n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
			resolver:        several(without, fixed(t, hosts)),
			at("192.0.2.1"): authority(without),
			at("192.0.2.2"): authority(until(with, 10*time.Second, without)),
		}}
		must(t, solve.Gone(t.Context(), n.net(), c, nil))
	})
}

// Whom the network refuses to ask is not asked, nor waited for; but somebody
// has to be.
func TestAwaitRefuses(t *testing.T) {
	c := dns01("example.com", "a")
	n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
		resolver:        several(fixed(t, home), fixed(t, hosts)),
		at("192.0.2.1"): authority(fixed(t, home+txt(c))),
		at("192.0.2.2"): authority(fixed(t, home)),
	}}
	w := n.net()
	w.Refuses = func(a netip.Addr) string {
		if a == netip.MustParseAddr("192.0.2.2") {
			return "a private address"
		}
		return ""
	}
	must(t, solve.Await(t.Context(), w, c, nil))
	if n.questions("192.0.2.2 ") > 0 {
		t.Error("it was asked")
	}
	w.Refuses = func(netip.Addr) string { return "a private address" }
	wants(t, solve.Await(t.Context(), w, c, nil), "none of them can be asked from here")
}

func TestAwaitCannot(t *testing.T) {
	n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{
		resolver: several(fixed(t, "com. SOA a. b. 1 1 1 1 1\n"), fixed(t, "nobody.example.com. SOA a. b. 1 1 1 1 1\n")),
	}}
	wants(t, solve.Await(t.Context(), n.net(), http01("example.com", "a"), nil), "not answered by a TXT record")
	wants(t, solve.Await(t.Context(), n.net(), dns01("www.not-registered.com", "a"), nil), "the domain not-registered.com does not exist")
	wants(t, solve.Await(t.Context(), n.net(), dns01("host.nobody.example.com", "a"), nil), "has no name servers")
	delete(n.servers, resolver)
	wants(t, solve.Await(t.Context(), n.net(), dns01("example.com", "a"), nil), "asking the resolver 192.0.2.53:53 for SOA of example.com: refused")
}

// A set writes where the alias leads, and says what the CA asks for.
func TestSetFollows(t *testing.T) {
	z := fixed(t, home+"_acme-challenge.example.com. CNAME x.example.com.\n")
	n := &internet{servers: map[netip.AddrPort]func(*dns.Msg) *dns.Msg{resolver: several(fixed(t, home), fixed(t, hosts)), at("192.0.2.1"): authority(z)}}
	f := &fake{}
	set := solve.Set{Solver: f, Net: n.net()}
	c := dns01("example.com", "a")
	must(t, set.Present(t.Context(), []solve.Challenge{c, {Method: probes.HTTP01, Identifier: "example.com", Token: "b"}}))
	must(t, set.CleanUp(t.Context()))
	for _, s := range f.seen {
		if s.Method == probes.DNS01 && (s.TXTName != "x.example.com" || s.Asked != c.TXTName) {
			t.Errorf("presented at %s for %s", s.TXTName, s.Asked)
		}
	}
}
