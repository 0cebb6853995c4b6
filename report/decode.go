package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// maxDocument is how long a report may be that is read: some 5,000 targets.
const maxDocument = 256 << 20

// Decode reads a report as it was written in JSON. Of a newer minor version it
// ignores what it does not know; another major version is an error. The result
// is a report of SchemaVersion, and every format tells it as it told the
// original. A report comes from outside: one that no acmecheck can have written
// is an error, so that whoever shows it need not look twice.
func Decode(from io.Reader) (*Report, error) {
	b, err := readAll(from, maxDocument)
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
	r.SchemaVersion = SchemaVersion
	for i := range r.Targets {
		if err := r.Targets[i].restore(); err != nil {
			return nil, fmt.Errorf("reading a report: target %d: %w", i+1, err)
		}
	}
	return &r, nil
}

// readAll reads at most so many octets; more are an error.
func readAll(from io.Reader, most int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(from, int64(most)+1))
	if err == nil && len(b) > most {
		err = fmt.Errorf("it has more than %d octets", most)
	}
	return b, err
}

// UnmarshalJSON reads a trace. One with a kind of fact that only a newer version
// knows is left empty: it cannot be judged, and all the rest can be shown.
func (r *Recorded) UnmarshalJSON(b []byte) error {
	type plain Recorded
	var w struct {
		plain

		Steps json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = Recorded(w.plain)
	if len(w.Steps) == 0 {
		return nil
	}
	err := json.Unmarshal(w.Steps, &r.Steps)
	if errors.Is(err, probes.ErrUnknownKind) {
		r.Steps, err = probes.Trace{}, nil
	}
	return err
}

// restore fills in what JSON leaves out.
func (t *Target) restore() error {
	for _, f := range t.Findings {
		for _, e := range f.Evidence {
			if e.Span != nil && (e.Span[0] < 0 || e.Span[0] > e.Span[1] || e.Span[1] > len(e.Text)) {
				return fmt.Errorf("finding %s: the span %v is not in %q", f.ID, *e.Span, e.Text)
			}
		}
	}
	t.Verdict = verdictOfReady(t.Ready)
	for i := range t.Verdicts {
		t.Verdicts[i].Verdict = verdictOf(t.Verdicts[i].Word)
	}
	t.Share()
	return nil
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
