package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.closed",
	Severity: report.Error,
	Title:    "the connection is closed without an answer",
	Means:    "The connection was accepted and then closed before an answer came. (The CA says only \"Error getting validation data\".)",
	Causes: []string{
		"another service than a web server has the port",
		"a proxy accepts for a server that is not there",
		"the server closes for hosts it does not know (nginx: return 444)",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "nginx", Text: "give the name a server block that answers", Snippet: "server { listen 80; server_name {name}; … }", When: byHTTP},
		{For: "your app", Text: "answer the challenge path in HTTP/1.1", When: byHTTP},
		{For: "your app", Text: "let the ACME client answer on port 443 while the order runs, and whatever is in front pass the handshake on", When: byALPN},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultClosed) {
			return nil
		}
		r := in.Last()
		return one(r.where(), fmt.Sprintf("%s accepts the connection to port %d and closes it without an answer", r.Dial.To.Addr(), r.Dial.To.Port()), in.ended(r))
	},
})
