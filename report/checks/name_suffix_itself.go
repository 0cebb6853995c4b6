package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.suffix.itself",
	Severity: report.Error,
	Title:    "the name is itself a public suffix",
	Means:    "Under a public suffix others register their domains; nobody can show that all of it is theirs (Baseline Requirements 3.2.2.6).",
	Causes: []string{
		"the first label was left off",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for a name under it that you own", Snippet: "acmecheck example.{host}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{suffixList, "boulder policy/pa.go; iana/iana.go ExtractSuffix"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameIsSuffix) {
			return nil
		}
		say := fmt.Sprintf("%s is a public suffix, under which others register their domains", in.bare())
		return with(in.misnamed(in.bare(), "a public suffix", say), map[string]string{"host": in.bare()})
	},
})
