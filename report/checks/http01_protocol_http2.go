package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.protocol.http2",
	Severity: report.Error,
	Title:    "port 80 speaks HTTP/2 only",
	Means:    "The CA speaks HTTP/1.1 on port 80. This server answers with HTTP/2 frames and does not understand it.",
	Causes: []string{
		"HTTP/2 was switched on for the plain port too (nginx: \"listen 80 http2\")",
		"the port belongs to a gRPC or h2c service",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "nginx", Text: "take http2 off the plain port", Snippet: "listen 80;"},
		{For: "HAProxy", Text: "take proto h2 off the plain port", Snippet: "bind :80"},
		{For: "your app", Text: "serve HTTP/1.1 on port 80, or put a proxy that does in front"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Masks:   []string{"net.connect.closed", "net.connect.reset", "net.read.timeout", "http01.protocol.not-http"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if in.Failed("", probes.FaultHTTP2) {
			return one(r.where(), fmt.Sprintf("port %d speaks HTTP/2 and no HTTP/1.1", r.Dial.To.Port()), in.ended(r))
		}
		l, looked := in.best(probes.BeyondPreface)
		if !looked || l.Fault == nil || l.Fault.Kind != probes.FaultHTTP2 || !in.Failed("", probes.FaultClosed, probes.FaultReset, probes.FaultNotHTTP, probes.FaultTimeout) {
			return nil
		}
		return one(r.where(), fmt.Sprintf("port %d speaks HTTP/2 and no HTTP/1.1", r.Dial.To.Port()), in.ended(r), look(l, "to HTTP/2's preface it answers with HTTP/2"))
	},
})
