package checks

import (
	"bytes"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.bot-wall",
	Severity: report.Error,
	Title:    "a bot wall answers",
	Means:    "A wall that wants a browser to run a script or keep a cookie answers. A CA does neither.",
	Causes: []string{
		"bot protection is on for the whole site",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "CDN", Text: "exempt GET /.well-known/acme-challenge/* from the bot protection, for every User-Agent"},
		{For: "nginx", Text: "keep the wall away from the challenge", Snippet: "location ^~ /.well-known/acme-challenge/ { testcookie off; root /var/www/acme; }"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.not-found", "http01.response.status", "http01.response.html", "http01.response.mismatch", "http01.response.too-long", "http01.waf.path", "http01.cdn.blocked", "http01.response.router", "http01.response.iis", "http01.response.dot-denied", "http01.redirect.loop"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleStatus, policy.RuleMismatch, policy.RuleTooLong, policy.RuleLoop) {
			return nil
		}
		if sign := botWall(r.Fetch, in.page()); sign != "" {
			return []Found{{Subject: r.URL.String(), Certainty: report.Likely, Say: "a bot wall answers in place of your server", Evidence: []report.Evidence{in.status(r), in.saw(r, "body", "it shows by: %s", sign)}}}
		}
		return nil
	},
})

// walls are what bot walls have in their pages.
var walls = []string{"/aes.js", "/aes.min.js", "toNumbers(", "Just a moment...", "cf-challenge", "_Incapsula_Resource", "ddos-guard", "Checking your browser", "sgcaptcha", "/.well-known/sgcaptcha"}

// botWall is the sign by which an answer is a bot wall's; empty: it is not.
func botWall(f probes.Fetch, page []byte) string {
	if f.Field("Cf-Mitigated") != "" {
		return "cf-mitigated: " + f.Field("Cf-Mitigated")
	}
	for _, sign := range walls {
		if bytes.Contains(page, []byte(sign)) {
			return sign
		}
	}
	return ""
}
