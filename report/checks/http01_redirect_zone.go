package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.zone",
	Severity: report.Error,
	Title:    "the target has an IPv6 scope zone",
	Means:    "An IPv6 scope zone (the part after %) means something on one machine only; no CA can follow it.",
	Causes: []string{
		"the server redirects to its own link-local address",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleZone) || len(in.Requests) == 0 {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("your server redirects to %s, an address with a zone of its own network", to.Hostname()), marked(in.location(in.Last()), to.Hostname(), "the CA stops here"))
	},
})
