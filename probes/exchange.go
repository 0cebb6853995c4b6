package probes

import (
	"encoding/json"
	"strings"
)

// An Exchange is one request to a CA and its answer (RFC 8555 §6). A walk has
// none; an order is a trace of them.
type Exchange struct {
	// What it is for: directory, nonce, account, order, authorization,
	// challenge, poll, finalize, certificate, renewal.
	What   string `json:"what"`
	Method string `json:"method"` // of HTTP
	URL    string `json:"url"`

	Status     int          `json:"status,omitempty"` // 0 without an answer
	Problem    *ACMEProblem `json:"problem,omitempty"`
	RetryAfter string       `json:"retry_after,omitempty"` // as sent
	Link       []string     `json:"link,omitempty"`        // as sent
	Location   string       `json:"location,omitempty"`    // as sent
	Date       string       `json:"date,omitempty"`        // as sent: the CA's clock
	// ContentType is the media type of the answer, without parameters: an HTML
	// page in place of JSON is somebody else's.
	ContentType string          `json:"content_type,omitempty"`
	Body        json.RawMessage `json:"body,omitempty"` // of a JSON answer, at most 64 KiB; never of ours
}

// An ACMEProblem is what a CA says is wrong (RFC 8555 §6.7, RFC 7807). It may
// be hostile: escape it before showing it.
type ACMEProblem struct {
	Type        string        `json:"type"`
	Detail      string        `json:"detail"`
	Status      int           `json:"status,omitempty"`
	Instance    string        `json:"instance,omitempty"`
	Identifier  string        `json:"identifier,omitempty"`  // a subproblem's
	Subproblems []ACMEProblem `json:"subproblems,omitempty"` // at most 100
}

// ProblemNamespace is the prefix of ACME's own problem types (RFC 8555 §6.7).
const ProblemNamespace = "urn:ietf:params:acme:error:"

// Short is the problem's type without ACME's own prefix.
func (p *ACMEProblem) Short() string { return strings.TrimPrefix(p.Type, ProblemNamespace) }

// Error makes a problem the cause of an error, to be found by errors.AsType.
func (p *ACMEProblem) Error() string {
	if p.Detail == "" {
		return p.Short()
	}
	return p.Short() + ": " + p.Detail
}

// Kind implements Fact.
func (Exchange) Kind() string { return "exchange" }

// Same implements Fact.
func (e Exchange) Same(o Fact) bool {
	x, ok := o.(Exchange)
	return ok && x.What == e.What && x.Method == e.Method && x.URL == e.URL
}
