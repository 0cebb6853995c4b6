package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.path-too-long",
	Severity: report.Error,
	Title:    "the target's path is longer than 2000 bytes",
	Means:    "The CA does not follow a redirect whose path is longer than 2000 bytes.",
	Causes: []string{
		"each hop appends something to the path",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "redirect to the name itself", Snippet: "return 301 https://$host$request_uri;"}, {For: "Apache", Text: "redirect to the name itself", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " maxPathSize"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RulePath) || len(in.Requests) == 0 {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("your server redirects to a path of %d bytes; the CA follows up to %d", len(to.Path), in.Policy.HTTP01.MaxPath), marked(in.location(in.Last()), to.Path[:min(len(to.Path), 20)], "the CA stops here"))
	},
})
