package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "acme.limit.reached",
	Severity: report.Error,
	Title:    "a rate limit is reached",
	Means:    "The CA takes no more of this kind for now, whatever the name's set-up is like. Failed validations count for an account and a name, certificates for a registered domain and for a set of names.",
	Causes: []string{
		"a client that tries again and again while the fault behind it persists",
		"the client's storage is lost at each start, so that it orders anew",
		"several machines that order for the same names",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "stop the client until then, and mend what failed before it: each further attempt counts"},
		{For: "the ACME client", Text: "try things out at the staging CA, whose limits are far higher", Snippet: "acmecheck rehearse {name} --ca staging"},
		{For: "the ACME client", Text: "keep the client's directory (a volume, not the container), so that it renews instead of ordering anew; renewals announced by ARI are exempt"},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Sources: []string{docsLimits, docsStaging, "boulder ratelimits/limiter.go"},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != byLimit {
			return nil
		}
		o := in.order()
		say := "the CA's limit is reached: " + limitName(p)
		if free := o.Free(); !free.IsZero() {
			say += "; there is room again at " + moment(free)
		}
		return one(string(in.Given.Identifier), say, o.exchanged(o.refusing()))
	},
})
