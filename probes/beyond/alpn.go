package beyond

// This file plans the looks around tls-alpn-01. A handshake that went well
// says it all, so a healthy name costs the CA's own flows and one connection
// to each further address; what it takes to explain a No comes after it.

import (
	"net/netip"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// tlsALPN01 plans beside and after a tls-alpn-01 walk.
func (s scene) tlsALPN01(o Options, done bool) []probes.Errand {
	s.port = s.p.TLSALPN01.Port
	out := append(s.standing(), s.addresses()...)
	if done {
		out = append(out, s.afterALPN(o)...)
	}
	return out
}

// afterALPN plans once the CA's look has ended. Where not even a connection
// came about, there is nobody to ask.
func (s scene) afterALPN(o Options) []probes.Errand {
	d := s.p.Decide(s.given, s.trace.Replay())
	out := s.resolver()
	if d.Undecided {
		return out
	}
	out = append(out, s.aliases(d)...)
	to, ok := s.connected()
	refused := !d.Valid && !d.Excused(s.given.Proof)
	if !ok || !refused && !o.Deep {
		return out
	}
	if !refused || !challenged(d) {
		out = append(out, s.ordinary(to))
	}
	if !refused {
		return out
	}
	out = append(out, s.otherHandshakes()...)
	if d.Fault != nil && !d.OtherProtocol() {
		out = append(out, s.otherHellos(to, d)...)
	}
	return out
}

// challenged reports that it is an ACME client that answered, with a
// certificate that is wrong in a detail: what it says to visitors tells nothing.
func challenged(d policy.Decision) bool {
	switch d.Rule { //nolint:exhaustive // the others end it sooner
	case policy.RuleSAN, policy.RuleNotCritical, policy.RuleExtensionValue, policy.RuleDigest:
		return true
	}
	return false
}

// connected is where the CA's last connection led, if it came about.
func (s scene) connected() (to netip.AddrPort, ok bool) {
	for _, step := range s.trace {
		if dial, is := step.Fact.(probes.Dial); is && step.Beyond == "" {
			to, ok = dial.To, step.Fault == nil
		}
	}
	return to, ok
}

// ordinary is a visitor's request: who answers on the port when nobody speaks
// of acme-tls/1?
func (s scene) ordinary(to netip.AddrPort) probes.Errand {
	get := s.get(to, s.root("https"))
	if f, ok := get.Fact.(probes.Fetch); ok {
		f.UserAgent = Curl
		get.Fact = f
	}
	return probes.Errand{Why: probes.BeyondPort443, Asks: []probes.Ask{s.dial(to), s.handshake(to, ""), get}}
}

// root is the URL of the name's front page.
func (s scene) root(scheme string) string {
	host := s.host
	if a := s.given.Identifier.Addr(); a.Is6() {
		host = "[" + host + "]"
	}
	return scheme + "://" + host + "/"
}

// otherHandshakes shakes hands as the CA does with addresses that the CA did
// not try: does one of them have the answer?
func (s scene) otherHandshakes() []probes.Errand {
	tried := map[netip.Addr]bool{}
	for _, step := range s.trace {
		if dial, ok := step.Fact.(probes.Dial); ok && dial.TTL == 0 && (step.Beyond == "" || step.Fault != nil) {
			tried[dial.To.Addr()] = true
		}
	}
	var out []probes.Errand
	for _, a := range slices.DeleteFunc(slices.Clone(s.addrs), func(a netip.Addr) bool { return tried[a] }) {
		if len(out) < maxFetched {
			at := netip.AddrPortFrom(a, s.port)
			out = append(out, probes.Errand{Why: probes.BeyondAddress, Asks: []probes.Ask{s.dial(at), s.acme(at, "")}})
		}
	}
	return out
}

// acme is the CA's handshake, or the same with another ClientHello.
func (s scene) acme(to netip.AddrPort, hello probes.Hello) probes.Ask {
	h := probes.Handshake{To: to, ServerName: policy.ALPNServerName(s.given.Identifier), ALPN: []string{s.p.TLSALPN01.Protocol}, Hello: hello}
	return probes.Ask{Fact: h, Limit: replyLimit}
}

// otherHellos tell why a handshake failed: because the ClientHello fills two
// packets, which is shown only if the same one fails again where a smaller one
// does not; because TLS there is too old; or because it is no TLS.
func (s scene) otherHellos(to netip.AddrPort, d policy.Decision) []probes.Errand {
	dial := s.dial(to)
	out := []probes.Errand{{Why: probes.BeyondPlain, Asks: []probes.Ask{dial, s.get(to, s.root("http"))}}}
	switch d.Fault.Kind { //nolint:exhaustive // of the others no hello makes anything else
	case probes.FaultAlert:
		out = append(out, probes.Errand{Why: probes.BeyondLegacy, Asks: []probes.Ask{dial, s.handshake(to, probes.LegacyHello)}})
	case probes.FaultTimeout, probes.FaultReset, probes.FaultClosed:
		clamped := probes.Ask{Fact: probes.Dial{To: to, Host: s.host, MSS: 1000}, Limit: dialLimit}
		out = append(out,
			probes.Errand{Why: probes.BeyondAgain, Asks: []probes.Ask{dial, s.acme(to, "")}},
			probes.Errand{Why: probes.BeyondSmall, Asks: []probes.Ask{dial, s.acme(to, probes.SmallHello)}},
			probes.Errand{Why: probes.BeyondClamped, Asks: []probes.Ask{clamped, s.acme(to, "")}},
			probes.Errand{Why: probes.BeyondLegacy, Asks: []probes.Ask{dial, s.handshake(to, probes.LegacyHello)}},
		)
	}
	return out
}
