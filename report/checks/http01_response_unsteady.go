package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.unsteady",
	Severity: report.Warning,
	Title:    "the same request is answered in different ways",
	Means:    "The CA asks from several places within seconds. When only some of the answers are right, validation passes by luck.",
	Causes: []string{
		"one of several servers behind the address does not have the token or the rule",
		"a limit or a filter steps in after the first requests",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "let every server behind the address answer the challenge; keep tokens where all of them read"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		r := in.Opening()
		if r.Fetched == nil || r.Fetched.Fault != nil {
			return nil
		}
		for _, l := range in.Looked(probes.BeyondAgain) {
			if l.Fetched != nil && outcome(l.Request) != outcome(r) {
				return one(r.where(), fmt.Sprintf("%d requests alike, and %s", len(in.Looked(probes.BeyondAgain))+1, tally(in)), in.saw(r, "answer", "first: %s", outcome(r)), look(l, "again: %s", outcome(l.Request)))
			}
		}
		return nil
	},
})

// tally counts how the same request was answered.
func tally(in *In) string {
	count := map[string]int{outcome(in.Opening()): 1}
	for _, l := range in.Looked(probes.BeyondAgain) {
		count[outcome(l.Request)]++
	}
	var out []string
	for word, n := range count {
		out = append(out, fmt.Sprintf("%d × %s", n, word))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
