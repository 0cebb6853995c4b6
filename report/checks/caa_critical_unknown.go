package checks

import (
	"fmt"
	"slices"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.critical.unknown",
	Severity: report.Error,
	Title:    "a critical CAA record of unknown kind",
	Means:    "A CA that does not know the tag of a critical record must not issue, whatever else is there. The critical bit is 128; this CA takes 1 for it too, as many write it.",
	Causes: []string{
		"the flag was copied from another record, or meant as \"important\"",
		"the record asks something of CAs that this one does not do",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "clear the critical bit: the record stays for those who know it", Snippet: caaHere},
		{For: "DNS", Text: "remove the record"},
		{For: "the ACME client", Text: "use a CA that knows the tag, if the record is meant as it stands"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcCAA + "#section-4.1", docsCAA, vaCAA + " criticalUnknown"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleCAACritical) {
			return nil
		}
		bad := slices.DeleteFunc(in.caaSet(), func(r caaRecord) bool { return !in.Policy.CAA.CriticalUnknown(r.CAARecord) })
		if len(bad) == 0 {
			return nil
		}
		r := bad[0]
		return []Found{{
			Subject: r.owner, Certainty: report.Certain, Args: in.caaArgs(r.owner, caaData(r.Flag&^in.Policy.CAA.Critical, r.Tag, r.Value)),
			Say:      fmt.Sprintf("%s has a critical record with the tag %q, which the CA does not know", in.place(r), r.Tag),
			Evidence: shownAll(bad, "critical, and not known", func(r caaRecord) string { return fmt.Sprintf("%d %s", r.Flag, r.Tag) }),
		}}
	},
})
