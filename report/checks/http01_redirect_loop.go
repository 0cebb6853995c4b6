package checks

import (
	"fmt"
	"slices"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.loop",
	Severity: report.Error,
	Title:    "the redirect comes back to an earlier URL",
	Means:    "The CA stops as soon as a redirect leads to a URL it has already requested.",
	Causes: []string{
		"a proxy in front ends TLS and the server behind it redirects all plain HTTP to https again (X-Forwarded-Proto)",
		"two rules disagree about www, or about a final slash",
		"the server sets a cookie and waits for it; a CA keeps no cookies",
	},
	FixBy: Server,
	Fixes: append([]Fix{
		{For: "nginx", Text: "behind a proxy, look at what the visitor used before redirecting", Snippet: "if ($http_x_forwarded_proto = http) { return 301 https://$host$request_uri; }"},
		{For: "Apache", Text: "behind a proxy, look at what the visitor used before redirecting", Snippet: "RewriteEngine On\nRewriteCond %{HTTP:X-Forwarded-Proto} =http\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"},
	}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecordFromRedirect"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleLoop) {
			return nil
		}
		back := slices.IndexFunc(in.Requests, func(r Request) bool { return r.URL.String() == in.Decision.Target })
		say := "your redirects go in a circle: " + in.Decision.Target + " comes up again"
		evidence := []report.Evidence{in.location(in.Last())}
		if back >= 0 {
			say = fmt.Sprintf("your redirects go in a circle: hop %d leads back to hop %d", in.Last().N, in.Requests[back].N)
			evidence = append(evidence, in.saw(in.Requests[back], "url", "hop %d was %s", in.Requests[back].N, in.Decision.Target))
		}
		if cookie := in.Last().Fetch.Field("Set-Cookie"); cookie != "" {
			evidence = append(evidence, in.saw(in.Last(), "headers.set-cookie", "Set-Cookie: %s", cookie))
		}
		return one(in.Decision.Target, say, evidence...)
	},
})
