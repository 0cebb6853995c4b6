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
	HTTP01    HTTP01
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

// Names lists the policies Named knows, the default first.
var Names = []string{"letsencrypt", "pebble"}

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

// A Decision is how a validation ended, and why.
type Decision struct {
	Valid bool
	// Undecided is set when the facts ended before the CA would have: the
	// walk was cut off. Nothing else of the decision counts then.
	Undecided bool
	Rule      Rule          // what ended it; RuleAccepted if valid
	Problem   *Problem      // nil if valid
	Fault     *probes.Fault // the fault behind it, if it was one
	Hop       int           // the HTTP request it ended at, from 1; 0: before the first
	Step      int           // ID of the step it ended at; 0: before any
	Target    string        // the URL that was refused or fetched last
	Status    int           // of the final response; 0: it did not come to one
	Records   []Record      // the validationRecord of the challenge object (RFC 8555 §8)
	Spent     time.Duration // by the CA's clock
}

// Excused reports whether a refusal shows no more than that nobody knows the
// token: the way to the server is clear, and a real token may well be served.
func (d Decision) Excused(p probes.Proof) bool {
	switch d.Rule { //nolint:exhaustive // the others stop the CA before any token matters
	case RuleMismatch, RuleTooLong:
		return p == probes.ProofPath
	case RuleStatus:
		return p == probes.ProofPath && (d.Status == 404 || d.Status == 410)
	}
	return false
}

// Unclear reports whether a refusal of a token nobody knows leaves open what
// a real one would meet: the server says no, and not that it knows no such
// file.
func (d Decision) Unclear(p probes.Proof) bool {
	return p == probes.ProofPath && d.Rule == RuleStatus && !d.Excused(p)
}

// A Record is one request the CA made: an entry of validationRecord.
type Record struct {
	URL               string   `json:"url,omitempty"`
	Hostname          string   `json:"hostname,omitempty"`
	Port              string   `json:"port,omitempty"`
	AddressesResolved []string `json:"addressesResolved,omitempty"`
	AddressUsed       string   `json:"addressUsed,omitempty"`
}

// Decide performs the validation that g asks for, looking through look. It is
// pure: with a replaying look it decides over recorded facts. A method whose
// rules are not written yet is Undecided.
func (p *Policy) Decide(g probes.Given, look probes.Look) Decision {
	if g.Method == probes.HTTP01 {
		return p.http01(g, look)
	}
	return Decision{Undecided: true}
}
