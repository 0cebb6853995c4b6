package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.label.reserved",
	Severity: report.Error,
	Title:    "a label has -- in places 3 and 4 (R-LDH)",
	Means:    "Labels with -- in third and fourth place are reserved (R-LDH labels); xn-- is the only kind in use (RFC 5890 §2.3.1).",
	Causes: []string{
		"the label is made by a program and happens to look so",
		"a video or download host, which may resolve and still not be certified",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "use a name without -- in places 3 and 4; a wildcard above it covers it too", Snippet: "acmecheck dns-01@'*.{host}'", When: reservedFirst},
		{For: "DNS", Text: "use a name without -- in places 3 and 4", When: func(in *In) bool { return !reservedFirst(in) }},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcLabels, paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleLabelReserved) {
			return nil
		}
		label := in.blamed(policy.RuleLabelReserved)
		_, parent, _ := strings.Cut(in.bare(), ".")
		found := in.misnamed(label, "R-LDH", fmt.Sprintf("the label %q has -- in places 3 and 4, which is reserved", label))
		return with(found, map[string]string{"host": parent})
	},
})

// reservedFirst reports that it is the first label, which a wildcard could
// stand for.
func reservedFirst(in *In) bool {
	first, parent, _ := strings.Cut(in.bare(), ".")
	return first == in.blamed(policy.RuleLabelReserved) && strings.Contains(parent, ".") && !in.Given.Identifier.Wildcard()
}
