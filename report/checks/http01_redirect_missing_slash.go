package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.missing-slash",
	Severity: report.Error,
	Title:    "a slash is missing before .well-known",
	Means:    "The redirect glues the path onto the host name, so the CA would have to look up a host that ends in .well-known.",
	Causes:   []string{"the target of a redirect rule lacks its final slash (Apache: Redirect / https://name)"},
	FixBy:    Server,
	Fixes: append([]Fix{
		{For: "Apache", Text: "end the target in a slash", Snippet: "Redirect permanent / https://{name}/"},
		{For: "nginx", Text: "use the whole request path", Snippet: "return 301 https://$host$request_uri;"},
		{For: "Caddy", Text: "use the whole request path", Snippet: "redir https://{host}{uri}"},
		{For: "HAProxy", Text: "redirect by scheme, not by prefix", Snippet: "http-request redirect scheme https unless { ssl_fc }"},
		{For: "lighttpd", Text: "keep the slash in the target", Snippet: "url.redirect = (\"\" => \"https://{name}${url.path}${qsa}\")"},
	}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecordFromRedirect"},
	Masks:   []string{"http01.redirect.not-public"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleMissingSlash) {
			return nil
		}
		to := parse(in.Decision.Target)
		return one(in.Decision.Target, fmt.Sprintf("a slash is missing in your redirect: it leads to the host %q", to.Hostname()),
			marked(in.location(in.Last()), ".well-known", "a slash belongs before this"))
	},
})
