package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.suffix.unknown",
	Severity: report.Error,
	Title:    "the name does not end in a public suffix",
	Means:    "A public CA issues only for names under a public top-level domain, in lower case and without a final dot.",
	Causes: []string{
		"the name is meant for internal use",
		"the last label has a typo",
	},
	FixBy:   Client,
	Fixes:   notPublicHere(),
	Again:   "acmecheck {target}",
	Topics:  []string{"private-ca"},
	Sources: []string{suffixList, rfcOrder, "boulder policy/pa.go; iana/iana.go ExtractSuffix; va/http.go newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleSuffix, policy.RuleNameSuffix) {
			return nil
		}
		id := string(in.Given.Identifier)
		last := id[strings.LastIndexByte(id, '.')+1:]
		found := in.misnamed(last, "not public", fmt.Sprintf("%q does not end in a public top-level domain", id))
		if why := setAside[last]; why != "" {
			found[0].Say = fmt.Sprintf("%q cannot have a public certificate: .%s is %s", id, last, why)
			found[0].Causes = []report.Cause{{Certainty: report.Certain, Text: fmt.Sprintf(".%s is %s", last, why)}}
		}
		return found
	},
})

// setAside are last labels that people use inside, and what they are.
var setAside = map[string]string{
	"local":       "for multicast DNS on one network (RFC 6762)",
	"internal":    "for private networks (ICANN board resolution 2024.07.29.06)",
	"test":        "for tests (RFC 6761)",
	"example":     "for documentation (RFC 6761)",
	"invalid":     "for names that must not work (RFC 6761)",
	"localhost":   "for the machine itself (RFC 6761)",
	"localdomain": "a habit of operating systems and no domain of the public DNS",
	"lan":         "a habit of routers and no domain of the public DNS",
	"home":        "a habit of routers and no domain of the public DNS",
	"corp":        "a habit of offices and no domain of the public DNS",
	"intranet":    "a habit of offices and no domain of the public DNS",
}
