package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.many",
	Severity: report.Info,
	Title:    "9 or more of the 10 requests are used",
	Means:    "The CA makes at most 10 HTTP requests: the first and 9 redirects. One redirect more, or a dead IPv6 address on the way, and it stops.",
	Causes:   []string{"redirect rules that each correct one thing follow one another"},
	FixBy:    Server,
	Fixes:    answerHere(),
	Again:    "acmecheck {target}",
	Topics:   []string{"hops"},
	Sources:  []string{docsHTTP01, vaHTTP + " maxRequests"},
	Detect: func(in *In) []Found {
		limit := in.Policy.HTTP01.Requests
		if n := in.Last().N; n < limit-1 || in.Refused() {
			return nil
		}
		return one(in.Last().URL.String(), fmt.Sprintf("%d of %d requests are used", in.Last().N, limit),
			in.saw(in.Last(), "url", "hop %d of %d was %s", in.Last().N, limit, in.Last().URL))
	},
})
