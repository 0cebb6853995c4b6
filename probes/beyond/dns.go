package beyond

// This file plans what is worth a look around a name whose records the CA
// asks for: where they are kept, and what each of the servers there says.

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

const (
	serverLimit = 2 * time.Second
	dnsPort     = 53
	smallAnswer = 512 // octets that fit into a datagram everywhere (RFC 1035 §4.2.1)
	// maxQuestions ends the looks at a name whose servers lead on and on.
	maxQuestions = 100
)

// dns01 plans beside and after a look-up of a TXT record.
func (s scene) dns01(_ Options, _ bool) []probes.Errand {
	out := s.resolver()
	d := s.p.Decide(s.given, s.trace.Replay())
	if d.Undecided || d.Target == "" || s.questions() > maxQuestions {
		return out
	}
	z := s.zone(d, d.Target, "TXT")
	out = append(out, z.errands()...)
	out = append(out, z.besides()...)
	if s.given.Method != probes.DNSPersist01 {
		out = append(out, z.neighbours()...)
	}
	return out
}

// caa plans after the look-ups of CAA records: where one fails, which server
// does, and whether it fails for other types too.
func (s scene) caa(_ bool) []probes.Errand {
	out := s.resolver()
	d := s.p.Decide(s.given, s.trace.Replay())
	if d.Rule != policy.RuleCAALookup || s.questions() > maxQuestions {
		return out
	}
	return append(out, s.zone(d, d.Target, "CAA", "A").errands()...)
}

// A zone is where the records of a name are kept.
type zone struct {
	scene
	policy.Delegation
	d       policy.Decision
	failing bool     // the CA refuses whatever the token
	types   []string // that its servers are asked for
}

func (s scene) zone(d policy.Decision, name string, types ...string) zone {
	return zone{s, s.p.Delegation(s.trace, name), d, !d.Valid && !d.Excused(s.given.Proof), types}
}

// errands follow the delegation as far as it is known by now: each answer
// leads to the next question.
func (z zone) errands() []probes.Errand {
	if z.Loop {
		return nil
	}
	out := z.chain()
	if len(out) > 0 && !z.asked(z.Target, "CNAME") {
		return out // there may be more of them
	}
	out = append(out, z.apex()...)
	switch {
	case z.Nowhere:
		return out
	case z.Zone == "":
		return append(out, z.registry()...)
	}
	out = append(out, z.home()...)
	out = append(out, z.ask(probes.BeyondServers, z.Zone, "NS"))
	for _, n := range z.Servers {
		out = append(out, z.hosts(n)...)
		out = append(out, z.server(n)...)
	}
	return out
}

// registry asks who delegates a zone whose own servers do not say that it is
// one: two of its servers are enough.
func (z zone) registry() []probes.Errand {
	const enough = 2
	if z.Above == "" || !z.lookupFails() {
		return nil
	}
	out := []probes.Errand{z.ask(probes.BeyondServers, z.Above, "NS")}
	for _, n := range z.Registry[:min(enough, len(z.Registry))] {
		out = append(out, z.ask(probes.BeyondHost, n.Host, "A"))
		for _, a := range n.Addrs[:min(1, len(n.Addrs))] {
			out = append(out, z.question(netip.AddrPortFrom(a, dnsPort), z.types[0])...)
		}
	}
	return out
}

// lookupFails reports that the resolver gets no answer for the name.
func (z zone) lookupFails() bool {
	return z.d.Rule == policy.RuleLookup || z.d.Rule == policy.RuleCAALookup
}

// chain asks one by one where the aliases lead of a name that its resolver
// fails to look up.
func (z zone) chain() []probes.Errand {
	if !z.lookupFails() {
		return nil
	}
	return []probes.Errand{z.ask(probes.BeyondAlias, z.Target, "CNAME")}
}

// apex asks where the zone begins, if no answer has shown it: first at the
// name itself, since most resolvers say it in passing, then at its parents. A
// name that cannot be looked up has no time for that: all are asked at once,
// the registry's zone too.
func (z zone) apex() []probes.Errand {
	if z.Zone != "" {
		return nil
	}
	out := []probes.Errand{z.ask(probes.BeyondZone, z.Target, "SOA")}
	parents := policy.Parents(z.Target)
	if z.lookupFails() {
		_, suffix, _ := strings.Cut(policy.Registrable(z.Target), ".")
		parents = append(parents, suffix)
	} else if !z.asked(z.Target, "SOA") {
		return out
	}
	for _, parent := range parents {
		out = append(out, z.ask(probes.BeyondZone, parent, "SOA"))
	}
	return out
}

