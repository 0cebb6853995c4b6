package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "target.method.address",
	Severity: report.Error,
	Title:    "this method cannot validate an IP address",
	Means:    "There is no name to put a TXT record at: an address is validated by connecting to it (RFC 8738 §4).",
	Causes: []string{
		"one method was set for all identifiers",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "validate the address by http-01 or tls-alpn-01; Let's Encrypt takes addresses in its profile shortlived only", Snippet: "acmecheck http-01@{name}"},
		{For: "DNS", Text: "use a name under a domain that you own"},
	},
	Again:   "acmecheck http-01@{name}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8738#section-4", "https://letsencrypt.org/docs/profiles/", "boulder policy/pa.go ChallengeTypesFor"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleMethodAddress) {
			return nil
		}
		id := string(in.Given.Identifier)
		return in.misnamed(id, "an address", fmt.Sprintf("%s cannot validate an address; %s can", in.Given.Method, in.methods()))
	},
})
