package checks

// This file tells what went wrong with look-ups, each in exactly one way.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// A lookupClass is one way in which a look-up gives no address.
type lookupClass int

const (
	fine lookupClass = iota // it gave one
	nxdomain
	noAddress
	reserved
	servfail
	otherError
	malformed
	silent
	dangling
	looping
	bogus
	expiredSignature
	tcpBlocked
)

// fails reports whether the look-up itself failed, rather than found nothing.
func (c lookupClass) fails() bool { return c >= servfail && c != dangling }

// lookups finds that the CA stops because no look-up of a name gave an
// address, or that of its TXT record failed, and that at least one of them
// failed in the given way. A family that merely has no record is not to blame
// where the other fails.
func (in *In) lookups(class lookupClass, say string) []Found {
	if !in.Refused() || in.Decision.Rule != policy.RuleLookup && !in.nowhere() {
		return nil
	}
	var evidence []report.Evidence
	hit, worse := false, false
	name, qtype := string(in.Given.Identifier), "A"
	for _, s := range in.Lookups {
		l, ok := s.Fact.(probes.Lookup)
		if !ok || s.Hop != in.Decision.Hop {
			continue
		}
		name, qtype = l.Name, l.Type
		c := in.classOf(s, l)
		hit = hit || c == class
		worse = worse || c != class && c != noAddress && c != fine
		evidence = append(evidence, asked(s))
	}
	if !hit || class == noAddress && worse {
		return nil
	}
	if !in.Given.AsOf.IsZero() && len(in.Requests) > 0 {
		evidence = append(evidence, in.location(in.Last()))
	}
	found := one(name, fmt.Sprintf(say, in.where(name)), append(evidence, in.serverEvidence()...)...)
	found[0].Args = map[string]string{"host": name, "qtype": qtype}
	return found
}

// where names what a look-up failed at: a name, or where its aliases lead.
func (in *In) where(name string) string {
	if !in.byTXT() {
		return name
	}
	d := in.delegation()
	switch {
	case d.Nowhere && len(d.Aliases) == 0:
		return policy.Registrable(d.Target)
	case len(d.Aliases) > 0 && !d.Loop:
		return fmt.Sprintf("%s, where %s leads,", d.Target, name)
	}
	return name
}

func (in *In) classOf(s Step, l probes.Lookup) lookupClass {
	switch {
	case s.Fault != nil && (s.Fault.Kind == probes.FaultUnsendable || s.Fault.Kind == probes.FaultBadAnswer):
		return malformed
	case s.Fault != nil && in.tcpBlocked():
		return tcpBlocked
	case s.Fault != nil:
		return silent
	case l.RCode == "NXDOMAIN" && aliased(l):
		return dangling
	case l.RCode == "NXDOMAIN":
		return nxdomain
	case l.RCode == "SERVFAIL":
		return in.servfailClass(l)
	case l.RCode != "NOERROR" && in.abandoned():
		return dangling
	case l.RCode != "NOERROR":
		return otherError
	}
	addrs := l.Addrs()
	switch {
	case len(addrs) == 0:
		return noAddress
	case !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return in.Policy.Addresses.Refusal(a) == "" }):
		return reserved
	}
	return fine
}

// servfailClass goes by the extended error (RFC 8914 §4) and by where the
// aliases lead.
func (in *In) servfailClass(l probes.Lookup) lookupClass {
	if l.EDE != nil {
		switch l.EDE.Code {
		case 7:
			return expiredSignature
		case 1, 2, 5, 6, 8, 9, 10, 11, 12:
			return bogus
		}
	}
	switch {
	case in.circular():
		return looping
	case in.abandoned():
		return dangling
	case in.tcpBlocked():
		return tcpBlocked
	}
	return servfail
}

func aliased(l probes.Lookup) bool {
	return slices.ContainsFunc(l.Answers, func(r probes.Record) bool { return r.Type == "CNAME" })
}

// circular reports whether the aliases that were followed one by one lead back
// to one of them, or are more than a resolver follows.
func (in *In) circular() bool {
	const follows = 11
	seen := map[string]bool{}
	for _, l := range in.Looked(probes.BeyondAlias) {
		for _, r := range l.Lookup.Answers {
			if r.Type == "CNAME" {
				seen[plainName(r.Name)] = true
				if seen[plainName(r.Data)] || len(seen) > follows {
					return true
				}
			}
		}
	}
	return false
}

func plainName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }
