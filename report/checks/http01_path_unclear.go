package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.path.unclear",
	Severity: report.Warning,
	Title:    "an unknown token is refused; a real one may fare the same",
	Means:    "This look had no real token. The server refuses an unknown one in a way that does not show whether it would serve one that exists.",
	Causes: []string{
		"an access rule, a login, a limit or a failing application covers the challenge path too",
	},
	FixBy:     Server,
	Fixes:     exempt(),
	Again:     "acmecheck {target}",
	Sources:   []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.Unclear() || in.Ours() {
			return nil
		}
		r := in.Last()
		say, cause := statusWords(in.Decision.Status)
		f := Found{
			Subject: r.URL.String(), Certainty: report.Likely, Say: say + "; a real token may fare the same",
			Evidence: []report.Evidence{in.status(r)}, Settle: "acmecheck --webroot DIR {target}",
			Causes: []report.Cause{{Certainty: report.Likely, Text: cause}},
		}
		if dot, plain, ok := in.dotDenied(); ok {
			f.Say = fmt.Sprintf("the server answers %d to every path that starts with a dot; a real token may fare the same", in.Decision.Status)
			f.Evidence = append(f.Evidence, look(dot, "%s: %d", dot.Fetch.URL, dot.Fetch.Status), look(plain, "%s: %d", plain.Fetch.URL, plain.Fetch.Status))
		} else if agent, ok := in.best(probes.BeyondAgent); ok && agent.Fetched != nil {
			f.Evidence = append(f.Evidence, in.matrix(r, agent)[1:]...)
		}
		return []Found{f}
	},
})
