// Package report is what acmecheck tells: outcomes, and the report they make.
package report

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// A Verdict answers the question "would the CA issue now?". The zero Verdict
// is CannotTell.
type Verdict int

// The verdicts.
const (
	CannotTell Verdict = iota
	WouldIssue
	WouldNot
)

// String is the verdict in text reports.
func (v Verdict) String() string {
	switch v {
	case CannotTell:
		return "CANNOT TELL"
	case WouldIssue:
		return "READY"
	case WouldNot:
		return "NOT READY"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// ExitCode is the process's exit code for the verdict.
func (v Verdict) ExitCode() int {
	switch v {
	case CannotTell:
		return 3
	case WouldIssue:
		return 0
	case WouldNot:
		return 1
	}
	return 70
}

// MarshalJSON writes pass, fail or inconclusive.
func (v Verdict) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[Verdict]string{CannotTell: "inconclusive", WouldIssue: "pass", WouldNot: "fail"}[v])
}

// Ready is the verdict as JSON's ready: true, false, or null.
func (v Verdict) Ready() *bool {
	if v == CannotTell {
		return nil
	}
	ready := v == WouldIssue
	return &ready
}

// A Proof is how strong a pass is.
type Proof string

// The proofs, from weak to strong.
const (
	ProofPath    Proof = "path"    // an unknown token: the way is clear, the token was not seen
	ProofToken   Proof = "token"   // the caller's own token was served
	ProofWebroot Proof = "webroot" // a random token, written into the webroot
	ProofServe   Proof = "serve"   // a random token, served by acmecheck itself
)

// An Outcome is what came of one method for one target.
type Outcome struct {
	Method  probes.Method   `json:"method"`
	Verdict Verdict         `json:"verdict"`
	Proof   Proof           `json:"proof"`
	Rule    policy.Rule     `json:"rule,omitempty"` // what ended the validation; empty if nothing did
	Problem *policy.Problem `json:"problem"`        // the CA's, word for word; null if it has none
	Why     string          `json:"why"`            // one sentence for people
	Hint    string          `json:"hint,omitempty"` // what to type, where that settles it
	Hops    []Hop           `json:"hops"`
	SpentMS int64           `json:"ca_ms"` // by the CA's clock
}

// A Hop is one HTTP request of the CA, or one it refused to make.
type Hop struct {
	N        int           `json:"n"`
	Of       int           `json:"of"`
	URL      string        `json:"url"`
	Address  string        `json:"address,omitempty"`
	Port     uint16        `json:"port,omitempty"`
	Timings  Timings       `json:"timings_ms"`
	Status   int           `json:"status,omitempty"`
	Server   string        `json:"server,omitempty"`
	Location string        `json:"location,omitempty"`
	Fault    *probes.Fault `json:"error"`
}

// Timings are milliseconds; nil: it did not come to that.
type Timings struct {
	DNS     *int64 `json:"dns"`
	Connect *int64 `json:"connect"`
	TLS     *int64 `json:"tls"`
	TTFB    *int64 `json:"ttfb"`
}

// A Report is the result of one run over any number of targets.
type Report struct {
	SchemaVersion string   `json:"schema_version"`
	Kind          string   `json:"kind"`
	Tool          Tool     `json:"tool"`
	Run           Run      `json:"run"`
	Ready         *bool    `json:"ready"`
	Exit          Exit     `json:"exit"`
	Targets       []Target `json:"targets"`
	Notes         []string `json:"notes"`
}

// Tool is who made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Run says when a report was made, and by which rules.
type Run struct {
	StartedAt  time.Time `json:"started_at"`
	DurationMS int64     `json:"duration_ms"`
	Policy     string    `json:"policy"`
	PolicyRead string    `json:"policy_read"` // the date its rules were read
	Vantage    string    `json:"vantage"`
}

// Exit is the process's exit code and its reason.
type Exit struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
}

// A Target is one identifier's part of a report.
type Target struct {
	Input      string       `json:"input"`
	Identifier Identifier   `json:"identifier"`
	Wildcard   bool         `json:"wildcard"`
	Ready      *bool        `json:"ready"`
	Verdicts   []Outcome    `json:"verdicts"`
	Trace      probes.Trace `json:"trace"` // what Verdicts were judged by
}

// An Identifier is RFC 8555's.
type Identifier struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}
