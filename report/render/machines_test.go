package render

// This file holds what is common to the tests of the formats for machines: the
// reports they are tried on, and the golden files.

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var update = flag.Bool("update", false, "rewrite the golden files; read the difference before you commit it")

// machines are the formats of this file, and the page that goes with one.
var machines = []Format{
	{"sarif", "", SARIF},
	{"junit", "", JUnit},
	{"github", "", GitHub},
	{"github.md", "", GitHubSummary},
	{"nagios", "", Nagios},
	{"prometheus", "", Prometheus},
}

// frozen reads one of the reports that every acmecheck must be able to read.
func frozen(tb testing.TB, name string) *report.Report {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "schema", "testdata", name+"-1.0.json"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := report.Decode(f)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

var frozenNames = []string{"ready", "redirect-4434", "rehearsal-refused"}

func written(tb testing.TB, write func(io.Writer, *report.Report) error, r *report.Report) string {
	tb.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestMachineGoldens(t *testing.T) {
	for _, name := range frozenNames {
		for _, f := range machines {
			t.Run(name+"."+f.Name, func(t *testing.T) {
				got := written(t, f.Write, frozen(t, name))
				file := filepath.Join("testdata", "golden", name+"."+f.Name)
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}

// evil is what a server may send to break out of any of the formats.
const evil = "x\x1b[31m\r\n::error title=own::pwned\n##[add-mask]a | 'time'=1s \x00\xff\u202e]]></failure><script>alert(1)</script> [click](https://evil.example) {0} \"} 1\n# TYPE own gauge\\n`code` \\"

// hostile is a report in which every text that has not to be a certain word is
// evil.
func hostile(tb testing.TB) *report.Report {
	tb.Helper()
	r := frozen(tb, "redirect-4434")
	r.Targets[0].Source = &report.Source{File: "f", Line: 3}
	r.Targets[0].Traces = nil
	why := "w"
	suppressed := r.Targets[0].Findings[0]
	suppressed.Suppressed = &why
	warning := r.Targets[0].Findings[0]
	warning.ID, warning.Severity = "f3", report.Warning
	r.Targets[0].Findings = append(r.Targets[0].Findings, suppressed, warning)
	r.Notes = append(r.Notes, "n")
	r.Targets[0].Verdicts[0].Findings = append(r.Targets[0].Verdicts[0].Findings, warning)
	poison(reflect.ValueOf(r).Elem())
	r.Exit.Reason = "not_ready"
	return r
}

func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(evil)
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[report.Run]() {
			v.FieldByName("Policy").SetString(evil)
			return
		}
		for _, field := range v.Fields() {
			if field.CanSet() {
				poison(field)
			}
		}
	default:
	}
}

// Whatever is in a report, what is written is plain text, is not empty where
// there is something to say, and is the same each time.
func TestMachinesArePlain(t *testing.T) {
	for _, f := range machines {
		t.Run(f.Name, func(t *testing.T) {
			r := hostile(t)
			got := written(t, f.Write, r)
			if i := strings.IndexFunc(got, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) && c != '\ufe0f' }); i >= 0 || !utf8.ValidString(got) {
				t.Errorf("%q at octet %d", got[max(0, i):min(len(got), i+20)], i)
			}
			if !strings.Contains(got, "own") {
				t.Error("nothing of it is told")
			}
			if again := written(t, f.Write, r); again != got {
				t.Errorf("the second time (-first +second):\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// Formats for machines bear a report with nothing in it, and one of a run that
// could not begin.
func TestMachinesOfNothing(t *testing.T) {
	begun := report.Report{Exit: report.Exit{Code: 3, Reason: "inconclusive"}, Notes: []string{"no resolver"}}
	for _, f := range machines {
		t.Run(f.Name, func(t *testing.T) {
			_ = written(t, f.Write, &report.Report{})
			if got := written(t, f.Write, &begun); f.Name != "prometheus" && !strings.Contains(got, "no resolver") {
				t.Errorf("the reason is not told:\n%s", got)
			}
		})
	}
}

// oneTarget is a report of a target with these outcomes.
func oneTarget(ready *bool, os ...report.Outcome) *report.Report {
	t := report.Target{Identifier: report.Identifier{Type: "dns", Value: "example.com"}, Ready: ready, Verdicts: os}
	for _, o := range os {
		t.Findings = append(t.Findings, o.Findings...)
	}
	for _, v := range []report.Verdict{report.WouldIssue, report.WouldNot} {
		if got := v.Ready(); ready != nil && *got == *ready {
			t.Verdict = v
		}
	}
	return &report.Report{Ready: ready, Targets: []report.Target{t}, Summary: report.Summarize(t.Findings)}
}

// outcomeOf is an outcome of a method with findings.
func outcomeOf(m probes.Method, v report.Verdict, decisive bool, fs ...report.Finding) report.Outcome {
	o := report.Outcome{Method: m, Verdict: v, Decisive: decisive, Word: v.Word(0), Why: "the reason", Findings: fs}
	for _, f := range fs {
		o.Codes = append(o.Codes, f.Code)
	}
	return o
}

func aFinding(code string, s report.Severity) report.Finding {
	return report.Finding{ID: code, Code: code, Severity: s, Summary: "about " + code, Title: "title", Fingerprint: "sha256:" + code}
}

var yes, no = true, false
