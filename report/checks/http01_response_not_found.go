package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.not-found",
	Severity: report.Error,
	Title:    "404: the token is not where the server looks",
	Means:    "The CA asks for a file that the ACME client has put in place. The server answers, but does not find it.",
	Causes: []string{
		"the ACME client writes below one directory and the server serves another (webroot, root, alias)",
		"another virtual host answers for this name",
		"the challenge path is handed to an application that does not know it",
	},
	FixBy:   Server,
	Fixes:   serveHere(),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleStatus) || in.Decision.Status != 404 && in.Decision.Status != 410 {
			return nil
		}
		evidence := []report.Evidence{in.status(r)}
		for _, l := range in.Looked(probes.BeyondHere) {
			if l.Fetched != nil && l.Fault == nil {
				evidence = append(evidence, look(l, "asked directly, past the network: %d", l.Fetch.Status))
				break
			}
		}
		return one(r.URL.String(), fmt.Sprintf("the server answers %d: the token is not where it looks", r.Fetch.Status), evidence...)
	},
})
