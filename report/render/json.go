package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// JSON writes a report as one indented JSON document.
func JSON(w io.Writer, r *report.Report) error { return document(w, r, "  ") }

// A Challenge is the CA's own answer to a validation request: what validate
// prints. caa and perspectives are null until they are checked.
type Challenge struct {
	Valid            bool            `json:"valid"`
	Problem          *policy.Problem `json:"problem"`
	ValidationRecord []policy.Record `json:"validationRecord"`
	CAA              *struct{}       `json:"caa"`
	Perspectives     []struct{}      `json:"perspectives"`
	Policy           string          `json:"policy"`
}

// ChallengeOf is the answer of a decided validation.
func ChallengeOf(d policy.Decision, p *policy.Policy) Challenge {
	c := Challenge{Valid: d.Valid, Problem: d.Problem, ValidationRecord: d.Records, Policy: p.ID()}
	if c.ValidationRecord == nil {
		c.ValidationRecord = []policy.Record{}
	}
	return c
}

// ChallengeJSON writes a challenge on one line.
func ChallengeJSON(w io.Writer, c Challenge) error { return document(w, c, "") }

// ChallengeText writes a challenge for people.
func ChallengeText(w io.Writer, c Challenge) error {
	var b bytes.Buffer
	if c.Valid {
		fmt.Fprintln(&b, "valid")
	} else {
		fmt.Fprintf(&b, "invalid: %s: %s\n", c.Problem.Kind(), Safe(c.Problem.Detail, 0))
	}
	for i, r := range c.ValidationRecord {
		fmt.Fprintf(&b, "  %d  %s  %s  port %s\n", i+1, Safe(r.URL, 0), r.AddressUsed, r.Port)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func document(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encoding JSON: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
