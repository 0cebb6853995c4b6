package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.request.failed",
	Severity: report.Error,
	Title:    "the request fails",
	Means:    "The request got no answer that the CA takes.",
	Causes: []string{
		"nothing better is known; the trace in the JSON report has every step",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "look at what the server logs at this moment; the trace of the JSON report has every step, with its time"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Generic: true,
	Detect: func(in *In) []Found {
		if !in.Refused() {
			return nil
		}
		if len(in.Requests) == 0 {
			return one(string(in.Given.Identifier), "the CA refuses before it makes a request", report.Evidence{Probe: "p1", Field: "rule", Text: string(in.Decision.Rule)})
		}
		return one(in.Last().where(), "the request fails: "+in.Last().ending(), in.ended(in.Last()))
	},
})
