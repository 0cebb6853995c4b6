package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.policy.forbidden",
	Severity: report.Error,
	Title:    "the CA refuses this name by policy",
	Means:    "Every CA has lists of names for which it does not issue: names that no subscriber can own, high-value names, and names it was told to refuse. The lists are not public.",
	Causes: []string{
		"the name is one that nobody is to have a certificate for",
		"a parent of the name is on the list",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "ask for a name under a domain that you own"},
		{For: "your app", Text: "if the name is yours and no reason is to be seen, ask at https://community.letsencrypt.org; only the CA can tell", When: func(in *In) bool { return !ofNobody(in) }},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"boulder policy/pa.go checkBlocklists; test/ident-policy.yaml", "https://cabforum.org/2025/11/10/ballot-sc-086v3-sunset-the-inclusion-of-ip-reverse-address-domain-names/", "https://community.letsencrypt.org"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleNameForbidden) {
			return nil
		}
		id := in.Given.Identifier
		switch {
		case id.IsIP():
			return in.misnamed(string(id), "multicast", fmt.Sprintf("%s is no address of one host; no CA issues for it", id))
		case ofNobody(in):
			return in.misnamed(".arpa", "reverse DNS", fmt.Sprintf("%s is a name of reverse DNS; no public CA issues for those (Baseline Requirements 4.2.2)", id))
		}
		return in.misnamed("", "", fmt.Sprintf("the CA has %s, or a name above it, on a list of names it does not issue for", id))
	},
})

// ofNobody reports an identifier that no public CA may or can certify,
// whatever its lists are.
func ofNobody(in *In) bool {
	id := in.bare()
	return in.Given.Identifier.IsIP() || strings.HasSuffix(id, ".in-addr.arpa") || strings.HasSuffix(id, ".ip6.arpa")
}
