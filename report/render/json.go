package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// JSON writes a report as one indented JSON document.
//
// A report holds no key. The key authorization in a trace's question is not
// one: it is a token and the hash of an account's public key, which the web
// server shows to everybody who asks; with --webroot and --serve it is random.
// It stays, since the trace could not be judged again without it.
//
// It is written target by target: memory does not grow with their number.
func JSON(w io.Writer, r *report.Report) error {
	const targets = "\n  \"targets\": ["
	head := *r
	head.Targets = []report.Target{}
	var b bytes.Buffer
	if err := document(&b, head, "  "); err != nil {
		return err
	}
	before, after, _ := strings.Cut(b.String(), targets) // a string has no line break: it is there once
	_, err := io.WriteString(w, before+targets)
	between, e := "\n    ", encoder(&b, "    ")
	for _, t := range r.Targets {
		b.Reset()
		b.WriteString(between)
		if err = cmp.Or(err, e.Encode(t)); err != nil {
			return fmt.Errorf("encoding JSON: %w", err)
		}
		b.Truncate(b.Len() - 1) // its last line goes on
		_, err = w.Write(b.Bytes())
		between = ",\n    "
	}
	if len(r.Targets) > 0 {
		after = "\n  " + after
	}
	_, rest := io.WriteString(w, after)
	return cmp.Or(err, rest)
}

// A Challenge is the CA's own answer to a validation request: what validate
// prints. valid is null if it cannot be told; caa and perspectives are null
// where they were not checked.
type Challenge struct {
	Valid            *bool                      `json:"valid"`
	Problem          *policy.Problem            `json:"problem"`
	ValidationRecord []policy.Record            `json:"validationRecord"`
	CAA              *policy.Result             `json:"caa"`
	Perspectives     []policy.PerspectiveResult `json:"perspectives"`
	Policy           string                     `json:"policy"`
}

// ChallengeOf is the answer of a validation.
func ChallengeOf(v policy.Validation, p *policy.Policy) Challenge {
	c := Challenge{Problem: v.Problem, ValidationRecord: v.Records, CAA: v.CAA, Perspectives: v.Perspectives, Policy: p.ID()}
	if !v.Undecided {
		c.Valid = &v.Valid
	}
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
	switch {
	case c.Valid == nil:
		fmt.Fprintln(&b, "cannot tell")
	case *c.Valid:
		fmt.Fprintln(&b, "valid")
	default:
		fmt.Fprintf(&b, "invalid: %s: %s\n", c.Problem.Kind(), Safe(c.Problem.Detail, 0))
	}
	for i, r := range c.ValidationRecord {
		what := r.URL
		if what == "" {
			what = r.Hostname
		}
		fmt.Fprintf(&b, "  %d  %s", i+1, Safe(what, 0))
		if r.AddressUsed != "" {
			fmt.Fprintf(&b, "  %s  port %s", r.AddressUsed, r.Port)
		}
		fmt.Fprintln(&b)
	}
	for _, r := range c.Perspectives {
		said := "valid"
		if r.Problem != nil {
			said = string(r.Problem.Kind()) + ": " + Safe(r.Problem.Detail, 0)
		}
		fmt.Fprintf(&b, "  %s  %s %s  %s\n", r.Check, r.Perspective, r.RIR, said)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func document(w io.Writer, v any, indent string) error {
	e := encoder(w, "")
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encoding JSON: %w", err)
	}
	return nil
}

// encoder writes documents that are plain, with so much before each line but
// the first.
func encoder(w io.Writer, prefix string) *json.Encoder {
	e := json.NewEncoder(escaper{w})
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	return e
}

// An escaper escapes whole documents on their way to a writer.
type escaper struct{ io.Writer }

func (e escaper) Write(doc []byte) (int, error) {
	if _, err := e.Writer.Write(escaped(doc)); err != nil {
		return 0, err
	}
	return len(doc), nil
}

// escaped escapes, as Safe does for text, whatever would paint the terminal
// that a document is shown on. encoding/json leaves DEL, the C1 controls, and
// the marks that reorder or hide text as they are. Beyond ASCII a document has
// characters in its strings alone, so it stays the same document.
func escaped(doc []byte) []byte {
	if plainFront(doc) == len(doc) {
		return doc
	}
	out := make([]byte, 0, len(doc))
	for len(doc) > 0 {
		if n := plainFront(doc); n > 0 {
			out, doc = append(out, doc[:n]...), doc[n:]
			continue
		}
		r, n := utf8.DecodeRune(doc)
		switch {
		case r < 0x7f, unicode.IsPrint(r):
			out = append(out, doc[:n]...)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, u)
			}
		}
		doc = doc[n:]
	}
	return out
}

// plainFront is how many octets at the beginning are ASCII that needs no escape:
// most of a document.
func plainFront(doc []byte) int {
	for i, b := range doc {
		if b >= 0x7f {
			return i
		}
	}
	return len(doc)
}
