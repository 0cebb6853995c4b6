package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// By the same rules a saved report is judged as it was, down to the octet. An
// order's end is not in a report, which says so.
func TestJudgedAgainIsTheSame(t *testing.T) {
	for _, s := range samplesOf(t) {
		t.Run(s.name, func(t *testing.T) {
			r, err := (&judgeOptions{}).again(decoded(t, s.Report))
			if err != nil {
				t.Fatal(err)
			}
			if s.Issuance != nil {
				if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, "the order is not judged again") }) {
					t.Errorf("notes: %q", r.Notes)
				}
				return
			}
			if diff := cmp.Diff(string(encoded(t, s.Report)), string(encoded(t, r))); diff != "" && !withOrder(s) {
				t.Errorf("judged again (-was +is):\n%s", diff)
			}
		})
	}
}

// withOrder reports whether a sample knows more than was seen: what a solver's
// key may write, of which no CA was told.
func withOrder(s sample) bool {
	for _, t := range s.Targets {
		for _, f := range t.Findings {
			if f.Evidence[0].Probe == "ca" {
				return true
			}
		}
	}
	return false
}

// judged is what judge says to a report, and its exit code.
func judged(t *testing.T, r *report.Report, args ...string) (out string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, encoded(t, r), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	code = execute(t.Context(), append([]string{"judge", file}, args...), &b, io.Discard)
	return b.String(), code
}

func reportOf(t *testing.T, name string) *report.Report {
	t.Helper()
	for _, s := range samplesOf(t) {
		if s.name == name {
			return s.Report
		}
	}
	t.Fatalf("no sample %s", name)
	return nil
}

// Another policy and another present change what depends on them, and the report
// says what has changed, and what could not be judged.
func TestJudgeByOtherRules(t *testing.T) {
	older := decoded(t, reportOf(t, "redirect-4434"))
	older.Run.Policy = "letsencrypt@v0.20250101.0"
	unknown := decoded(t, older)
	unknown.Run.Policy = "acme@1"
	tests := []struct {
		name string
		*report.Report
		args string
		code int
		want []string
	}{
		{"older", older, "", 1, []string{"note: it was looked by the rules of letsencrypt@v0.20250101.0 and is judged by those of " + policy.LetsEncrypt().ID()}},
		{"unknown", unknown, "", 2, nil},
		{"unknown, judged by a known one", unknown, "--policy letsencrypt", 1, []string{"note: it was looked by the rules of acme@1"}},
		{"pebble", reportOf(t, "healthy"), "--policy pebble", 3, []string{
			"note: the policy pebble has no rules for dns-01, dns-account-01, dns-persist-01, tls-alpn-01: not judged",
			"note: example.com, http-01: it was pass, and is inconclusive",
		}},
		{"a gate", reportOf(t, "redirect-4434"), "--exit-zero", 0, nil},
		{"a record expires", reportOf(t, "dnspersist01_record_expired/future"), "--as-of 2200-01-01", 1, []string{"it was pass, and is fail", "dnspersist01.record.expired"}},
		{"no date", reportOf(t, "healthy"), "--as-of tomorrow", 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, code := judged(t, tt.Report, strings.Fields(tt.args)...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in:\n%s", want, out)
				}
			}
		})
	}
}

// A target that had to wait for others begins as late when it is judged again.
func TestJudgedAgainBeginsAsLate(t *testing.T) {
	r := decoded(t, reportOf(t, "redirect-4434"))
	for i := range r.Targets[0].Probes {
		r.Targets[0].Probes[i].StartMS += 5000
	}
	again, err := (&judgeOptions{}).again(decoded(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(encoded(t, r)), string(encoded(t, again))); diff != "" {
		t.Errorf("judged again (-was +is):\n%s", diff)
	}
}

// What only a newer acmecheck knows is not judged, and the rest is.
func TestJudgeWhatIsNewer(t *testing.T) {
	was := reportOf(t, "geo-blocked").Targets[0]
	r := decoded(t, reportOf(t, "geo-blocked"))
	traces := r.Targets[0].Traces
	for i := range traces {
		if traces[i].Method == was.Verdicts[1].Method && traces[i].Vantage == "local" {
			traces[i].Steps = probes.Trace{} // as Decode leaves it
		}
	}
	again, err := (&judgeOptions{}).again(r)
	if err != nil {
		t.Fatal(err)
	}
	others := slices.Delete(slices.Clone(was.Verdicts), 1, 2)
	if diff := cmp.Diff(others, again.Targets[0].Verdicts, cmpopts.IgnoreFields(report.Outcome{}, "Shows", "Findings", "Probes")); diff != "" {
		t.Errorf("the other verdicts (-was +is):\n%s", diff)
	}
	if !slices.Contains(again.Notes, "1 of its traces hold what only a newer acmecheck knows: not judged") {
		t.Errorf("notes: %q", again.Notes)
	}
}

// What its user declared of the network goes with a report: without it a private
// address would be a fault that it was not.
func TestJudgeKnowsWhatWasDeclared(t *testing.T) {
	r := decoded(t, reportOf(t, "healthy"))
	if _, code := judged(t, r); code != 0 {
		t.Errorf("with the ranges exit code %d", code)
	}
	r.Run.Declared.Public = nil
	if _, code := judged(t, r); code != 1 {
		t.Errorf("without the ranges exit code %d", code)
	}
	r.Run.Declared = nil // from before the first release
	if _, code := judged(t, r); code != 1 {
		t.Errorf("without anything exit code %d", code)
	}
	r.Run.Declared = &report.Declared{Public: []string{"everything"}}
	if _, code := judged(t, r); code != 2 {
		t.Errorf("with nonsense exit code %d", code)
	}
}
