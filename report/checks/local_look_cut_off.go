package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.look.cut-off",
	Severity: report.Info,
	Title:    "the look was cut off before it ended",
	Means:    "The look was interrupted, or its time ran out, before the CA would have decided. What it would have said is open.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "acmecheck", Text: "look again, and let it come to its end"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.Decision.Undecided, "the look was cut off before it ended", "")
	},
})
