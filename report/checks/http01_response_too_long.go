package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.too-long",
	Severity: report.Error,
	Title:    "the body is longer than 128 bytes",
	Means:    "The CA reads 128 bytes and refuses anything longer, even if the key authorization is at its beginning.",
	Causes: []string{
		"an application answers the path with a text of its own",
		"the server appends something to every body",
	},
	FixBy:   App,
	Fixes:   serveHere(),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleTooLong) {
			return nil
		}
		r := in.Last()
		say := fmt.Sprintf("the body is longer than %d bytes and is not the token", in.Policy.HTTP01.MaxBody)
		if strings.HasPrefix(string(r.Fetch.Body), in.Given.KeyAuthorization) && in.Given.KeyAuthorization != "" {
			say = fmt.Sprintf("the key authorization is there, but the body goes on past %d bytes", in.Policy.HTTP01.MaxBody)
		}
		return one(r.URL.String(), say, in.status(r), in.body(r))
	},
})
