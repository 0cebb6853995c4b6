package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.dot-denied",
	Severity: report.Error,
	Title:    "the server denies paths that start with a dot",
	Means:    "A rule that hides dot-files hides /.well-known/ too, where the CA asks.",
	Causes: []string{
		"a common hardening snippet denies everything that starts with a dot",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "nginx", Text: "except .well-known from the rule", Snippet: "location ~ /\\.(?!well-known/) { deny all; }"},
		{For: "Apache", Text: "except .well-known from the rule", Snippet: "<DirectoryMatch \"/\\.(?!well-known)\">\n\tRequire all denied\n</DirectoryMatch>"},
		{For: "Caddy", Text: "except .well-known from the matcher", Snippet: "@dot {\n\tpath */.*\n\tnot path /.well-known/*\n}\nrespond @dot 403"},
		{For: "HAProxy", Text: "except .well-known from the rule", Snippet: "http-request deny if { path_sub /. } !{ path_beg /.well-known/ }"},
		{For: "lighttpd", Text: "except .well-known from the rule", Snippet: "$HTTP[\"url\"] =~ \"/\\.(?!well-known)\" { url.access-deny = (\"\") }"},
		{For: "IIS", Text: "allow the segment", Snippet: "<requestFiltering><hiddenSegments><remove segment=\".well-known\" /></hiddenSegments></requestFiltering>"},
		{For: "your app", Text: "answer /.well-known/acme-challenge/ before the rule that hides dot-files"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.status", "http01.waf.path", "http01.cdn.blocked"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleStatus) {
			return nil
		}
		dot, plain, ok := in.dotDenied()
		if !ok {
			return nil
		}
		return one(r.URL.String(), fmt.Sprintf("the server answers %d to every path that starts with a dot, /.well-known/ included", r.Fetch.Status),
			in.status(r), look(dot, "%s: %d", dot.Fetch.URL, dot.Fetch.Status), look(plain, "%s: %d", plain.Fetch.URL, plain.Fetch.Status))
	},
})

// dotDenied finds that a path with a dot is refused as the challenge's is, and
// one without is not.
func (in *In) dotDenied() (dot, plain Look, ok bool) {
	dot, looked := in.best(probes.BeyondDot)
	plain, looked2 := in.best(probes.BeyondAgentPath)
	if !looked || !looked2 || dot.Fetched == nil || plain.Fetched == nil {
		return dot, plain, false
	}
	same := dot.Fault == nil && dot.Fetch.Status == in.Decision.Status
	return dot, plain, same && refuses(*dot.Fetched) && plain.Fault == nil && !refuses(*plain.Fetched)
}
