package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.not-public",
	Severity: report.Error,
	Title:    "the target's host has no public suffix",
	Means:    "The CA follows redirects only to names under a public top-level domain, written in lower case and without a final dot.",
	Causes: []string{
		"the redirect names the server's inner host name",
		"the redirect ends the name in a dot",
		"the name is misspelled",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord; iana/iana.go ExtractSuffix"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleSuffix) || len(in.Requests) == 0 {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("your server redirects to %q, which is no public name", to.Hostname()), marked(in.location(in.Last()), to.Hostname(), "the CA stops here"))
	},
})
