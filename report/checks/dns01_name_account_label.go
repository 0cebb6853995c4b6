package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.name.account-label",
	Severity: report.Error,
	Title:    "the TXT is under another account's label",
	Means:    "dns-account-01 has a label of the account in front of the challenge name, made from the account's URL; dns-01 has none. The record is where another account or the other method looks.",
	Causes: []string{
		"the client used the URL of another account, or of the CA's staging",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "make the record at the name of this account and method; the one at {instead} can go", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, accountDraft, vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtAccountLabel {
			return nil
		}
		near, _ := in.neighbour()
		name := in.delegation().Name
		found := one(name, fmt.Sprintf("the value is at %s, where another account or method looks", near.Lookup.Name), in.found(), look(*near, "%s", answered(near.Last, near.Lookup)))
		found[0].Args = map[string]string{"instead": near.Lookup.Name}
		return found
	},
})
