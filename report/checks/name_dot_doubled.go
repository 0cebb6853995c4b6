package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.dot.doubled",
	Severity: report.Error,
	Title:    "two dots in a row, or a leading dot",
	Means:    "Between two dots stands a label, and no label is empty.",
	Causes: []string{
		"an empty variable between two dots, or in front of one",
		"a cookie's or a proxy's notation, where a leading dot means all hosts below",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "leave the extra dot off", Snippet: "acmecheck {host}"},
		{For: "your app", Text: "for all hosts below a domain, ask for a wildcard", Snippet: "acmecheck dns-01@'*.{host}'", When: leadingDot},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcOrder, paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameDots) {
			return nil
		}
		id := string(in.Given.Identifier)
		found := in.misnamed("..", "an empty label", fmt.Sprintf("%q has two dots in a row", id))
		if leadingDot(in) {
			found = in.misnamed(".", "an empty label", fmt.Sprintf("%q starts with a dot", id))
		}
		labels := slices.DeleteFunc(strings.Split(in.bare(), "."), func(l string) bool { return l == "" })
		return with(found, map[string]string{"host": strings.Join(labels, ".")})
	},
})

func leadingDot(in *In) bool { return strings.HasPrefix(in.bare(), ".") }
