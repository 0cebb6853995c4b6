package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.label.too-many",
	Severity: report.Error,
	Title:    "more than 10 labels",
	Means:    "The CA takes names of at most 10 labels; DNS itself would carry more.",
	Causes: []string{
		"a host that issues on demand for whatever name it is asked for, and a crawler that puts label before label",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for a name with fewer labels"},
		{For: "your app", Text: "issue on demand only for names on a list"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleLabelsMany) {
			return nil
		}
		n := strings.Count(in.bare(), ".") + 1
		return in.misnamed("", "", fmt.Sprintf("the name has %d labels; the CA takes %d", n, in.Policy.Names.MaxLabels))
	},
})
