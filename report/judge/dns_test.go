package judge_test

// This file holds what a look at the DNS of a name costs, that it ends
// whatever the name servers say, and what is said of names between orders.

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// An oracle answers questions, in place of resolvers and name servers.
type oracle func(q probes.Lookup) probes.Lookup

const challengeName = "_acme-challenge.example.com"

// look runs the CA's look-up and then the plan, round by round, as the walker
// does.
func (o oracle) look(t *testing.T, g probes.Given) probes.Trace {
	t.Helper()
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	tr := probes.Trace{{Fact: g}}
	add := func(why probes.Beyond, errand int, q probes.Lookup) {
		l := o(q)
		s := probes.Step{ID: len(tr), Beyond: why, Errand: errand, Fact: l, Took: time.Millisecond}
		if l.RCode == "" {
			s.Fault = &probes.Fault{Kind: probes.FaultTimeout, Op: "lookup"}
		}
		tr = append(tr, s)
	}
	add("", 0, probes.Lookup{Name: p.TXTName(g.Task), Type: "TXT"})
	plan, known := beyond.Plan(p, beyond.Options{}), map[string]bool{}
	const rounds = 16
	for range rounds {
		fresh := slices.DeleteFunc(plan(tr, true), func(e probes.Errand) bool { return known[e.Key()] })
		for _, e := range fresh {
			if q, ok := e.Asks[0].Fact.(probes.Lookup); ok && !known[e.Key()] {
				known[e.Key()] = true
				add(e.Why, len(known), q)
			}
		}
	}
	return tr
}

func given(known bool) probes.Given {
	w := world.DefaultToken
	g := probes.Given{Task: probes.Task{Method: probes.DNS01, Identifier: "example.com", Token: w}, AsOf: asOf, Proof: probes.ProofPath}
	if known {
		g.KeyAuthorization, g.Proof = w+".thumbprint", probes.ProofToken
	}
	return g
}

func record(owner, qtype, data string) probes.Record {
	return probes.Record{Name: owner + ".", TTL: 300, Type: qtype, Data: data}
}

// healthy is a zone with two name servers, answered as Unbound and BIND do.
func healthy(values ...string) oracle {
	soa := record("example.com", "SOA", "ns1.example.net. h.example.com. 7 3600 600 86400 60")
	return func(l probes.Lookup) probes.Lookup {
		l.RCode, l.Transport, l.AA, l.Size = "NOERROR", "udp", l.Server.IsValid(), 100
		name := strings.ToLower(l.Name)
		switch {
		case l.Type == "TXT" && name == challengeName && len(values) > 0:
			for _, v := range values {
				l.Answers = append(l.Answers, record(name, "TXT", `"`+v+`"`))
			}
		case l.Type == "NS" && name == "example.com":
			l.Answers = []probes.Record{record(name, "NS", "ns1.example.net."), record(name, "NS", "ns2.example.net.")}
		case l.Type == "SOA" && name == "example.com":
			l.Answers = []probes.Record{soa}
		case l.Type == "A" && name == "ns1.example.net":
			l.Answers = []probes.Record{record(name, "A", "203.0.113.53")}
		case l.Type == "A" && name == "ns2.example.net":
			l.Answers = []probes.Record{record(name, "A", "203.0.113.54")}
		default:
			l.Authority = []probes.Record{soa}
		}
		return l
	}
}

// questions are those of a trace, a line each.
func questions(t probes.Trace) []string {
	var out []string
	for _, s := range t {
		l, ok := s.Fact.(probes.Lookup)
		if !ok {
			continue
		}
		q := l.Name + " " + l.Type
		if l.Server.IsValid() {
			q += " @" + l.Server.Addr().String()
		}
		if s.Beyond != "" {
			q = string(s.Beyond) + ": " + q
		}
		out = append(out, q)
	}
	return out
}

// Whoever adds a question to a healthy name says so here: n servers cost 2 to
// 4 questions and 3 a server.
func TestLedgerOfDNS(t *testing.T) {
	servers := []string{
		"name-servers: example.com NS",
		"server-address: ns1.example.net A",
		"server-address: ns2.example.net A",
		"server: _acme-challenge.example.com TXT @203.0.113.53",
		"server-case: eXaMpLe.CoM SOA @203.0.113.53",
		"server: _acme-challenge.example.com TXT @203.0.113.54",
		"server-case: eXaMpLe.CoM SOA @203.0.113.54",
	}
	value := policy.TXTDigest(given(true).KeyAuthorization)
	for _, tt := range []struct {
		name   string
		known  bool
		values []string
		want   []string
	}{
		{"between orders", false, nil, []string{challengeName + " TXT"}},
		{"with the value", true, []string{value}, []string{challengeName + " TXT", "zone: " + challengeName + " SOA", "cname: " + challengeName + " CNAME"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := healthy(tt.values...).look(t, given(tt.known))
			if got, want := questions(tr), append(tt.want, servers...); !slices.Equal(got, want) {
				t.Errorf("the questions about a healthy name:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if o := judged(tr); o.Word != "pass" || len(o.Findings) > 0 {
				t.Errorf("%s %v", o.Word, o.Codes)
			}
		})
	}
}

func judged(tr probes.Trace) report.Outcome {
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	return judge.Judge(judge.In{Trace: tr, Policy: p})
}

// A name whose servers lead on and on costs a bounded number of questions, and
// none of them goes to an address that is not public.
func TestDNSLooksEnd(t *testing.T) {
	const most = 200
	for name, o := range map[string]oracle{"aliases": endlessAliases, "referrals": endlessReferrals, "servers": manyServers, "silence": silence} {
		for _, known := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/known=%v", name, known), func(t *testing.T) {
				tr := o.look(t, given(known))
				if n := len(questions(tr)); n > most {
					t.Errorf("%d questions", n)
				}
				for _, s := range tr {
					if l, ok := s.Fact.(probes.Lookup); ok && l.Server.IsValid() && !l.Server.Addr().IsGlobalUnicast() || ok && l.Server.Addr().IsPrivate() {
						t.Errorf("asked %v", l.Server)
					}
				}
				if o := judged(tr); o.Word == "" {
					t.Error("no verdict")
				}
			})
		}
	}
}