// home asks whether an alias can be forged that leads into a signed zone.
func (z zone) home() []probes.Errand {
	if len(z.Aliases) == 0 {
		return nil
	}
	var out []probes.Errand
	for _, parent := range policy.Parents(z.Name) {
		out = append(out, z.ask(probes.BeyondZone, parent, "SOA"))
	}
	if z.Home != "" && z.Home != z.Zone {
		out = append(out, z.ask(probes.BeyondSigned, z.Home, "DS"), z.ask(probes.BeyondSigned, z.Zone, "DS"))
	}
	return out
}

// besides asks whether an alias stands where there are values too.
func (z zone) besides() []probes.Errand {
	if len(z.Aliases) > 0 || z.d.Rule != policy.RuleAccepted && z.d.Rule != policy.RuleTXTMismatch {
		return nil
	}
	return []probes.Errand{z.ask(probes.BeyondCNAME, z.Name, "CNAME")}
}

// hosts asks for the addresses of a name server: a second family only where
// something is wrong, or the first has none.
func (z zone) hosts(n policy.NameServer) []probes.Errand {
	out := []probes.Errand{z.ask(probes.BeyondHost, n.Host, "A")}
	if z.failing || z.asked(n.Host, "A") && len(n.Addrs) == 0 {
		out = append(out, z.ask(probes.BeyondHost, n.Host, "AAAA"))
	}
	return out
}

// server asks a name server itself.
func (z zone) server(n policy.NameServer) []probes.Errand {
	var out []probes.Errand
	for i, a := range n.Addrs {
		if i > 0 && !z.failing {
			break
		}
		at := netip.AddrPortFrom(a, dnsPort)
		for _, qtype := range z.types {
			out = append(out, z.question(at, qtype)...)
		}
		if i == 0 {
			out = append(out, z.mixed(at)...)
		}
	}
	return out
}

// question asks a server what the CA asks: once more if the question may have
// been lost, and over TCP if a resolver might have to.
func (z zone) question(at netip.AddrPort, qtype string) []probes.Errand {
	l := probes.Lookup{Name: z.Target, Type: qtype, Server: at}
	out := []probes.Errand{direct(probes.BeyondServer, 0, l)}
	heard, fault, ok := z.heard(probes.BeyondServer, l)
	switch {
	case ok && fault != nil && fault.Kind == probes.FaultTimeout && heard.Transport != "tcp":
		out = append(out, direct(probes.BeyondServer, 1, l))
	case ok && fault == nil && heard.Size > smallAnswer && heard.Transport == "udp":
		l.TCP = true
		out = append(out, direct(probes.BeyondServerTCP, 0, l))
	}
	return out
}

// mixed asks a server for its zone in mixed case, as resolvers do that guard
// against forgery; where that goes wrong, in lower case too.
func (z zone) mixed(at netip.AddrPort) []probes.Errand {
	l := probes.Lookup{Name: MixedCase(z.Zone), Type: "SOA", Server: at}
	out := []probes.Errand{direct(probes.BeyondCase, 0, l)}
	if heard, fault, ok := z.heard(probes.BeyondCase, l); ok && (fault != nil || heard.RCode != "NOERROR" || !heard.AA) {
		l.Name = z.Zone
		out = append(out, direct(probes.BeyondCase, 0, l))
	}
	return out
}

// MixedCase is a name with every other letter in upper case.
func MixedCase(name string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return r
		}
		if n++; n%2 == 0 {
			return r - 'a' + 'A'
		}
		return r
	}, name)
}

func direct(why probes.Beyond, n int, l probes.Lookup) probes.Errand {
	return probes.Errand{Why: why, N: n, Asks: []probes.Ask{{Fact: l, Limit: serverLimit, Tries: 1}}}
}

// questions counts what was asked beyond the CA's look-ups.
func (s scene) questions() int {
	n := 0
	for _, step := range s.trace {
		if _, ok := step.Fact.(probes.Lookup); ok && step.Beyond != "" {
			n++
		}
	}
	return n
}

// ask asks the resolver.
func (s scene) ask(why probes.Beyond, name, qtype string) probes.Errand {
	a := probes.Ask{Fact: probes.Lookup{Name: name, Type: qtype}, Limit: s.p.Resolver.Timeout, Tries: s.p.Resolver.Tries}
	return probes.Errand{Why: why, Asks: []probes.Ask{a}}
}

// asked reports whether the resolver was asked something.
func (s scene) asked(name, qtype string) bool {
	return slices.ContainsFunc(s.trace, func(step probes.Step) bool {
		l, ok := step.Fact.(probes.Lookup)
		return ok && !l.Server.IsValid() && l.Type == qtype && strings.EqualFold(l.Name, name)
	})
}

// heard is what a server was asked last, if it was.
func (s scene) heard(why probes.Beyond, q probes.Lookup) (l probes.Lookup, fault *probes.Fault, ok bool) {
	for _, step := range s.trace {
		if x, is := step.Fact.(probes.Lookup); is && step.Beyond == why && x.Same(q) {
			l, fault, ok = x, step.Fault, true
		}
	}
	return l, fault, ok
}
