package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.dot.trailing",
	Severity: report.Error,
	Title:    "the name ends in a dot",
	Means:    "The dot of the root is written in zone files; certificates have names without it.",
	Causes: []string{
		"the name was copied from a zone file or from dig",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "leave the dot off", Snippet: "acmecheck {host}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcOrder, paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameDot) {
			return nil
		}
		id := string(in.Given.Identifier)
		return with(in.misnamed(id[strings.LastIndexByte(strings.TrimRight(id, "."), '.')+1:], "a final dot", fmt.Sprintf("%q ends in a dot, and certificates have none there", id)), map[string]string{"host": strings.TrimRight(id, ".")})
	},
})
