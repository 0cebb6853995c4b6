package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
)

// A Severity is how much a finding weighs. It belongs to the code.
type Severity int

// The severities.
const (
	Info    Severity = iota // context
	Warning                 // passes now, but is fragile, or another CA may refuse
	Error                   // the imitated CA would refuse
)

var severities = []string{"info", "warning", "error"}

// String is the severity in text and JSON.
func (s Severity) String() string { return word(severities, int(s)) }

// MarshalJSON writes info, warning or error.
func (s Severity) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Severity) UnmarshalJSON(b []byte) error { return unword(b, severities, (*int)(s)) }

// A Certainty is how sure a finding is. It belongs to the finding.
type Certainty int

// The certainties.
const (
	Guess   Certainty = iota
	Likely            // fits best
	Certain           // a rule, or a direct observation
)

var certainties = []string{"guess", "likely", "certain"}

// String is the certainty in text and JSON.
func (c Certainty) String() string { return word(certainties, int(c)) }

// MarshalJSON writes guess, likely or certain.
func (c Certainty) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Certainty) UnmarshalJSON(b []byte) error { return unword(b, certainties, (*int)(c)) }

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return fmt.Sprint(i)
	}
	return words[i]
}

// unword reads one of words. The enumerations of a report are open.
func unword(b []byte, words []string, to *int) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for i, w := range words {
		if w == s {
			*to = i
			return nil
		}
	}
	*to = 0 // a word of a newer minor version: readers must bear it, and give it the least weight
	return nil
}

// A Finding is one thing that is wrong, or worth knowing: a code of the
// catalogue together with what shows it here.
type Finding struct {
	ID          string        `json:"id"` // f1, f2 … within a target
	Code        string        `json:"code"`
	Severity    Severity      `json:"severity"`
	Certainty   Certainty     `json:"certainty"`
	Method      probes.Method `json:"method"`
	Subject     string        `json:"subject"`     // the address, host or URL it is about
	Title       string        `json:"title"`       // the catalogue's
	Summary     string        `json:"summary"`     // the title's fuller sentence, about this case
	Explanation string        `json:"explanation"` // the rule behind it
	Causes      []Cause       `json:"causes"`      // most likely first
	FixBy       string        `json:"fix_by"`      // who can mend it
	Evidence    []Evidence    `json:"evidence"`    // never empty
	Remediation []Remedy      `json:"remediation"` // never one that the evidence contradicts
	NotAFix     []string      `json:"not_a_fix"`   // what suggests itself, and would not help here
	Settle      Text          `json:"settle"`      // what to type to settle what this leaves open; null: nothing is open
	Repro       []string      `json:"repro"`
	Links       []string      `json:"links"`
	Topics      []string      `json:"topics"` // pages of explain beside the code's own
	Fingerprint string        `json:"fingerprint"`
	Suppressed  *string       `json:"suppressed"` // why it does not count; null: it does
}

// Same is what two findings have in common that tell the same, perhaps for two
// methods.
func (f Finding) Same() string { return f.Code + "\x00" + f.Subject + "\x00" + f.Summary }

// A Cause is why something may be as it is.
type Cause struct {
	Certainty Certainty `json:"certainty"`
	Text      string    `json:"text"`
}

// Evidence is one thing that was seen.
type Evidence struct {
	Probe string  `json:"probe"` // "p1"
	Hop   Natural `json:"hop"`   // the CA's HTTP request, from 1; null: none
	Step  Natural `json:"step"`  // the ID of a step of the trace; null: no step shows it
	Field string  `json:"field"` // headers.location, body, error …
	Text  string  `json:"text"`  // as seen, not escaped, at most 256 octets
	Span  *[2]int `json:"span"`  // the octets of Text that matter, [from, to); null: all
	Label Text    `json:"label"` // what the span shows; null: it needs no word
}

// A Remedy is one way to mend a finding.
type Remedy struct {
	For       string    `json:"for"` // nginx, Apache, your app, the firewall team …
	Certainty Certainty `json:"certainty"`
	Text      string    `json:"text"`
	Snippet   *string   `json:"snippet"` // what to type or paste; null: nothing
}

// Fingerprint identifies a finding across runs: its code, target, method and
// subject.
func Fingerprint(code, target string, m probes.Method, subject string) string {
	sum := sha256.Sum256([]byte(code + "\x00" + target + "\x00" + string(m) + "\x00" + subject))
	return "sha256:" + hex.EncodeToString(sum[:])
}
