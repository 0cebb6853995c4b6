package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.protocol.not-http",
	Severity: report.Error,
	Title:    "what answers is not HTTP/1",
	Means:    "The CA asked in HTTP/1.1 and got something else.",
	Causes: []string{
		"another service (SSH, a mail server, a raw TCP service) has the port",
		"a broken or very old server answers without a status line",
		"the application writes a malformed header",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "answer with a well-formed HTTP/1.1 head: a status line, fields, an empty line"},
		{For: "router", Text: "forward the port to the web server"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultNotHTTP, probes.FaultEncoding) && !in.Failed("read", probes.FaultOther) {
			return nil
		}
		r := in.Last()
		return one(r.where(), fmt.Sprintf("port %d answers, but not in HTTP/1.1", r.Dial.To.Port()), in.ended(r))
	},
})
