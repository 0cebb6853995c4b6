package judge_test

// This file holds that nothing is ever said against a server that is well, and
// that looking at it is cheap.

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/report"
)

func healthyWorlds(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(testdata + "healthy/*.world")
	if err != nil || len(files) < 40 {
		tb.Fatalf("%d healthy worlds: %v", len(files), err)
	}
	return files
}

// Each is checked with its own token and with one that nobody knows, as users
// do, curious or not.
func TestNothingIsSaidAgainstTheHealthy(t *testing.T) {
	for _, file := range healthyWorlds(t) {
		if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "# ") {
			t.Errorf("%s does not say what it is: %v", file, err)
		}
		for _, unknown := range []bool{false, true} {
			for _, o := range []beyond.Options{{}, {Deep: true}} {
				name := fmt.Sprintf("%s/unknown=%v/deep=%v", strings.TrimSuffix(filepath.Base(file), ".world"), unknown, o.Deep)
				t.Run(name, func(t *testing.T) {
					wellAndCheap(t, see(loadWorld(t, file), manner{Options: o, unknown: unknown}), o)
				})
			}
		}
	}
}

func wellAndCheap(t *testing.T, s sight, o beyond.Options) {
	t.Helper()
	for _, f := range s.outcome.Findings {
		if f.Severity != report.Info {
			t.Errorf("%v[%s]: %s: %+v", f.Severity, f.Code, f.Summary, f.Evidence)
		}
	}
	if s.outcome.Verdict != report.WouldIssue || s.outcome.Word != "pass" {
		t.Errorf("verdict %v (%s): %s", s.outcome.Verdict, s.outcome.Word, s.outcome.Why)
	}
	if n := len(s.requests); !o.Deep && n > beyond.Requests {
		t.Errorf("%d HTTP requests", n)
	}
}

// Whoever adds a packet to a healthy check says so here.
func TestLedger(t *testing.T) {
	s := see(loadWorld(t, testdata+"healthy/dual-stack.world"), manner{})
	want := []string{
		"lookup www.example.com A",
		"lookup www.example.com AAAA",
		"dial [2001:db8::10]:80",
		"fetch [2001:db8::10]:80",
		"address: dial 192.0.2.10:80",
		"port-443: dial [2001:db8::10]:443",
		"port-443: dial 192.0.2.10:443",
		"address: dial 192.0.2.10:80",
		"address: fetch 192.0.2.10:80",
		"token: dial [2001:db8::10]:80",
		"token: fetch [2001:db8::10]:80",
	}
	for range 5 {
		want = append(want, "again: dial [2001:db8::10]:80", "again: fetch [2001:db8::10]:80")
	}
	if got := ledger(s.trace); !slices.Equal(got, want) {
		t.Errorf("the flows of a healthy check:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(s.requests) != 8 {
		t.Errorf("%d HTTP requests arrived", len(s.requests))
	}
}

// ledger is what a trace sent, a line a flow.
func ledger(t probes.Trace) []string {
	var out []string
	for _, s := range t {
		var what string
		switch f := s.Fact.(type) {
		case probes.Lookup:
			what = "lookup " + f.Name + " " + f.Type
		case probes.Dial:
			what = "dial " + f.To.String()
		case probes.Handshake:
			what = "handshake " + f.To.String()
		case probes.Fetch:
			what = "fetch " + f.To.String()
		case probes.Given, probes.Route, probes.Served, probes.Exchange:
			continue // nothing is sent
		}
		if s.Beyond != "" {
			what = string(s.Beyond) + ": " + what
		}
		out = append(out, what)
	}
	return out
}
