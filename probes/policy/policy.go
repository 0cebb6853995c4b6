package policy

import (
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// A Policy is what one CA does, as data: numbers, lists, texts and small
// predicates, each with its source. It is a value; the copies that Named
// returns belong to the caller.
type Policy struct {
	Name    string // "letsencrypt"
	Version string // of the software that was read
	Read    string // the date on which it was read
	Source  string // where

	// Budget is the CA's time for one validation call, DNS included.
	Budget    time.Duration
	UserAgent string
	Resolver  Resolver
	Addresses Addresses
	Names     Names
	HTTP01    HTTP01
	DNS01     DNS01
	TLSALPN01 TLSALPN01
	CAA       CAA
	MPIC      MPIC
	Says      Says
}

// Resolver is how the CA asks its recursive resolver.
type Resolver struct {
	Timeout time.Duration // for one try
	Tries   int
	Source  string
}

// ID names the rules and their date: "letsencrypt@v0.20261105.0".
func (p *Policy) ID() string { return p.Name + "@" + p.Version }

// Known lists the policies Named knows, the default first.
var Known = []string{"letsencrypt", "pebble"}

// Named returns a policy by its name, or by its name and version as ID gives
// them. It returns nil for any other.
func Named(name string) *Policy {
	for _, p := range []*Policy{LetsEncrypt(), Pebble()} {
		if name == p.Name || name == p.ID() {
			return p
		}
	}
	return nil
}

// Knows reports whether the policy has rules for a method.
func (p *Policy) Knows(m probes.Method) bool {
	switch m {
	case probes.HTTP01:
		return p.HTTP01.Port != 0
	case probes.DNS01, probes.DNSAccount01:
		return p.DNS01.Label != ""
	case probes.DNSPersist01:
		return p.DNS01.PersistLabel != ""
	case probes.TLSALPN01:
		return p.TLSALPN01.Port != 0
	case probes.CAA: // to look at no record is a rule too
		return true
	}
	return false
}

// Decide performs the validation that g asks for, looking through look. It is
// pure: with a replaying look it decides over recorded facts. A method that the
// policy does not know is Undecided.
func (p *Policy) Decide(g probes.Given, look probes.Look) Decision {
	if g.Order {
		if d, refused := p.order(g); refused {
			return d
		}
	}
	if !p.Knows(g.Method) {
		return Decision{Undecided: true}
	}
	switch g.Method {
	case probes.HTTP01:
		return p.http01(g, look)
	case probes.DNS01, probes.DNSAccount01, probes.DNSPersist01:
		return p.dns01(g, look)
	case probes.TLSALPN01:
		return p.tlsALPN01(g, look)
	case probes.CAA:
		return p.caa(g, look)
	}
	return Decision{Undecided: true}
}
