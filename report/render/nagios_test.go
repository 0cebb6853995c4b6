package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
)

func TestNagiosCode(t *testing.T) {
	tests := []struct {
		name     string
		ready    *bool
		exit     report.Exit
		warnings int
		want     int
	}{
		{"ready", &yes, report.Exit{Reason: "ok"}, 0, 0},
		{"ready with a warning", &yes, report.Exit{Reason: "ok"}, 1, 1},
		{"strict changes nothing", &yes, report.Exit{Code: 4, Reason: "warnings"}, 1, 1},
		{"not ready", &no, report.Exit{Code: 1, Reason: "not_ready"}, 0, 2},
		{"exit-zero changes nothing", &no, report.Exit{Reason: "not_ready"}, 0, 2},
		{"cannot tell", nil, report.Exit{Code: 3, Reason: "inconclusive"}, 0, 3},
		{"cannot tell, allowed", nil, report.Exit{Reason: "inconclusive_allowed"}, 0, 1},
		{"no lab", nil, report.Exit{Code: 9, Reason: "lab_unavailable"}, 0, 3},
		{"interrupted", &no, report.Exit{Code: 130, Reason: "interrupted"}, 0, 3},
		{"ignored", &no, report.Exit{Reason: "ignored"}, 0, 0},
		{"known, and a new warning", &no, report.Exit{Reason: "known"}, 1, 1},
		{"the CA refused", &yes, report.Exit{Code: 5, Reason: "ca_refused"}, 0, 2},
		{"rate limited", &yes, report.Exit{Code: 6, Reason: "rate_limited"}, 0, 2},
		{"not confirmed", &yes, report.Exit{Code: 7, Reason: "not_confirmed"}, 0, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &report.Report{Ready: tt.ready, Exit: tt.exit, Summary: report.Summary{Warning: tt.warnings}}
			if got := NagiosCode(r); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// The first line is state, text and figures, and nothing else has a bar: it
// would begin figures of its own.
var nagiosFirst = regexp.MustCompile(`^ACMECHECK (OK|WARNING|CRITICAL|UNKNOWN) - [^|]+ \| time=\d+\.\d{3}s ready=\d+ errors=\d+ warnings=\d+$`)

func TestNagiosLines(t *testing.T) {
	warned := oneTarget(&yes, outcomeOf("http-01", report.WouldIssue, true, aFinding("net.ipv4.dropped", report.Warning)))
	two := oneTarget(&yes)
	two.Targets = append(two.Targets, two.Targets[0])
	tests := []struct {
		name, begins string
		r            *report.Report
	}{
		{"ready", "ACMECHECK OK - www.example.com: Ready. | time=0.000s ready=1 errors=0 warnings=0", frozen(t, "ready")},
		{"refused", "ACMECHECK CRITICAL - example.com: Not ready: a real order now would be refused. http01.redirect.port: ", frozen(t, "redirect-4434")},
		{"warned", "ACMECHECK WARNING - example.com: Ready. net.ipv4.dropped: about net.ipv4.dropped | ", warned},
		{"two", "ACMECHECK OK - 2 targets: Ready. | time=0.000s ready=2 ", two},
		{"nothing", "ACMECHECK UNKNOWN - Cannot tell. no resolver | ", &report.Report{Notes: []string{"no resolver"}}},
		{"hostile", "ACMECHECK CRITICAL - ", hostile(t)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := written(t, Nagios, tt.r)
			first, _, _ := strings.Cut(got, "\n")
			if !strings.HasPrefix(first, tt.begins) || !nagiosFirst.MatchString(first) {
				t.Errorf("%s", first)
			}
			if strings.Count(got, "|") != 1 || !strings.HasSuffix(got, "\n") {
				t.Errorf("a bar too many, or an unended line:\n%s", got)
			}
		})
	}
}
