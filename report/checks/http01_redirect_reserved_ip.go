package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.reserved-ip",
	Severity: report.Error,
	Title:    "the target is a reserved address",
	Means:    "No public CA connects to private or reserved addresses, so a redirect there ends the validation.",
	Causes: []string{
		"the server redirects to its own inner address",
		"the redirect uses an address in place of the name",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord; iana/ip.go"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleReserved) || len(in.Requests) == 0 {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("your server redirects to %s, which no public CA can reach", to.Hostname()), marked(in.location(in.Last()), to.Hostname(), "the CA stops here"))
	},
})
