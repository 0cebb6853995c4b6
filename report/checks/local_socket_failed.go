package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "local.socket.failed",
	Severity:  report.Info,
	Title:     "this machine could not open a connection",
	Means:     "This says nothing about the target: the look failed on our side.",
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.noSocket() {
			return nil
		}
		last := in.Trace[0]
		for _, s := range in.Trace {
			if s.Beyond == "" && s.Fault != nil {
				last = s
			}
		}
		return []Found{{
			Subject: "here", Certainty: report.Certain, Say: "this machine could not open a connection", Settle: "",
			Evidence: []report.Evidence{{Probe: "p1", Hop: report.Natural(last.Hop), Step: report.Natural(last.ID), Field: "error", Text: ourFault(last)}},
		}}
	},
})
