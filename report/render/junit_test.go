package render

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/report"
)

// junitReader is a consumer of JUnit files that is not ours. It prints what it
// read: the counts, and of each case its names, its result and the message.
const junitReader = `
import json, sys
from junitparser import JUnitXml
x = JUnitXml.fromfile(sys.argv[1])
cases = [[s.name, c.classname, c.name, [[type(r).__name__, r.message] for r in c.result], c.time >= 0] for s in x for c in s]
print(json.dumps({"Tests": x.tests, "Failures": x.failures, "Skipped": x.skipped, "Errors": x.errors, "Cases": cases}))
`

type junitSeen struct {
	Tests, Failures, Skipped, Errors int
	Cases                            [][]any
}

// junitRead has Debian's python3-junitparser read a file.
func junitRead(t *testing.T, doc string) junitSeen {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which has Debian's modules
	if exec.CommandContext(t.Context(), python, "-c", "import junitparser").Run() != nil {
		t.Skip("needs python3-junitparser")
	}
	file := filepath.Join(t.TempDir(), "junit.xml")
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "-c", junitReader, file).Output()
	if err != nil {
		t.Fatalf("%v %s\n%s", err, out, doc)
	}
	var seen junitSeen
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestJUnitIsRead(t *testing.T) {
	refused := outcomeOf("http-01", report.WouldNot, true, aFinding("net.connect.refused", report.Error))
	byTheWay := outcomeOf("tls-alpn-01", report.WouldNot, false, aFinding("tlsalpn01.protocol.other", report.Error))
	open := outcomeOf("dns-01", report.CannotTell, true)
	pass := outcomeOf("http-01", report.WouldIssue, true, aFinding("net.ipv4.dropped", report.Warning))
	caa := outcomeOf("caa", report.WouldIssue, true)
	caa.For = "http-01"
	ignored := "ignored: --ignore net"
	waived := aFinding("net.connect.refused", report.Error)
	waived.Suppressed = &ignored
	partly := outcomeOf("http-01", report.WouldNot, true, waived, aFinding("net.read.timeout", report.Error))
	ordered := oneTarget(&yes, pass)
	ordered.Issuance = &report.Issuance{Problem: &report.Problem{Type: "urn:ietf:params:acme:error:rateLimited", Detail: "too many"}}
	unbegun := &report.Report{Exit: report.Exit{Code: 9, Reason: "lab_unavailable"}, Notes: []string{"no lab"}}
	run := func(s, class, name string, results ...any) []any {
		if results == nil {
			results = []any{}
		}
		return []any{s, class, name, results, true}
	}
	result := func(kind, message string) any { return []any{kind, message} }
	const e = "example.com"
	tests := []struct {
		name string
		r    *report.Report
		want junitSeen
	}{
		{"ready", oneTarget(&yes, pass, caa), junitSeen{Tests: 2, Cases: [][]any{run(e, "acmecheck.http-01", "http-01 for example.com"), run(e, "acmecheck.caa", "caa (http-01) for example.com")}}},
		{"refused", oneTarget(&no, refused, byTheWay), junitSeen{2, 1, 1, 0, [][]any{
			run(e, "acmecheck.http-01", "http-01 for example.com", result("Failure", "about net.connect.refused")),
			run(e, "acmecheck.tls-alpn-01", "tls-alpn-01 for example.com", result("Skipped", "does not count: about tlsalpn01.protocol.other")),
		}}},
		{"cannot tell", oneTarget(nil, open), junitSeen{Tests: 1, Skipped: 1, Cases: [][]any{run(e, "acmecheck.dns-01", "dns-01 for example.com", result("Skipped", "cannot tell: the reason"))}}},
		{"any method", oneTarget(&yes, refused), junitSeen{Tests: 1, Skipped: 1, Cases: [][]any{run(e, "acmecheck.http-01", "http-01 for example.com", result("Skipped", "does not count: about net.connect.refused"))}}},
		{"waived", oneTarget(&no, outcomeOf("http-01", report.WouldNot, true, waived)), junitSeen{Tests: 1, Skipped: 1, Cases: [][]any{run(e, "acmecheck.http-01", "http-01 for example.com", result("Skipped", "does not count: about net.connect.refused"))}}},
		{"partly waived", oneTarget(&no, partly), junitSeen{Tests: 1, Failures: 1, Cases: [][]any{run(e, "acmecheck.http-01", "http-01 for example.com", result("Failure", "about net.connect.refused"))}}},
		{"refused order", ordered, junitSeen{2, 1, 0, 0, [][]any{
			run(e, "acmecheck.http-01", "http-01 for example.com"),
			run("acmecheck", "acmecheck.issue", "order", result("Failure", "the CA refused (rateLimited)")),
		}}},
		{"could not begin", unbegun, junitSeen{Tests: 1, Skipped: 1, Cases: [][]any{run("acmecheck", "acmecheck.run", "run", result("Skipped", "Cannot tell. no lab"))}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, junitRead(t, written(t, JUnit, tt.r))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What a server sends ends no element, and is there to be read.
func TestJUnitOfHostile(t *testing.T) {
	seen := junitRead(t, written(t, JUnit, hostile(t)))
	if seen.Tests != 2 || seen.Failures != 1 || len(seen.Cases) != 2 {
		t.Errorf("%+v", seen)
	}
}

func TestExtent(t *testing.T) {
	ps := []report.Probe{{StartMS: 40, DurationMS: 10}, {StartMS: 45, DurationMS: 30}, {StartMS: 41, DurationMS: 1}}
	if got := seconds(extent(ps)); got != "0.035" || extent(nil) != 0 {
		t.Errorf("got %s s", got)
	}
}
