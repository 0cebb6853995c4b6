package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.suffix.unknown",
	Severity: report.Error,
	Title:    "the name does not end in a public suffix",
	Means:    "A public CA issues only for names under a public top-level domain, in lower case and without a final dot.",
	Causes: []string{
		"the name is meant for the inside",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "use a name under a domain that you own"},
		{For: "your app", Text: "or use your own CA for devices you manage"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"private-ca"},
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8555#section-7.1.4", "boulder policy/pa.go; va/http.go newValidationRecord"},
	Detect: func(in *In) []Found {
		if len(in.Requests) > 0 || !in.Stopped(policy.RuleSuffix) {
			return nil
		}
		id := string(in.Given.Identifier)
		return one(id, fmt.Sprintf("%q does not end in a public top-level domain", id), report.Evidence{Probe: "p1", Field: "identifier", Text: id})
	},
})
