package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.label.too-long",
	Severity: report.Error,
	Title:    "a label is longer than 63 bytes",
	Means:    "A label, which is what stands between two dots, has at most 63 octets (RFC 1035 §2.3.4).",
	Causes: []string{
		"the label is made by a program, such as a preview deployment named after a branch",
		"an international name whose ASCII form (xn--) is longer than it looks",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "use a shorter label"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4", paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleLabelLong) {
			return nil
		}
		label := in.blamed(policy.RuleLabelLong)
		return in.misnamed(label, report.Text(fmt.Sprintf("%d bytes", len(label))), fmt.Sprintf("a label of the name has %d bytes; DNS allows %d", len(label), in.Policy.Names.MaxLabel))
	},
})
