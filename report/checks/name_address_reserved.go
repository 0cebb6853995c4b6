package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.address.reserved",
	Severity: report.Error,
	Title:    "the IP address is in a reserved block",
	Means:    "No public CA issues for private or reserved addresses.",
	Causes: []string{
		"the address is meant for the inside",
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
		if len(in.Requests) > 0 || !in.Stopped(policy.RuleReserved) {
			return nil
		}
		id := string(in.Given.Identifier)
		return one(id, fmt.Sprintf("%s is a private or reserved address; no public CA issues for it", id), report.Evidence{Probe: "p1", Field: "identifier", Text: id})
	},
})
