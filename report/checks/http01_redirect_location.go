package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.location",
	Severity: report.Error,
	Title:    "the Location header is missing, empty or malformed",
	Means:    "A redirect has to carry a Location that is a URL the CA can request.",
	Causes:   []string{"a variable is empty or unescaped in the redirect rule", "the application writes a raw space, a control character or a port that is no number into the URL"},
	FixBy:    Server,
	Fixes:    append([]Fix{{For: "your app", Text: "send an absolute, percent-encoded URL in Location"}}, answerHere()...),
	Again:    "acmecheck {target}",
	Sources:  []string{docsHTTP01, vaHTTP + " newValidationRecordFromRedirect", "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2"},
	Masks:    []string{"http01.protocol.not-http"},
	Detect: func(in *In) []Found {
		if len(in.Requests) == 0 {
			return nil
		}
		r := in.Last()
		switch {
		case in.Failed("", probes.FaultNotHTTP) && in.Decision.Fault.Field == "Location":
			return one(r.URL.String(), "your server's Location cannot be read: it has a control character", in.ended(r))
		case in.Stopped(policy.RuleLocation) && in.locationOf(r) == "":
			return one(r.URL.String(), fmt.Sprintf("your server answers %d without a Location", r.Fetch.Status), in.status(r), in.location(r))
		case in.Stopped(policy.RuleLocation):
			return one(r.URL.String(), "your server's Location is not a URL", in.location(r))
		case in.Stopped(policy.RuleUnsendable):
			return one(in.Decision.Target, "your server redirects to a URL that nobody can request", in.location(r))
		}
		return nil
	},
})
