package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.character.invalid",
	Severity: report.Error,
	Title:    "a character that no certificate name may have",
	Means:    "A name in a certificate consists of letters a to z in lower case, digits and hyphens, in labels separated by dots.",
	Causes: []string{
		"the name was not converted to its ASCII form (xn--)",
		"an underscore, a space, an asterisk or an upper-case letter",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for the ASCII form of the name, in lower case"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8555#section-7.1.4", "boulder policy/pa.go; va/http.go newValidationRecord"},
	Masks:   []string{"name.suffix.unknown", "dns.name.nxdomain", "dns.name.no-address", "dns.answer.malformed"},
	Detect: func(in *In) []Found {
		id := string(in.Given.Identifier)
		odd := strings.IndexFunc(strings.TrimPrefix(id, "*."), func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-.", r)
		})
		if in.Given.Identifier.IsIP() || odd < 0 || len(in.Requests) > 0 || !in.Stopped(policy.RuleSuffix, policy.RuleUnsendable, policy.RulePath, policy.RuleHostEmpty, policy.RuleLookup) {
			return nil
		}
		e := report.Evidence{Probe: "p1", Field: "identifier", Text: id}
		return one(id, fmt.Sprintf("%q has a character that no certificate name may have", id), e)
	},
})
