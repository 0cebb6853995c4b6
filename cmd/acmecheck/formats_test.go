package main

// This file holds what is true of every format: of all that there are, and of
// those to come.

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

func written(tb testing.TB, f render.Format, r *report.Report) string {
	tb.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		tb.Fatalf("%s: %v", f.Name, err)
	}
	return b.String()
}

// Every report has a form in every format: in UTF-8, and the same once more after
// the report was saved.
func TestEveryReportInEveryFormat(t *testing.T) {
	for _, s := range samplesOf(t) {
		t.Run(s.name, func(t *testing.T) {
			saved := decoded(t, s.Report)
			for _, f := range render.Formats {
				got := written(t, f, s.Report)
				silent := got == "" && f.Name == "github" // which annotates what is not well
				if !utf8.ValidString(got) || !silent && !strings.HasSuffix(got, "\n") {
					t.Errorf("%s: empty, not UTF-8, or without a last newline: %q", f.Name, got)
				}
				if again := written(t, f, saved); again != got {
					t.Errorf("%s is not the same when saved:\n%s", f.Name, cmp.Diff(got, again))
				}
			}
		})
	}
}

// Every verdict has the findings of its codes and its own probes, with or without
// a detour over JSON.
func TestVerdictsHaveTheirOwn(t *testing.T) {
	for _, s := range samplesOf(t) {
		for _, target := range append(slices.Clone(s.Targets), decoded(t, s.Report).Targets...) {
			var walks []report.Probe
			for _, o := range target.Verdicts {
				var codes []string
				for _, f := range o.Findings {
					codes = append(codes, f.Code)
				}
				if diff := cmp.Diff(o.Codes, slices.Compact(codes), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: %s: codes of the findings (-want +got):\n%s", s.name, o.Method, diff)
				}
				if o.Method != "" && (len(o.Probes) == 0 || o.Probes[0].Kind != string(o.Method)) {
					t.Errorf("%s: %s begins with %v", s.name, o.Method, o.Probes[:min(1, len(o.Probes))])
				}
				walks = append(walks, o.Probes...)
			}
			if diff := cmp.Diff(target.Probes, walks, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: the probes of all verdicts (-want +got):\n%s", s.name, diff)
			}
		}
	}
}

// A trace of real sockets has times that JSON keeps, or it would be judged and
// drawn otherwise when saved.
func TestTimesAreWhole(t *testing.T) {
	d, err := findDemo("healthy")
	if err != nil {
		t.Fatal(err)
	}
	r, err := runDemo(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	saved := decoded(t, r)
	for i, trace := range r.Targets[0].Traces {
		for j, s := range trace.Steps {
			if was := saved.Targets[0].Traces[i].Steps[j]; s.At != was.At || s.Took != was.Took {
				t.Fatalf("step %d: at %v for %v, and %v for %v when saved", s.ID, s.At, s.Took, was.At, was.Took)
			}
		}
	}
}

// Standard output has the report and nothing else, and the exit code does not
// depend on the format, but for Nagios.
func TestDemoInEveryFormat(t *testing.T) {
	for _, f := range render.Formats {
		t.Run(f.Name, func(t *testing.T) {
			file := t.TempDir() + "/report.json"
			var out, again, errs bytes.Buffer
			code := execute(t.Context(), []string{"demo", "redirect-4434", "--format", f.Name, "--out", "json=" + file}, &out, &errs)
			if want := map[bool]int{true: 2, false: 1}[f.Name == "nagios"]; code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			said := map[bool]int{false: 1}[f.Name == "text" || f.Name == "nagios"] // those two have the verdict on a line
			if lines := strings.Count(errs.String(), "\n"); lines != said {
				t.Errorf("standard error: %s", errs.String())
			}
			if c := execute(t.Context(), []string{"render", file, "--format", f.Name}, &again, io.Discard); c != code {
				t.Errorf("render exits with %d, demo with %d", c, code)
			}
			if diff := cmp.Diff(out.String(), again.String()); diff != "" {
				t.Errorf("demo and render (-demo +render):\n%s", diff)
			}
		})
	}
}

// crowd is a report of so many targets, most of them with trouble.
func crowd(tb testing.TB, n int) *report.Report {
	tb.Helper()
	var demos []*report.Report
	for _, s := range samplesOf(tb) {
		if slices.Contains(tour, s.name) || s.name == "dns-txt-stale" {
			demos = append(demos, s.Report)
		}
	}
	if len(demos) < len(tour) {
		tb.Fatalf("%d of the demos of %v", len(demos), tour)
	}
	r := *demos[0]
	r.Targets = nil
	for i := range n {
		t := demos[i%len(demos)].Targets[0]
		t.Identifier.Value = fmt.Sprintf("n%d.%s", i, t.Identifier.Value)
		r.Targets = append(r.Targets, t)
		r.Summary.Add(report.Summarize(t.Findings))
	}
	r.Ready, r.Exit = report.WouldNot.Ready(), report.Exit{Code: 1, Reason: "not_ready"}
	return &r
}

// A report of 1,000 targets takes less than a second, and memory in proportion:
// B/op of 1000 is about ten times that of 100.
func BenchmarkRender(b *testing.B) {
	for _, f := range render.Formats {
		for _, n := range []int{100, 1000} {
			b.Run(fmt.Sprintf("%s/%d", f.Name, n), func(b *testing.B) {
				r := crowd(b, n)
				b.ReportAllocs()
				for b.Loop() {
					if err := f.Write(io.Discard, r); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// Memory is in proportion to the number of targets, in every format.
func TestRenderingIsLinear(t *testing.T) {
	allocated := func(f render.Format, n int) float64 {
		r := crowd(t, n)
		return testing.AllocsPerRun(1, func() {
			if err := f.Write(io.Discard, r); err != nil {
				t.Error(err)
			}
		})
	}
	for _, f := range render.Formats {
		few, more := allocated(f, 50), allocated(f, 500)
		if more > 12*few {
			t.Errorf("%s: %.0f allocations for 50 targets, %.0f for 500", f.Name, few, more)
		}
	}
}
