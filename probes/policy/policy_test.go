package policy

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// script answers asks from a list, the way a network would.
func script(steps ...probes.Step) probes.Look {
	tr := probes.Trace{{Fact: probes.Given{}}}
	return append(tr, steps...).Replay()
}

func lookups(address string, took time.Duration) []probes.Step {
	a := probes.Lookup{Name: "example.com", Type: "A", Port: 80, RCode: "NOERROR", Answers: []probes.Record{{Type: "A", Data: address}}}
	aaaa := probes.Lookup{Name: "example.com", Type: "AAAA", Port: 80, RCode: "NOERROR"}
	return []probes.Step{{Fact: a, Took: took}, {Fact: aaaa, Took: took}}
}

var question = probes.Given{Task: probes.Task{Method: probes.HTTP01, Identifier: "example.com", Token: "t", KeyAuthorization: "t.k"}}

// A trace that ends early decides nothing, whatever it ends with.
func TestCutOffTracesAreUndecided(t *testing.T) {
	steps := append(lookups("203.0.114.1", 0),
		probes.Step{Fact: probes.Dial{To: netip.MustParseAddrPort("203.0.114.1:80"), Host: "example.com"}})
	for n := range len(steps) + 1 {
		if d := LetsEncrypt().Decide(question, script(steps[:n]...)); !d.Undecided {
			t.Errorf("after %d steps: %+v", n, d)
		}
	}
}

// The CA's clock is the sum of what the steps took.
func TestTheClockAddsUp(t *testing.T) {
	to := netip.MustParseAddrPort("203.0.114.1:80")
	timeout := &probes.Fault{Kind: probes.FaultTimeout, Op: "dial"}
	for _, tt := range []struct {
		dns  time.Duration
		want string
	}{{0, "during connect"}, {9900 * time.Millisecond, "after connect"}} {
		d := LetsEncrypt().Decide(question, script(append(lookups("203.0.114.1", tt.dns),
			probes.Step{Fact: probes.Dial{To: to, Host: "example.com"}, Took: 10 * time.Second, Fault: timeout})...))
		if d.Problem == nil || !strings.Contains(d.Problem.Detail, tt.want) || d.Spent != tt.dns+10*time.Second {
			t.Errorf("%v for DNS: %+v", tt.dns, d)
		}
	}
}

// Pebble follows any port and connects anywhere.
func TestPebbleIsForgiving(t *testing.T) {
	p := Pebble()
	g := question
	look := func(asks ...probes.Ask) []probes.Step {
		var out []probes.Step
		for _, a := range asks {
			s := probes.Step{Fact: a.Fact}
			switch f := a.Fact.(type) {
			case probes.Lookup:
				f.RCode, f.Answers = "NOERROR", []probes.Record{{Type: "A", Data: "10.0.0.1"}}
				s.Fact = f
			case probes.Fetch:
				f.Status, f.Body = 200, []byte("t.k\n")
				if strings.Contains(f.URL, ":5002") {
					f.Status, f.Location = 303, []string{"https://example.com:4434/x"}
				}
				s.Fact = f
			case probes.Given, probes.Dial, probes.Handshake:
			}
			out = append(out, s)
		}
		return out
	}
	if d := p.Decide(g, look); !d.Valid || len(d.Records) != 2 || d.Records[1].Port != "4434" {
		t.Errorf("%+v", d)
	}
	if d := LetsEncrypt().Decide(g, look); d.Valid {
		t.Error("Let's Encrypt is not")
	}
}

func TestRefusalNamesTheMostSpecificBlock(t *testing.T) {
	as := LetsEncrypt().Addresses
	for _, tt := range []struct{ addr, want string }{
		{"10.1.2.3", "[RFC 1918]: Private-Use"},
		{"127.0.0.1", "[RFC 1122, Section 3.2.1.3]: Loopback"},
		{"100.64.0.1", "[RFC 6598]: Shared Address Space"},
		{"fd00::1", "[RFC 4193]; [RFC 8190]: Unique-Local"},
		{"fe80::1%eth0", "Link-Local Unicast"},
		{"8.8.8.8", ""},
		{"224.0.0.1", ""}, // multicast is in no special-purpose registry
	} {
		if got := as.Refusal(netip.MustParseAddr(tt.addr)); tt.want == "" && got != "" || !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.addr, got, tt.want)
		}
	}
}

// No Location makes the policy panic, and no refusal is without words.
func FuzzLocation(f *testing.F) {
	for _, s := range []string{"https://example.com:4434/", "//x", "http://[::1%25x]/", "?q", "http://a.well-known/", "mailto:x", "http://10.0.0.1/", "\x00", "http:///"} {
		f.Add(s, 302)
	}
	f.Fuzz(func(t *testing.T, location string, status int) {
		steps := append(lookups("203.0.114.1", 0), probes.Step{Fact: probes.Dial{To: netip.MustParseAddrPort("203.0.114.1:80"), Host: "example.com"}},
			probes.Step{Fact: probes.Fetch{URL: "http://example.com/.well-known/acme-challenge/t", To: netip.MustParseAddrPort("203.0.114.1:80"), Status: status, Location: []string{location}}})
		d := LetsEncrypt().Decide(question, script(steps...))
		if !d.Undecided && (d.Valid || d.Problem == nil || d.Problem.Detail == "" || d.Rule == RuleAccepted) {
			t.Errorf("%q %d: %+v", location, status, d)
		}
	})
}
