package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.too-many",
	Severity: report.Error,
	Title:    "more than 10 requests, so more than 9 redirects",
	Means:    "The CA makes at most 10 HTTP requests: the first and 9 redirects. An attempt at IPv6 that fails over to IPv4 uses one. (Its documentation says 10 redirects; before 28 September 2026 it followed that many.)",
	Causes:   []string{"redirect rules that each correct one thing (https, www, path, language) follow one another", "a redirect loop that changes its URL each time"},
	FixBy:    Server,
	Fixes:    answerHere(),
	Again:    "acmecheck {target}",
	Topics:   []string{"hops"},
	Sources:  []string{docsHTTP01, vaHTTP + " maxRequests"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleTooMany) {
			return nil
		}
		redirects, dead := 0, 0
		evidence := []report.Evidence{in.location(in.Last())}
		for _, r := range in.Requests {
			switch {
			case r.Dialled.Fault != nil:
				dead++
				evidence = append(evidence, in.ended(r))
			case r.Fetch.Status/100 == 3:
				redirects++
			}
		}
		say := fmt.Sprintf("10 requests used (%d redirects followed), and your server redirects once more", redirects-1)
		if dead > 0 {
			say = fmt.Sprintf("10 requests used (%d redirects followed, %d attempts at a dead IPv6 address), and your server redirects once more", max(0, redirects-1), dead)
		}
		return one(in.Decision.Target, say, evidence...)
	},
})
