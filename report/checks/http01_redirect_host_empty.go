package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.host-empty",
	Severity: report.Error,
	Title:    "the target has no host",
	Means:    "A redirect has to say where to go: its Location names no host.",
	Causes: []string{
		"a variable for the host name is empty in the redirect rule",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleHostEmpty) || len(in.Requests) == 0 {
			return nil
		}

		return one(in.Decision.Target, "your server redirects to a URL without a host", in.location(in.Last()))
	},
})
