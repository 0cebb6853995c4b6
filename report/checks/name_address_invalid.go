package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.address.invalid",
	Severity: report.Error,
	Title:    "the IP address is not in canonical form",
	Means:    "An IP identifier has to be a plain address in its shortest form.",
	Causes: []string{
		"the address is meant for the inside",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "use a name under a domain that you own"},
		{For: "your app", Text: "or use your own CA for devices you manage"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8555#section-7.1.4", "boulder policy/pa.go; va/http.go newValidationRecord"},
	Detect: func(in *In) []Found {
		if len(in.Requests) > 0 || !in.Stopped(policy.RuleZone) {
			return nil
		}
		id := string(in.Given.Identifier)
		return one(id, fmt.Sprintf("%s is not an address a CA can connect to", id), report.Evidence{Probe: "p1", Field: "identifier", Text: id})
	},
})
