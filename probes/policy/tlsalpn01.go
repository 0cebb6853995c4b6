package policy

// This file is the validation of tls-alpn-01: one handshake, with a second
// address if it fails (Boulder va/tlsalpn.go; RFC 8737).

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// TLSALPN01 is how a CA validates tls-alpn-01.
type TLSALPN01 struct {
	Port     uint16
	Protocol string        // the only one it offers
	Timeout  time.Duration // for connecting and the handshake together
	Fallback bool          // from IPv6 to IPv4, when either fails
	Rules    []CertRule    // about what the handshake gave, in order
	Source   string
}

// An alpn is one validation under way.
type alpn struct {
	validation
	addresses
	used netip.Addr
}

func (p *Policy) tlsALPN01(g probes.Given, look probes.Look) Decision {
	v := &alpn{validation: p.validation(g, look)}
	v.d.Records = []Record{{Hostname: string(g.Identifier), Port: strconv.Itoa(int(p.TLSALPN01.Port))}}
	v.run()
	v.d.Spent = v.clock.spent
	return v.d
}

// run tries the first IPv6 address, then the first IPv4 one.
func (v *alpn) run() {
	if !v.resolve() {
		return
	}
	v.use(v.all()[0])
	h, fault := v.handshake()
	if fault != nil && fault.Kind != probes.FaultCanceled && !v.used.Is4() && v.p.TLSALPN01.Fallback {
		if len(v.v4) == 0 {
			v.d.Fault = fault
			v.stop(RuleNoFallback, v.p.Says.ALPN.NoFallback(v.given.Identifier, v.used.String()))
			return
		}
		v.use(v.v4[0])
		h, fault = v.handshake()
	}
	switch {
	case fault != nil && fault.Kind == probes.FaultCanceled:
		v.undecided()
	case fault != nil && fault.Kind == probes.FaultUnsendable:
		v.stop(RuleReserved, v.p.Says.ALPN.Reserved())
	case fault != nil:
		v.d.Fault = fault
		v.stop(RuleFault, v.p.Says.ALPN.Fault(v.used.String(), fault))
	default:
		v.judge(h)
	}
}

// resolve finds the addresses, or stops and returns false. An address needs
// no look-up.
func (v *alpn) resolve() bool {
	if a := v.given.Identifier.Addr(); a.IsValid() {
		v.v6, v.v4 = split(a)
	} else {
		v.addresses = v.validation.addresses(string(v.given.Identifier), v.p.TLSALPN01.Port)
	}
	if v.cutOff {
		return v.undecided()
	}
	if v.why != "" {
		v.d.Fault = v.fault
		return v.stop(RuleLookup, problem(DNS, v.why))
	}
	v.d.Records[0].AddressesResolved = texts(v.all())
	return true
}

func (v *alpn) use(a netip.Addr) {
	v.used = a
	v.d.Hop++
	v.d.Records[0].AddressUsed = a.String()
}

// handshake dials and shakes hands, both within one limit. A reserved address
// is not dialled; only an identifier can be one.
func (v *alpn) handshake() (probes.Handshake, *probes.Fault) {
	if why := v.p.Addresses.Refusal(v.used); why != "" {
		return probes.Handshake{}, &probes.Fault{Kind: probes.FaultUnsendable, Op: opDial, Detail: why}
	}
	to := netip.AddrPortFrom(v.used, v.p.TLSALPN01.Port)
	dial := probes.Ask{Fact: probes.Dial{To: to, Host: string(v.given.Identifier)}, Limit: v.p.TLSALPN01.Timeout}
	if !v.used.Is4() && v.p.TLSALPN01.Fallback && len(v.v4) > 0 {
		dial.Else = netip.AddrPortFrom(v.v4[0], to.Port())
	}
	s := v.ask(dial)[0]
	if s.Fault != nil {
		return probes.Handshake{}, s.Fault
	}
	ask := probes.Ask{
		Fact:  probes.Handshake{To: to, ServerName: ALPNServerName(v.given.Identifier), ALPN: []string{v.p.TLSALPN01.Protocol}},
		Limit: max(0, v.p.TLSALPN01.Timeout-s.Took),
	}
	s = v.ask(ask)[0]
	h, _ := s.Fact.(probes.Handshake)
	v.d.Alert = h.Alert
	return h, s.Fault
}

// judge applies the rules to what the handshake gave.
func (v *alpn) judge(h probes.Handshake) {
	c := shown(h, v.given)
	for _, r := range v.p.TLSALPN01.Rules {
		if why := r.Refuses(v.p, c); why != "" {
			v.stop(r.Rule, v.p.Says.ALPN.Refused(r, v.given.Identifier, netip.AddrPortFrom(v.used, v.p.TLSALPN01.Port).String(), why))
			return
		}
	}
	v.d.Valid = true
}

// ALPNServerName is the SNI of tls-alpn-01: the name, or an address's name in
// the reverse zone, without its final dot (RFC 8738 §6).
func ALPNServerName(id probes.Identifier) string {
	a := id.Addr()
	if !a.IsValid() {
		return string(id)
	}
	return ReverseName(a)
}

// ReverseName is an address's name in in-addr.arpa or ip6.arpa.
func ReverseName(a netip.Addr) string {
	const hexDigits = "0123456789abcdef"
	var labels []string
	for _, b := range a.AsSlice() {
		if a.Is4() {
			labels = append(labels, strconv.Itoa(int(b)))
		} else {
			labels = append(labels, string(hexDigits[b>>4]), string(hexDigits[b&15]))
		}
	}
	slices.Reverse(labels)
	if a.Is4() {
		return strings.Join(labels, ".") + ".in-addr.arpa"
	}
	return strings.Join(labels, ".") + ".ip6.arpa"
}
