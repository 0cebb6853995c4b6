package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.syntax.empty",
	Severity: report.Error,
	Title:    "the name is empty",
	Means:    "An order names what the certificate is for.",
	Causes: []string{
		"an unset variable, or an empty entry in a list of names",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "give the name, or take the empty entry out of the list"},
	},
	Again:   "acmecheck NAME",
	Sources: []string{rfcOrder, "boulder wfe2/wfe.go NewOrder"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameEmpty) {
			return nil
		}
		found := in.misnamed("", "", "there is no name to check")
		found[0].Subject = `""`
		return found
	},
})
