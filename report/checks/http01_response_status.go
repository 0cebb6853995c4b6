package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.status",
	Severity: report.Error,
	Title:    "the status is not 200",
	Means:    "The CA wants the status 200 (or a redirect) for the token.",
	FixBy:    Server,
	Fixes:    exempt(),
	Again:    "acmecheck {target}",
	Sources:  []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		r, code := in.Last(), in.Decision.Status
		if !in.Stopped(policy.RuleStatus) || code == 404 || code == 410 {
			return nil
		}
		say, cause := statusWords(code)
		evidence := []report.Evidence{in.status(r)}
		if l, ok := in.best(probes.BeyondToken); ok && l.Fetched != nil && l.Fault == nil && l.Fetch.Status == 404 {
			evidence = append(evidence, look(l, "another token beside it: 404, so it is this file that is refused"))
			cause = "the web server may not read the file that the ACME client wrote"
		}
		return []Found{{
			Subject: r.URL.String(), Certainty: report.Certain, Evidence: evidence, Say: say,
			Causes: []report.Cause{{Certainty: report.Likely, Text: cause}},
		}}
	},
})

// statusWords says what a status means to whoever wants a token, and why a
// server may give it.
func statusWords(code int) (say, cause string) {
	named := fmt.Sprintf("the server answers %d", code)
	switch {
	case code == 401:
		return named + ": it wants a password, and the CA has none", "a login protects the whole site"
	case code == 403:
		return named + ": it forbids the challenge path", "an access rule, a filter, or file permissions"
	case code == 429:
		return named + ": it limits how often anybody may ask", "a rate limit counts the CA's requests from several perspectives"
	case code == 502, code == 504:
		return named + ": the proxy cannot reach what is behind it", "the application behind the proxy is down or slow"
	case code == 503:
		return named + ": it is in maintenance or overloaded", "a maintenance page answers for every path"
	case code >= 500:
		return named + ": it fails at the challenge path", "the application fails; its log says why"
	case code >= 400:
		return named + ": it refuses the request", "a rule or a filter refuses it"
	}
	return named + " where the CA wants 200", "the application answers with a status of its own"
}
