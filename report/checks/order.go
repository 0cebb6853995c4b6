package checks

// This file is what a real CA made of a name, beside what we saw of it.

import (
	"net/netip"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// An Order is what a CA was asked and what it said. One without a Directory
// asked none: it only holds what is known of the solver.
type Order struct {
	CA        string `json:"ca"` // its name: staging, pebble, …
	Directory string `json:"directory"`
	// Trusted is whether browsers trust its certificates; nil: not known.
	Trusted *bool `json:"trusted"`
	// Rehearsal marks an order that was not meant to be finalized.
	Rehearsal bool `json:"rehearsal"`
	// Served is set if we answered the challenge ourselves, so that Arrived is
	// all there was.
	Served bool `json:"served"`
	// Sent is set once the CA was told to look.
	Sent bool `json:"sent"`

	// Began is when this machine's clock said that the first exchange began;
	// zero: not known.
	Began     time.Time           `json:"began,omitzero"`
	Exchanges []Step              `json:"exchanges"` // in order
	Problem   *probes.ACMEProblem `json:"problem"`   // that ended it; nil: none did
	Stage     string              `json:"stage"`     // What of the exchange with the problem; empty: none, or no answer came
	Fault     *probes.Fault       `json:"fault"`     // why no answer came; nil: all did
	// RetryAt is when the CA is to be asked again; zero: it did not say.
	RetryAt time.Time          `json:"retry_at,omitzero"`
	Records []ValidationRecord `json:"records"` // of the authorization that failed, or of the first
	Arrived []Arrival          `json:"arrived"`
	// Near are the limits that the next failure or order would hit.
	Near []Limit `json:"near"`
	// Credentials are what the solver's key may write; nil: nobody asked.
	Credentials *Credentials `json:"credentials"`
}

// A ValidationRecord is one request that the CA made, in its own field names
// (RFC 8555 §8 and Boulder core/objects.go).
type ValidationRecord struct {
	URL               string   `json:"url,omitempty"`
	Hostname          string   `json:"hostname,omitempty"`
	Port              string   `json:"port,omitempty"`
	AddressesResolved []string `json:"addressesResolved,omitempty"`
	AddressesTried    []string `json:"addressesTried,omitempty"`
	AddressUsed       string   `json:"addressUsed,omitempty"`
}

// An Arrival is a request of the CA, or of somebody else, that reached us while
// the CA was looking.
type Arrival struct {
	At        time.Duration  `json:"at"` // since the CA was told to look
	From      netip.AddrPort `json:"from"`
	To        netip.AddrPort `json:"to"`
	Method    probes.Method  `json:"method"`
	Path      string         `json:"path,omitempty"`
	UserAgent string         `json:"user_agent,omitempty"`
	Token     bool           `json:"token"` // it asked for the token, or by the challenge's protocol
}

// A Limit is one of the CA's rate limits that is near.
type Limit struct {
	Name string    `json:"name"` // such as "failed authorizations"
	Used int       `json:"used"` // by us, as far as our own record knows
	Most int       `json:"most"` // that the CA allows
	Free time.Time `json:"free"` // when there is room again
}

// Credentials are how far a solver's key reaches, in the words of probes/solve.
type Credentials struct {
	Reach  string `json:"reach"`  // narrow, broad or unknown
	Detail string `json:"detail"` // a clause that says it to people
}

// order is what a CA was asked, for those checks that speak of the order as a
// whole; the zero Order if none was. That a name has two questions, the
// challenge and CAA, makes it no two orders.
func (in *In) order() Order {
	if o := in.Options.Order; o != nil && in.Given.Method != probes.CAA {
		return *o
	}
	return Order{}
}

// Tokens are the arrivals that asked for the token, and from how many
// addresses they came.
func (o Order) Tokens() (requests, addresses int) {
	seen := map[netip.Addr]bool{}
	for _, a := range o.Arrived {
		if a.Token {
			requests++
			seen[a.From.Addr()] = true
		}
	}
	return requests, len(seen)
}
