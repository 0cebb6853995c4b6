package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.client-cert",
	Severity: report.Error,
	Title:    "the https target demands a client certificate",
	Means:    "The CA follows the redirect to https, but it has no client certificate to show.",
	Causes: []string{
		"client certificates are demanded for the whole site, the challenge path included",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "ask for the certificate without demanding it, and demand it per location", Snippet: "ssl_verify_client optional;"}, {For: "Apache", Text: "ask for the certificate without demanding it, and demand it per location", Snippet: "SSLVerifyClient optional"}, {For: "HAProxy", Text: "ask for the certificate without demanding it", Snippet: "bind :443 ssl crt … ca-file … verify optional"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Masks:   []string{"http01.tls.alert"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Failed("", probes.FaultAlert) || !r.Handshake.Asked {
			return nil
		}
		return one(r.where(), "the https server you redirect to demands a client certificate; the CA has none", in.ended(r))
	},
})
