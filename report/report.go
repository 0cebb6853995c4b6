// Package report is what acmecheck tells: outcomes, and the report they make.
package report

import (
	"fmt"
	"time"

	"github.com/acmecheck/acmecheck/probes"
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

// Word is the verdict in JSON, given how many warnings go with it.
func (v Verdict) Word(warnings int) string {
	switch {
	case v == WouldNot:
		return "fail"
	case v == CannotTell:
		return "inconclusive"
	case warnings > 0:
		return "pass_with_warnings"
	}
	return "pass"
}

// Ready is the verdict as JSON's ready: true, false, or null.
func (v Verdict) Ready() *bool {
	if v == CannotTell {
		return nil
	}
	ready := v == WouldIssue
	return &ready
}

// SchemaVersion is that of the JSON report, major.minor: a minor version only
// adds.
const SchemaVersion = "1.0"

// An Outcome is what came of one method for one target.
type Outcome struct {
	Method   probes.Method `json:"method"`
	For      Text          `json:"for"`      // the challenge type that CAA was asked about; null: it is one itself
	Decisive bool          `json:"decisive"` // the target's readiness depends on it
	Verdict  Verdict       `json:"-"`
	Word     string        `json:"verdict"` // pass, pass_with_warnings, fail, inconclusive
	Proof    probes.Proof  `json:"proof"`
	Codes    []string      `json:"codes"`    // of its findings, the worst first
	Shows    []string      `json:"findings"` // the IDs of its findings, in the same order
	Vantages Agreement     `json:"vantages"`
	Problem  *Problem      `json:"problem"` // null if the CA would have none, or we cannot tell
	Why      string        `json:"why"`     // one sentence for people
	CAMS     *int64        `json:"ca_ms"`   // how long the CA would take; null: not known
	Findings []Finding     `json:"-"`       // its share of the target's
	Probes   []Probe       `json:"-"`
}

// An Agreement says which vantages came to which verdict.
type Agreement struct {
	Pass         []string `json:"pass"`
	Fail         []string `json:"fail"`
	Inconclusive []string `json:"inconclusive"`
	QuorumMet    *bool    `json:"quorum_met"` // null: there was one vantage
}

// A Problem is a CA's problem document.
type Problem struct {
	Type      string `json:"type"`
	Detail    string `json:"detail"`
	Status    int    `json:"status"`
	Predicted bool   `json:"predicted"` // false: a CA really said it
}

// A Report is the result of one run over any number of targets.
type Report struct {
	SchemaVersion string    `json:"schema_version"`
	Kind          string    `json:"kind"`
	Tool          Tool      `json:"tool"`
	Run           Run       `json:"run"`
	Ready         *bool     `json:"ready"`
	Exit          Exit      `json:"exit"`
	Summary       Summary   `json:"summary"`
	Targets       []Target  `json:"targets"`
	Issuance      *Issuance `json:"issuance"` // null: nothing was ordered
	Notes         []string  `json:"notes"`
}

// A Summary counts the findings of a report by severity.
type Summary struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Info    int `json:"info"`
}

// Tool is who made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Run says when a report was made, from where, and by which rules.
type Run struct {
	ID         string    `json:"id"`
	StartedAt  time.Time `json:"started_at"`
	DurationMS int64     `json:"duration_ms"`
	Policy     string    `json:"policy"`
	PolicyRead string    `json:"policy_read"` // the date its rules were read
	Vantages   []Vantage `json:"vantages"`
	Declared   *Declared `json:"declared"` // null: it is not known
}

// Declared is what a user declared, without which the traces could not be judged
// again.
type Declared struct {
	Public      []string `json:"public"` // reserved ranges that counted as public
	Issuer      Text     `json:"issuer"` // by which CAA permits the CA; null: the policy's
	AnyMethod   bool     `json:"any_method"`
	RequireIPv6 bool     `json:"require_ipv6"`
	Lab         bool     `json:"lab"` // names of the lab were allowed, which no CA takes
}

// A Vantage is a place that was looked from.
type Vantage struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // local
}

// Exit is the process's exit code and its reason.
type Exit struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
	// RetryAfter is when the CA is to be asked again (RFC 3339); null: it did
	// not say, or there is no need to wait.
	RetryAfter Text `json:"retry_after"`
}

// A Source is the place in a file that names a target.
type Source struct {
	File string  `json:"file"` // as it was given
	Line Natural `json:"line"` // from 1; null: the file as a whole
}

// A Target is one identifier's part of a report.
type Target struct {
	Input      string     `json:"input"`
	Source     *Source    `json:"source"` // null: it was typed
	Identifier Identifier `json:"identifier"`
	Wildcard   bool       `json:"wildcard"`
	Ready      *bool      `json:"ready"`
	Verdicts   []Outcome  `json:"verdicts"`
	Findings   []Finding  `json:"findings"`
	Probes     []Probe    `json:"probes"`
	Traces     []Recorded `json:"traces"` // what Verdicts were judged by
	Verdict    Verdict    `json:"-"`      // of those that decide
}

// Recorded is what one vantage saw of one question.
type Recorded struct {
	Method  probes.Method `json:"method"`
	For     Text          `json:"for"` // as in Outcome
	Vantage string        `json:"vantage"`
	RIR     Text          `json:"rir"` // of a remote perspective; null: not known
	Steps   probes.Trace  `json:"steps"`
}

// An Identifier is RFC 8555's.
type Identifier struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}
