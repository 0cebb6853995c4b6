package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.port.in-use",
	Severity: report.Warning,
	Title:    "another process holds the port",
	Means:    "A challenge server of its own, as --serve or an ACME client in standalone mode starts one, needs port 80 for itself.",
	Causes:   []string{"a web server already runs here: let it serve the token", "another ACME client is still running"},
	FixBy:    Client,
	Fixes: []Fix{
		{For: "your app", Text: "let the server that runs here serve the token (the client's webroot mode)"},
		{For: "this machine", Text: "find out which it is", Snippet: "sudo ss -ltnp 'sport = :80'"},
		{For: "your app", Text: "stop it while the order runs", Snippet: "certbot certonly --standalone --pre-hook 'systemctl stop nginx' --post-hook 'systemctl start nginx'"},
	},
	Again:     "acmecheck --serve {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		for _, l := range in.Looked(probes.BeyondServed) {
			if l.Served.Taken != "" {
				return []Found{{
					Subject: "port 80", Certainty: report.Certain, Say: l.Served.Taken + " holds port 80 of this machine, so acmecheck could not answer there",
					Evidence: []report.Evidence{look(l, "port 80 of this machine: %s", l.Served.Taken)},
					Settle:   "acmecheck --webroot DIR {target}",
				}}
			}
		}
		return nil
	},
})
