package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.scheme",
	Severity: report.Error,
	Title:    "redirect to a scheme other than http or https",
	Means:    "CAs follow redirects to http and https only.",
	Causes: []string{
		"a redirect meant for an app or another protocol catches the challenge path",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleScheme) || len(in.Requests) == 0 {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("your server sends the CA to %q; only http and https are followed", to.Scheme+":"), marked(in.location(in.Last()), to.Scheme, "the CA stops here"))
	},
})
