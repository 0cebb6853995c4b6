package policy

// This file is what the validations of all methods share: asking, the CA's
// clock, and the end.

import (
	"net/netip"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
)

// A validation is one under way.
type validation struct {
	p     *Policy
	given probes.Given
	look  probes.Look
	clock clock
	d     Decision
}

func (p *Policy) validation(g probes.Given, look probes.Look) validation {
	return validation{p: p, given: g, look: look, clock: clock{budget: p.Budget}}
}

// ask looks, and moves the CA's clock by the longest of the steps.
func (v *validation) ask(asks ...probes.Ask) []probes.Step {
	for i := range asks {
		asks[i].Hop = v.d.Hop
		asks[i].Left = v.clock.left()
	}
	steps := v.look(asks...)
	v.clock.pass(steps)
	for _, s := range steps {
		v.d.Step = max(v.d.Step, s.ID)
	}
	return steps
}

// query is the CA's question to its resolver; port is what an address is for.
func (v *validation) query(name, qtype string, port uint16) probes.Ask {
	return probes.Ask{
		Fact:  probes.Lookup{Name: name, Type: qtype, Port: port},
		Limit: v.p.Resolver.Timeout, Tries: v.p.Resolver.Tries,
	}
}

// stop ends the validation with a problem. It returns false for its callers.
func (v *validation) stop(r Rule, p *Problem) bool {
	v.d.Rule, v.d.Problem = r, p
	return false
}

func (v *validation) undecided() bool {
	v.d.Undecided = true
	return false
}

// The addresses of a host, as the CA keeps them.
type addresses struct {
	v6, v4 []netip.Addr
	why    string        // there are none, in the CA's words
	fault  *probes.Fault // behind that, if it was one
	cutOff bool          // the facts ended here
}

// all are the addresses in the order in which the CA lists them.
func (a addresses) all() []netip.Addr { return slices.Concat(a.v6, a.v4) }

// addresses looks a host up. One family is enough (va/dns.go getAddrs).
func (v *validation) addresses(host string, port uint16) addresses {
	steps := v.ask(v.query(host, "A", port), v.query(host, "AAAA", port))
	if cutOff(steps...) {
		return addresses{cutOff: true}
	}
	v4, err4 := v.family(steps[0])
	v6, err6 := v.family(steps[1])
	if err4 != "" && err6 != "" {
		return addresses{why: err4 + "; " + err6, fault: steps[0].Fault}
	}
	return addresses{v6: v6, v4: v4}
}

// family is what the CA keeps of one lookup: the addresses it would connect
// to, or its complaint.
func (v *validation) family(s probes.Step) ([]netip.Addr, string) {
	l := lookupOf(s)
	if why := v.p.Says.Lookup(v.p.Says.DNS, l, s.Fault); why != "" {
		return nil, why
	}
	addrs := slices.DeleteFunc(l.Addrs(), func(a netip.Addr) bool { return v.p.Addresses.Refusal(a) != "" })
	if len(addrs) == 0 {
		return nil, v.p.Says.NoAddress(l)
	}
	return addrs, ""
}

func cutOff(steps ...probes.Step) bool {
	return slices.ContainsFunc(steps, func(s probes.Step) bool {
		return s.Fault != nil && s.Fault.Kind == probes.FaultCanceled
	})
}

func lookupOf(s probes.Step) probes.Lookup {
	l, _ := s.Fact.(probes.Lookup)
	return l
}

// split puts an address into its family.
func split(a netip.Addr) (v6, v4 []netip.Addr) {
	if a.Is4() {
		return nil, []netip.Addr{a}
	}
	return []netip.Addr{a}, nil
}

func texts(addrs []netip.Addr) []string {
	var out []string
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}
