package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.socket.failed",
	Severity: report.Info,
	Title:    "this machine could not open a connection",
	Means:    "The operating system refused to open a connection, so nothing was sent and nothing is known of the target.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "this machine", Text: "raise the limit of open files of the process, if the error says so; this shows it", Snippet: "ulimit -n"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect:    func(in *In) []Found { return in.here(in.noSocket(), "this machine could not open a connection", "") },
})
