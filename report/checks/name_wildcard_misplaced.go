package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.wildcard.misplaced",
	Severity: report.Error,
	Title:    "a wildcard is allowed only as the whole first label",
	Means:    "A wildcard name is *. and a name, and stands for exactly one label (Baseline Requirements 1.6.1, RFC 6125 §6.4.3).",
	Causes: []string{
		"a pattern of a server's configuration, such as www*.example.com, was taken for a name",
		"a name several labels deep was to be covered",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for a wildcard of one label, and for one more for each level", Snippet: "acmecheck dns-01@'*.{host}'", When: func(in *In) bool { return afterStar(in) != "" }},
		{For: "your app", Text: "ask for every name by itself"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcOrder, "boulder policy/pa.go ValidDomain"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleWildcard) {
			return nil
		}
		id := string(in.Given.Identifier)
		say := fmt.Sprintf("%q has an asterisk that is not its whole first label", id)
		if strings.Count(id, "*") > 1 {
			say = fmt.Sprintf("%q has more than one asterisk", id)
		}
		return with(in.misnamed(id[strings.LastIndexByte(id, '*'):][:1], "only in front of the first dot", say), map[string]string{"host": afterStar(in)})
	},
})

// afterStar is the name behind the last asterisk's label, if a wildcard of it
// could be asked for.
func afterStar(in *In) string {
	id := string(in.Given.Identifier)
	_, name, _ := strings.Cut(id[strings.LastIndexByte(id, '*')+1:], ".")
	if !hostName(name) || !strings.Contains(name, ".") {
		return ""
	}
	return name
}
