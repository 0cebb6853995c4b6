package policy

// This file is how a validation ended.

import (
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

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
	Alert     int           // the TLS alert that ended a tls-alpn-01 handshake; 0: none did
	Found     string        // the name whose CAA records decide; empty: none does
	Records   []Record      // the validationRecord of the challenge object (RFC 8555 §8)
	Spent     time.Duration // by the CA's clock
}

// Excused reports whether a refusal shows no more than that nobody knows the
// token: the way is clear, and a real one may well be answered.
func (d Decision) Excused(p probes.Proof) bool {
	if p != probes.ProofPath {
		return false
	}
	switch d.Rule { //nolint:exhaustive // the others stop the CA before any token matters
	case RuleMismatch, RuleTooLong, RuleTXTMissing, RuleTXTMismatch, RuleDigest:
		return true
	case RuleStatus:
		return d.Status == 404 || d.Status == 410
	}
	return false
}

// idle are the alerts by which servers answer a hello for acme-tls/1 while no
// order is under way: internal_error (Caddy, Traefik and Go's autocert, which
// answer well once there is one), unrecognized_name and no_application_protocol
// (nginx; RFC 7301 §3.2).
var idle = []int{80, 112, noProtocol}

const noProtocol = 120

// OtherProtocol reports a tls-alpn-01 handshake that failed because the server
// knows other protocols only. Apache does not say so by an alert: it chooses
// http/1.1, which was not offered.
func (d Decision) OtherProtocol() bool {
	return d.Alert == noProtocol || d.Fault != nil && d.Fault.Kind == probes.FaultTLS && d.Fault.Field == "protocol"
}

// Unclear reports whether a refusal of a token nobody knows leaves open what
// a real one would meet: the server says no, and not that it knows no such
// token. Behind port 443 another program may answer as soon as there is one.
func (d Decision) Unclear(p probes.Proof) bool {
	if p != probes.ProofPath || d.Excused(p) {
		return false
	}
	switch d.Rule { //nolint:exhaustive // the others are clear
	case RuleStatus, RuleCertMissing, RuleProtocol, RuleSelfSigned, RuleExtensions, RuleSAN, RuleNotCritical, RuleExtensionValue:
		return true
	case RuleFault, RuleNoFallback:
		return d.OtherProtocol() || slices.Contains(idle, d.Alert)
	}
	return false
}

// A Record is one request the CA made: an entry of validationRecord.
type Record struct {
	URL               string   `json:"url,omitempty"`
	Hostname          string   `json:"hostname,omitempty"`
	Port              string   `json:"port,omitempty"`
	AddressesResolved []string `json:"addressesResolved,omitempty"`
	AddressUsed       string   `json:"addressUsed,omitempty"`
}
