package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.cdn.blocked",
	Severity: report.Error,
	Title:    "the CDN blocks, or cannot reach, the origin",
	Means:    "The content delivery network in front refuses the request, or cannot get an answer from your server.",
	Causes: []string{
		"the CDN cannot connect to the origin (520 to 526), or the origin has no virtual host for the challenge on the port the CDN uses",
		"a security rule of the CDN blocks the request",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "CDN", Text: "exempt GET /.well-known/acme-challenge/* from security rules and from \"always use https\""},
		{For: "CDN", Text: "let the CDN issue the certificate of its edge, and use the certificate of the CDN, or dns-01, for the origin"},
		{For: "your app", Text: "answer the challenge on the port by which the CDN reaches you"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, "https://letsencrypt.org/docs/challenge-types/"},
	Masks:   []string{"http01.response.status", "http01.cdn.in-front", "http01.waf.path"},
	Detect: func(in *In) []Found {
		r := in.Last()
		name, sign := cdn(r.Fetch)
		code := in.Decision.Status
		if !in.Stopped(policy.RuleStatus) || name == "" || code < 520 && code != 403 && code != 502 && code != 503 && code != 504 {
			return nil
		}
		say := fmt.Sprintf("%s answers %d: it refuses the request", name, code)
		if code >= 502 {
			say = fmt.Sprintf("%s answers %d: it gets no answer from your server", name, code)
		}
		return []Found{{Subject: r.URL.String(), Certainty: report.Likely, Say: say, Evidence: []report.Evidence{in.status(r), in.saw(r, "headers", "%s", sign)}}}
	},
})
