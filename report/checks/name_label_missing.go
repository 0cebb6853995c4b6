package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.label.missing",
	Severity: report.Error,
	Title:    "the name needs at least one dot",
	Means:    "A public CA issues for names in the public DNS, and these have at least two labels.",
	Causes: []string{
		"the short name of a machine or a container, which only its own network knows",
		"the domain was left off",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for the full name, under a domain that you own", Snippet: "acmecheck {name}.example.com", When: func(in *In) bool { return !topLevel(in) }},
		{For: "your app", Text: "ask for a name under it that you own", Snippet: "acmecheck example.{name}", When: topLevel},
		{For: "your app", Text: "use a CA of your own, for devices that you manage", When: func(in *In) bool { return !topLevel(in) }},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"private-ca"},
	Sources: []string{paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleLabelMissing) {
			return nil
		}
		id := string(in.Given.Identifier)
		if topLevel(in) {
			return in.misnamed(id, "a top-level domain", fmt.Sprintf("%q is a top-level domain, under which others register theirs", id))
		}
		return in.misnamed(id, "one label", fmt.Sprintf("%q has no dot: it is no name of the public DNS", id))
	},
})

// topLevel reports a public suffix of one label.
func topLevel(in *In) bool {
	return in.against(policy.RuleNameIsSuffix, policy.OfBare, string(in.Given.Identifier))
}
