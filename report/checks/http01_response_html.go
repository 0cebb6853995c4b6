package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.html",
	Severity: report.Error,
	Title:    "a web page came in place of the token",
	Means:    "The CA expects the key authorization and nothing else, at most 128 bytes. It got a web page.",
	Causes: []string{
		"an application answers every path with its own page (WordPress, a single-page app, proxy_pass /)",
		"another virtual host, a parking page or a login page answers",
	},
	FixBy:   App,
	Fixes:   serveHere(),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.mismatch", "http01.response.too-long"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleMismatch, policy.RuleTooLong) || !isHTML(r.Fetch) {
			return nil
		}
		evidence := []report.Evidence{in.status(r), in.body(r)}
		say := "a web page came in place of the token"
		if l, ok := in.best(probes.BeyondToken); ok && l.Fault == nil && l.Fetched != nil && l.Fetch.Status == 200 && isHTML(l.Fetch) {
			evidence = append(evidence, look(l, "another token, which nobody knows, gets a page too"))
			say = "a web page came in place of the token: an application catches the challenge path"
		}
		return one(r.URL.String(), say, evidence...)
	},
})