func silence(l probes.Lookup) probes.Lookup { return l }

func endlessAliases(l probes.Lookup) probes.Lookup {
	l.RCode = "SERVFAIL"
	if l.Type == "CNAME" {
		l.RCode = "NOERROR"
		l.Answers = []probes.Record{record(l.Name, "CNAME", "x"+l.Name+".")}
	}
	return l
}

// endlessReferrals has every server send whoever asks a level down.
func endlessReferrals(l probes.Lookup) probes.Lookup {
	l.RCode = "NOERROR"
	switch {
	case l.Type == "TXT" && !l.Server.IsValid():
		l.RCode = "SERVFAIL"
	case l.Type == "CNAME" && !strings.HasPrefix(l.Name, "a."):
		l.Answers = []probes.Record{record(l.Name, "CNAME", strings.Repeat("a.", 60)+"example.net.")}
	case l.Type == "SOA" && !l.Server.IsValid():
		l.Authority = []probes.Record{record("example.net", "SOA", "a. b. 1 2 3 4 5")}
	case l.Type == "NS", l.Server.IsValid():
		a := l.Server.Addr()
		below := "example.net"
		if a.Is4() {
			below = strings.Repeat("a.", int(a.As4()[3])) + below
		}
		for i := range 20 {
			l.Authority = append(l.Authority, record(below, "NS", fmt.Sprintf("n%d.%s.", i, below)))
		}
		l.Answers = nil
		if l.Type == "NS" {
			l.Answers, l.Authority = l.Authority, nil
		}
	case l.Type == "A":
		l.Answers = []probes.Record{record(l.Name, "A", fmt.Sprintf("203.0.113.%d", strings.Count(l.Name, "a.")))}
	}
	return l
}

// manyServers has more servers, with more addresses, than anybody asks.
func manyServers(l probes.Lookup) probes.Lookup {
	l = healthy("other")(l)
	switch l.Type {
	case "NS":
		for i := range 200 {
			l.Answers = append(l.Answers, record(l.Name, "NS", fmt.Sprintf("n%d.example.org.", i)))
		}
	case "A":
		l.Answers = nil
		for i := range 200 {
			l.Answers = append(l.Answers, record(l.Name, "A", fmt.Sprintf("203.0.113.%d", i)), record(l.Name, "A", fmt.Sprintf("10.0.0.%d", i)))
		}
	}
	return l
}

// Between orders there is no value, and often no zone content at all; what is
// judged is whether there could be.
func TestAnEmptyChallengeNameIsHealthy(t *testing.T) {
	for name, lines := range map[string]string{
		"no such name":            "dns www.example.com A 192.0.2.1",
		"no TXT record":           "dns _acme-challenge.example.com A 192.0.2.1",
		"empty zone":              "dns _acme-challenge.example.com CNAME com.example.acme.host.net\ndns acme.host.net SOA ns1.host.net. h.host.net. 1 2 3 4 5\ndns acme.host.net NS ns1.host.net\ndns ns1.host.net A 203.0.113.53",
		"empty, by its registry":  "dns _acme-challenge.example.com CNAME com.example.acme.host.net\ndns www.host.net A 192.0.2.1",
		"one value under way":     "dns _acme-challenge.example.com TXT \"" + policy.TXTDigest("x") + "\"",
		"a wildcard's SPF record": "dns *.example.com TXT \"v=spf1 -all\"",
		"a chain to an empty one": "dns _acme-challenge.example.com CNAME a.example.net\ndns a.example.net CNAME b.host.net\ndns host.net A 192.0.2.1",
	} {
		t.Run(name, func(t *testing.T) {
			w, err := world.Parse(name, "challenge dns-01 example.com\n"+lines)
			if err != nil {
				t.Fatal(err)
			}
			if o := see(w, manner{unknown: true}).outcome; o.Word != "pass" || len(o.Findings) > 0 {
				t.Errorf("%s %v", o.Word, o.Codes)
			}
		})
	}
}
