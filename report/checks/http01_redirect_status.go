package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.status",
	Severity: report.Error,
	Title:    "redirect status not followed",
	Means:    "CAs follow the statuses 301, 302, 307 and 308 and no other (Baseline Requirements 3.2.2.4.19).",
	Causes:   []string{"an application answers with 303 See Other, as after a form", "a cache answers 304 to a request that had nothing to compare"},
	FixBy:    App,
	Fixes:    append([]Fix{{For: "your app", Text: "redirect with 301 or 308"}}, answerHere()...),
	Again:    "acmecheck {target}",
	Sources:  []string{docsHTTP01, vaHTTP + " processHTTPValidation; BRs 3.2.2.4.19"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleRedirectStatus) {
			return nil
		}
		r := in.Last()
		return one(r.URL.String(), fmt.Sprintf("your server answers %d; the CA follows 301, 302, 307 and 308 only", r.Fetch.Status),
			in.status(r), in.location(r))
	},
})
