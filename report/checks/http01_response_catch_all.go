package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.catch-all",
	Severity: report.Warning,
	Title:    "any token gets a page: an app catches the path",
	Means:    "A token nobody knows should be answered with 404. This server answers 200 with something else, so a real token may be answered with that too.",
	Causes: []string{
		"an application answers every path with its own page (WordPress, a single-page app, proxy_pass /)",
		"a parking page or a bot wall answers",
	},
	FixBy:   App,
	Fixes:   serveHere(),
	Again:   "acmecheck {target}",
	Ignore:  "your ACME client answers the challenge ahead of the application, as Caddy and Traefik do",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		r := in.Last()
		d := in.Decision
		if !d.Excused(in.Given.Proof) || d.Rule == policy.RuleStatus || stateless(in, r.Fetch) {
			return nil
		}
		evidence := []report.Evidence{in.status(r), in.body(r)}
		if l, ok := in.best(probes.BeyondToken); ok && l.Fault == nil && l.Fetched != nil {
			evidence = append(evidence, look(l, "another token, which nobody knows either: %d", l.Fetch.Status))
		}
		return []Found{{
			Subject: r.URL.String(), Certainty: report.Likely, Evidence: evidence,
			Say:    "a token that nobody knows gets 200 and another text; a real one may get the same",
			Settle: "acmecheck --webroot DIR {target}",
		}}
	},
})
