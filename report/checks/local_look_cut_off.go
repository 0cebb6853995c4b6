package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "local.look.cut-off",
	Severity:  report.Info,
	Title:     "the look was cut off before it ended",
	Means:     "This says nothing about the target: the look failed on our side.",
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.Decision.Undecided {
			return nil
		}
		last := in.Trace[0]
		for _, s := range in.Trace {
			if s.Beyond == "" && s.Fault != nil {
				last = s
			}
		}
		return []Found{{
			Subject: "here", Certainty: report.Certain, Say: "the look was cut off before it ended", Settle: "",
			Evidence: []report.Evidence{{Probe: "p1", Hop: report.Natural(last.Hop), Step: report.Natural(last.ID), Field: "error", Text: ourFault(last)}},
		}}
	},
})
