package checks

// This file recognises what is ours: where we stand, and what this machine
// could not do. None of it is ever blamed on the target.

import (
	"net/netip"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Ours reports that the look failed for a reason of this machine or its
// network, so that it decides nothing about the target.
func (in *In) Ours() bool {
	return in.resolverSilent() || in.noRoute() || in.rejectedHere() || in.noSocket() || in.hairpin() || in.cached()
}

// resolverSilent: no look-up got an answer, not even one for the root's name
// servers, so it is the resolver that is not there.
func (in *In) resolverSilent() bool {
	if r := in.Decision.Rule; r != policy.RuleLookup && r != policy.RuleCAALookup {
		return false
	}
	lookups := slices.Clone(in.Lookups)
	for _, l := range in.Looked(probes.BeyondResolver) {
		lookups = append(lookups, l.Last)
	}
	return !slices.ContainsFunc(lookups, func(s Step) bool {
		l, _ := s.Fact.(probes.Lookup)
		return s.Fault == nil && l.RCode != "" || s.Fault != nil && s.Fault.Kind == probes.FaultUnsendable || s.Fault != nil && s.Fault.Kind == probes.FaultBadAnswer
	})
}

// faulted reports that the CA ended at a fault, be it one that it hides because
// there is no IPv4 address to turn to.
func (in *In) faulted() bool {
	return in.Decision.Rule == policy.RuleFault || in.Decision.Rule == policy.RuleNoFallback
}

// noRoute: this machine itself knows no way to the address.
func (in *In) noRoute() bool {
	return in.faulted() && in.unrouted(in.Decision.Fault, in.Last().Dial.To.Addr())
}

// rejectedHere: a firewall of this machine rejected what it sent.
func (in *In) rejectedHere() bool {
	return in.faulted() && in.stopped(in.Decision.Fault, in.Last().Dial.To.Addr())
}

// untried reports a dial whose packets never left this machine, so that it
// says nothing about the address.
func (in *In) untried(f *probes.Fault, to netip.Addr) bool {
	return in.unrouted(f, to) || in.stopped(f, to)
}

// unrouted goes by the routing table, where that was looked at (not in a
// world): a route may be missing, or be there to lead nowhere, and each kind
// fails in its own way.
func (in *In) unrouted(f *probes.Fault, to netip.Addr) bool {
	if f == nil || f.Op != "dial" {
		return false
	}
	for _, l := range in.Looked(probes.BeyondRoute) {
		if l.Route.To == to {
			return l.Fault != nil
		}
	}
	return f.Kind == probes.FaultNetUnreachable && f.ICMP == ""
}

// stopped goes by who sent the ICMP message: our own address on the way.
func (in *In) stopped(f *probes.Fault, to netip.Addr) bool {
	if f == nil || f.Op != "dial" || f.From == "" {
		return false
	}
	for _, l := range in.Looked(probes.BeyondRoute) {
		if l.Route.To == to && !l.Route.Own && l.Route.Source.String() == f.From {
			return true
		}
	}
	return false
}

// noSocket: this machine could not open a connection.
func (in *In) noSocket() bool {
	f := in.Decision.Fault
	return in.faulted() && f != nil && f.Kind == probes.FaultLocal && !in.noRoute()
}

// hairpin: at an address whose way does not leave our own NAT, the connection
// failed or the router answered in person. It may simply not lead back in.
func (in *In) hairpin() bool {
	d := in.Decision
	failed := in.faulted() && d.Fault != nil && d.Fault.Op == "dial"
	if !failed && in.device() == "" {
		return false
	}
	s, ok := in.Standing(in.Last().Dial.To.Addr())
	return ok && !s.own
}

// A standing is why a look at an address crossed no firewall.
type standing struct {
	addr netip.Addr
	own  bool // it is this machine's; otherwise it is one hop away
	step Step
}

// Standing reports whether the way to an address leaves this machine and its
// NAT. A loopback address that the user declared public is a lab: its CA
// stands where we do.
func (in *In) Standing(a netip.Addr) (standing, bool) {
	if a.IsLoopback() {
		return standing{}, false
	}
	for _, l := range in.Looked(probes.BeyondRoute) {
		if l.Route.To == a && l.Route.Own {
			return standing{addr: a, own: true, step: l.Last}, true
		}
	}
	for _, l := range in.Looked(probes.BeyondNear) {
		if l.Dial.To.Addr() == a && answers(l) {
			return standing{addr: a, step: l.Last}, true
		}
	}
	return standing{}, false
}

// answers reports whether an address one hop away answered for itself: it
// accepted, it refused, or the packet died at the address itself.
func answers(l Look) bool {
	f := l.Fault
	return f == nil || f.From == l.Dial.To.Addr().String() || f.Kind == probes.FaultRefused && f.ICMP == ""
}

// Inside is the standing at the addresses that the CA's first request used. If
// it was our own server that answered, we stand inside whatever the route.
func (in *In) Inside() (standing, bool) {
	for _, l := range in.Looked(probes.BeyondServed) {
		if first := in.First().Dial.To.Addr(); l.Served.Requests > 0 && first.IsValid() && !first.IsLoopback() {
			return standing{addr: first, own: true, step: l.Last}, true
		}
	}
	for _, r := range in.Requests {
		if r.Dial.Host == in.First().Dial.Host {
			if s, ok := in.Standing(r.Dial.To.Addr()); ok {
				return s, true
			}
		}
	}
	return standing{}, false
}
