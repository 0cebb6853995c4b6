package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.address.reserved",
	Severity: report.Error,
	Title:    "the IP address is in a reserved block",
	Means:    "No public CA issues for private or reserved addresses.",
	Causes: []string{
		"the address is meant for internal use",
	},
	FixBy:   Client,
	Fixes:   notPublicHere(),
	Again:   "acmecheck {target}",
	Topics:  []string{"private-ca"},
	Sources: []string{"https://www.iana.org/assignments/iana-ipv4-special-registry/", "https://www.iana.org/assignments/iana-ipv6-special-registry/", rfcOrder, paIP + "; va/http.go newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleReserved, policy.RuleAddressReserved) {
			return nil
		}
		id := string(in.Given.Identifier)
		_, block, _ := strings.Cut(in.Policy.Addresses.Refusal(in.Given.Identifier.Addr()), "block: ")
		return in.misnamed(id, report.Text(block), fmt.Sprintf("%s is a private or reserved address; no public CA issues for it", id))
	},
})
