// Package verdict is what the CA says about a world, and the files in which
// that is kept: testdata/conformance/verdicts-new.json and its like.
package verdict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Problem is an ACME problem. Type lacks the URN prefix.
type Problem struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// A Record is one entry of the validation record.
type Record struct {
	URL               string   `json:"url,omitempty"`
	Hostname          string   `json:"hostname,omitempty"`
	Port              string   `json:"port,omitempty"`
	AddressesResolved []string `json:"addressesResolved,omitempty"`
	AddressUsed       string   `json:"addressUsed,omitempty"`
}

// A CAA is the outcome of the CAA check.
type CAA struct {
	Valid   bool     `json:"valid"`
	Problem *Problem `json:"problem"`
}

// A Remote is what one remote perspective said.
type Remote struct {
	Check       string   `json:"check"` // dcv or caa
	Perspective string   `json:"perspective"`
	RIR         string   `json:"rir"`
	Valid       bool     `json:"valid"`
	Problem     *Problem `json:"problem,omitempty"`
}

// A Verdict is the CA's answer for one world.
type Verdict struct {
	World    string   `json:"world"`
	Boulder  string   `json:"boulder"`
	Valid    bool     `json:"valid"`
	Problem  *Problem `json:"problem"`
	Records  []Record `json:"records"`
	CAA      *CAA     `json:"caa"`  // nil: not checked
	MPIC     []Remote `json:"mpic"` // nil: no remote was asked
	Unstable []string `json:"unstable,omitempty"`
	Millis   int64    `json:"ms"`              // of the first run
	Error    string   `json:"error,omitempty"` // the recording failed, and the rest says nothing
}

var (
	presentTime = regexp.MustCompile(`validation time \S+ is after`)
	ownPort     = regexp.MustCompile(`read tcp \S+->`)
)

// Normalize replaces what differs from run to run by design in a detail text:
// the present time, and the port that the CA connects from (WORLD-FORMAT.md §6).
func Normalize(detail string) string {
	return ownPort.ReplaceAllString(presentTime.ReplaceAllString(detail, "validation time NOW is after"), "read tcp LOCAL->")
}

// Area is the first word of a world's name.
func Area(world string) string {
	area, _, _ := strings.Cut(world, "-")
	return area
}

// fields are what has to be the same in every run. Millis is not.
var fields = []struct {
	name string
	of   func(*Verdict) any
}{
	{"valid", func(v *Verdict) any { return v.Valid }},
	{"problem.type", func(v *Verdict) any { return v.problem().Type }},
	{"problem.detail", func(v *Verdict) any { return v.problem().Detail }},
	{"records", func(v *Verdict) any { return v.Records }},
	{"caa", func(v *Verdict) any { return v.CAA }},
	{"mpic", func(v *Verdict) any { return v.MPIC }},
	{"error", func(v *Verdict) any { return v.Error }},
}

func (v *Verdict) problem() Problem {
	if v.Problem == nil {
		return Problem{}
	}
	return *v.Problem
}

// Merge folds the runs of one world, at least one, into a verdict: the first,
// with the names of the fields in which a later one differs.
func Merge(runs []*Verdict) (*Verdict, error) {
	merged := *runs[0]
	for _, f := range fields {
		first, err := json.Marshal(f.of(runs[0]))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(runs[1:], func(v *Verdict) bool {
			other, err := json.Marshal(f.of(v))
			return err != nil || !bytes.Equal(first, other)
		}) {
			merged.Unstable = append(merged.Unstable, f.name)
		}
	}
	return &merged, nil
}

// Undecided says why a verdict cannot be compared with; "" if it can.
func (v *Verdict) Undecided() string {
	if v.Error != "" {
		return "no verdict: " + v.Error
	}
	for _, f := range v.Unstable {
		if f == "valid" || strings.HasPrefix(f, "problem") {
			return "unstable " + f
		}
	}
	return ""
}

// Marshal writes verdicts as a JSON array with one a line, sorted by world.
func Marshal(vs []*Verdict) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(vs), func(a, b *Verdict) int { return strings.Compare(a.World, b.World) })
	lines := make([][]byte, len(sorted))
	for i, v := range sorted {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false) // details quote pages
		if err := e.Encode(v); err != nil {
			return nil, err
		}
		lines[i] = bytes.TrimSpace(line.Bytes())
	}
	return slices.Concat([]byte("[\n"), bytes.Join(lines, []byte(",\n")), []byte("\n]\n")), nil
}

// Unmarshal reads what Marshal writes, by world.
func Unmarshal(b []byte) (map[string]*Verdict, error) {
	var vs []*Verdict
	if err := json.Unmarshal(b, &vs); err != nil {
		return nil, fmt.Errorf("reading verdicts: %w", err)
	}
	byWorld := map[string]*Verdict{}
	for _, v := range vs {
		byWorld[v.World] = v
	}
	return byWorld, nil
}
