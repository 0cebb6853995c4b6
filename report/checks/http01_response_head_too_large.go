package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.head-too-large",
	Severity: report.Error,
	Title:    "the response head is too large",
	Means:    "The CA's client reads at most 10 MiB of response head.",
	Causes: []string{
		"a runaway application adds fields without end",
	},
	FixBy: App,
	Fixes: []Fix{
		{For: "your app", Text: "answer the challenge path without the fields of other pages"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultTooLarge) {
			return nil
		}
		return one(in.Last().where(), "the server's response head is larger than the CA reads", in.ended(in.Last()))
	},
})
