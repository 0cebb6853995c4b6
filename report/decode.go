package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Decode reads a report as it was written in JSON. Of a newer minor version it
// ignores what it does not know; another major version is an error.
//
// An Outcome's Findings and Probes stay empty: the Target has them.
func Decode(from io.Reader) (*Report, error) {
	b, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("reading a report: %w", err)
	}
	var head struct { // the rest may have another shape
		SchemaVersion string `json:"schema_version"`
		Kind          string `json:"kind"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("reading a report: %w", err)
	}
	major, _, _ := strings.Cut(SchemaVersion, ".")
	switch {
	case head.Kind != "report" || head.SchemaVersion == "":
		return nil, errors.New("not a report of acmecheck")
	case !strings.HasPrefix(head.SchemaVersion, major+"."):
		return nil, fmt.Errorf("a report of version %q, and this acmecheck reads %s.x", head.SchemaVersion, major)
	}
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("reading a report: %w", err)
	}
	for i := range r.Targets {
		r.Targets[i].Verdict = verdictOfReady(r.Targets[i].Ready)
		for j := range r.Targets[i].Verdicts {
			o := &r.Targets[i].Verdicts[j]
			o.Verdict = verdictOf(o.Word)
		}
	}
	return &r, nil
}

// verdictOfReady reads what Verdict.Ready wrote.
func verdictOfReady(ready *bool) Verdict {
	switch {
	case ready == nil:
		return CannotTell
	case *ready:
		return WouldIssue
	}
	return WouldNot
}

// verdictOf reads what Verdict.Word wrote; a word that is not known tells nothing.
func verdictOf(word string) Verdict {
	switch word {
	case "pass", "pass_with_warnings":
		return WouldIssue
	case "fail":
		return WouldNot
	}
	return CannotTell
}
