package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.alert",
	Severity: report.Error,
	Title:    "the https target ends the handshake with an alert",
	Means:    "The CA follows the redirect to https, but the server there breaks the TLS handshake off with an alert.",
	Causes: []string{
		"the server has no certificate or virtual host for this name (unrecognized name, internal error)",
		"versions or cipher suites do not fit",
		"a proxy cannot reach what is behind it",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "Caddy", Text: "give the name a site on 443, or keep it from redirecting until it has a certificate", Snippet: "http://{name} {\n\troot * /var/www/acme\n\tfile_server\n}"}, {For: "nginx", Text: "give the name a server block on 443; the CA does not mind a self-signed certificate", Snippet: "server { listen 443 ssl; server_name {name}; ssl_certificate …; ssl_certificate_key …; }"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultAlert) {
			return nil
		}
		r := in.Last()
		return one(r.where(), "the https server you redirect to ends the handshake: "+in.Decision.Fault.Detail, in.ended(r))
	},
})
