package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.issuer.spelling",
	Severity: report.Error,
	Title:    "the CAA record names this CA in upper case or with a dot",
	Means:    "The CA compares its name in CAA records octet by octet: upper case or a final dot makes it another's.",
	Causes: []string{
		"the record was typed by hand, or a DNS provider added the dot as it does to host names",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "write the CA's name in lower case and without a final dot", Snippet: caaHere},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsCAA, rfcCAA + "#section-4.2", vaCAA + " caaDomainMatches"},
	Masks:   []string{"caa.issuer.forbidden"},
	Detect: func(in *In) []Found {
		if !in.caaUnnamed() {
			return nil
		}
		for _, r := range in.caaRelevant() {
			v := policy.ReadIssue(r.Value)
			if v.Bad != "" || v.Issuer == in.Policy.CAA.Issuer || !in.ours(r) {
				continue
			}
			return []Found{{
				Subject: r.owner, Certainty: report.Certain,
				Say:      fmt.Sprintf("%s names %q; to the CA that is not %s", in.place(r), presented(v.Issuer), in.Policy.CAA.Issuer),
				Evidence: []report.Evidence{r.shown(v.Issuer, "not "+report.Text(in.Policy.CAA.Issuer))},
				Args:     in.caaArgs(r.owner, in.rewritten(r, v.Parameters)),
			}}
		}
		return nil
	},
})
