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
		return in.here(in.Decision.Undecided, "the look was cut off before it ended", "")
	},
})
