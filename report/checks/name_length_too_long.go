package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.length.too-long",
	Severity: report.Error,
	Title:    "the name is longer than 253 bytes",
	Means:    "DNS carries names of at most 255 octets, which leaves 253 for what is written (RFC 1035 §2.3.4).",
	Causes: []string{
		"the name is made by a program, from other names",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "use a shorter name; an alias (CNAME) can lead from it to the long one's host"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4", paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameLength) {
			return nil
		}
		return in.misnamed("", "", fmt.Sprintf("the name has %d bytes; DNS allows %d", len(in.bare()), in.Policy.Names.MaxLength))
	},
})
