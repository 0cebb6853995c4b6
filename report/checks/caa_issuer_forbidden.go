package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.issuer.forbidden",
	Severity: report.Error,
	Title:    "the CAA records do not permit this CA",
	Means:    "CAA records say which CAs may issue for a name. The nearest set counts, from the name up to its top-level domain; if it has issue records, one of them has to name the CA. For wildcards issuewild counts in place of issue, if there is any.",
	Causes: []string{
		"the records were made for another CA, perhaps by the DNS provider or a CDN",
		"the records are a parent's, and nobody thought of this name",
		"issuewild names other CAs than issue",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "add this record beside those there", Snippet: caaHere, When: belowTop},
		{For: "DNS", Text: "give the name a record of its own: the nearest set counts", Snippet: caaHere, When: func(in *In) bool { return !belowTop(in) }},
		{For: ownSet.For, Text: ownSet.Text, When: func(in *In) bool { return inherited(in) && belowTop(in) }},
		{For: "the ACME client", Text: "use a CA that the records name", When: func(in *In) bool { return len(in.permitted()) > 0 }},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsCAA, rfcCAA + "#section-3", vaCAA + " caaDomainMatches, selectCAA"},
	Detect: func(in *In) []Found {
		relevant := in.caaRelevant()
		if !in.caaUnnamed() || len(relevant) == 0 {
			return nil
		}
		owner := relevant[0].owner
		if !belowTop(in) {
			owner = policy.CAANames(in.Given.Identifier)[0]
		}
		return []Found{{
			Subject: relevant[0].owner, Certainty: report.Certain, Say: in.unnamedSay(relevant),
			Evidence: shownAll(relevant, "not "+report.Text(in.Policy.CAA.Issuer), issuerPart),
			Args:     in.caaArgs(owner, caaData(0, tagHere(relevant), in.Policy.CAA.Issuer)),
			NotAFix:  in.besideAlias(relevant[0]),
		}}
	},
})

// belowTop reports that the records that decide are not a top-level domain's,
// whose zone nobody who asks for a certificate can change.
func belowTop(in *In) bool { return strings.Contains(in.Primary.Found, ".") }

// issuerPart is what to mark of a record that names another CA, or none.
func issuerPart(r caaRecord) string {
	if issuer := policy.ReadIssue(r.Value).Issuer; issuer != "" {
		return issuer
	}
	return r.Value
}

// permitted are the CAs that the deciding records name.
func (in *In) permitted() []string {
	var out []string
	for _, r := range in.caaRelevant() {
		if issuer := presented(policy.ReadIssue(r.Value).Issuer); issuer != "" && !slices.Contains(out, issuer) {
			out = append(out, issuer)
		}
	}
	return out
}

// unnamedSay tells whom the records permit.
func (in *In) unnamedSay(relevant []caaRecord) string {
	whom, not := "no CA", ""
	if named := in.permitted(); len(named) > 0 {
		whom, not = "only "+strings.Join(named, ", "), ", not "+in.Policy.CAA.Issuer
	}
	if tagHere(relevant) == "issuewild" {
		return fmt.Sprintf("%s permits %s for wildcards%s; where there is issuewild, issue does not count for a wildcard", in.place(relevant[0]), whom, not)
	}
	return fmt.Sprintf("%s permits %s%s", in.place(relevant[0]), whom, not)
}

// besideAlias says that a name that is an alias has no room for a record.
func (in *In) besideAlias(r caaRecord) []string {
	if r.owner == in.Primary.Found {
		return nil
	}
	return []string{fmt.Sprintf("a CAA record at %s itself: beside a CNAME there is no other record (RFC 1034 §3.6.2). If %s is not yours, its owner has to add the record, or %s gets A and AAAA records in place of the CNAME", in.Primary.Found, r.owner, in.Primary.Found)}
}
