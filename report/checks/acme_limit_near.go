package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "acme.limit.near",
	Severity: report.Warning,
	Title:    "the next failure or order may hit a rate limit",
	Means:    "acmecheck keeps a record of its own orders and of their failures. The CA may have counted more: orders of other clients with the same account are not in it.",
	Causes:   []string{"several attempts within a short time"},
	FixBy:    Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "rehearse at the staging CA until it passes; its limits are far higher", Snippet: "acmecheck rehearse {name} --ca staging"},
	},
	Again:   "acmecheck {target}",
	Ignore:  "when you know what failed before, and it is mended",
	Sources: []string{docsLimits},
	Detect: func(in *In) []Found {
		var out []Found
		for _, l := range in.order().Near {
			out = append(out, Found{
				Subject: l.Name, Certainty: report.Likely, Say: l.say(),
				Evidence: []report.Evidence{{Probe: FromCA, Field: "limit", Text: fmt.Sprintf("%s: %d of %d used, as far as our own record knows", l.Name, l.Used, l.Most)}},
			})
		}
		return out
	},
})

func (l Limit) say() string {
	next := "the next one may be refused"
	if l.Used < l.Most {
		next = "one more, and those after it are refused"
	}
	say := fmt.Sprintf("%s: %d of %d are used; %s", l.Name, l.Used, l.Most, next)
	if !l.Free.IsZero() {
		say += " until " + moment(l.Free)
	}
	return say
}
