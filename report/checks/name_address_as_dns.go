package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.address.as-dns",
	Severity: report.Error,
	Title:    "an IP address was given as a DNS name",
	Means:    "An address is an identifier of its own type (RFC 8738): it has no names below it, and no wildcard covers it.",
	Causes: []string{
		"a list of names and addresses got \"*.\" put in front of every entry",
		"the client orders everything as a name; it needs support for IP identifiers",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for the address itself", Snippet: "acmecheck {host}"},
		{For: "DNS", Text: "use a name under a domain that you own"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8738#section-3", paNames},
	Masks:   []string{"name.suffix.unknown"},
	Detect: func(in *In) []Found {
		if !in.isAddress() || !in.namedWrong(policy.RuleNameAddress, policy.RuleNameSuffix) {
			return nil
		}
		say := fmt.Sprintf("%s is an address and no name", in.bare())
		if in.Given.Identifier.Wildcard() {
			say += ": there is nothing below it for a wildcard to cover"
		}
		return with(in.misnamed(in.bare(), "an address", say), map[string]string{"host": in.bare()})
	},
})
