package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.broken-off",
	Severity: report.Error,
	Title:    "the body breaks off or stalls",
	Means:    "The status was 200, but the body did not come to its end.",
	Causes: []string{
		"the server promises more bytes than it sends (a wrong Content-Length)",
		"the application behind a proxy breaks off",
		"a broken chunked or gzip encoding",
	},
	FixBy: App,
	Fixes: []Fix{
		{For: "your app", Text: "send the key authorization with a right Content-Length, uncompressed"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		f := in.Decision.Fault
		if !in.Stopped(policy.RuleBrokenOff) || f == nil {
			return nil
		}
		r := in.Last()
		say := "the body breaks off after " + fmt.Sprint(len(r.Fetch.Body)) + " bytes"
		switch f.Kind { //nolint:exhaustive // the others break off in one way or another
		case probes.FaultTimeout:
			say = "the body stalls after " + fmt.Sprint(len(r.Fetch.Body)) + " bytes"
		case probes.FaultEncoding:
			say = "the body's encoding is broken"
		}
		return one(r.URL.String(), say, in.status(r), in.saw(r, "body_fault", "%s", FaultWords(f)))
	},
})
