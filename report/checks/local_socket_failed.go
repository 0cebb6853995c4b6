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
	Detect:    func(in *In) []Found { return in.here(in.noSocket(), "this machine could not open a connection", "") },
})
