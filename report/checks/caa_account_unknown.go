package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.account.unknown",
	Severity: report.Info,
	Title:    "the CAA records permit one account only, and yours is not known",
	Means:    "The CA issues to the accounts that the records name. Your ACME client stores the URL of its account.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "say which account orders; certbot prints its URL so", Snippet: "certbot show_account"},
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcCAA2 + "#section-3", docsCAA, vaCAA + " caaAccountURIMatches"},
	Detect: func(in *In) []Found {
		if !in.caaPermitted() || accountKnown(in) || !in.byAccount() {
			return nil
		}
		var accounts []string
		var evidence []report.Evidence
		for _, r := range in.caaRelevant() {
			if in.ours(r) && len(r.values("accounturi")) > 0 && len(evidence) < maxRecords {
				accounts = append(accounts, accountPart(r))
				evidence = append(evidence, r.shown(accountPart(r), "only this account"))
			}
		}
		return []Found{{
			Subject: in.Primary.Found, Certainty: report.Certain, Evidence: evidence,
			Say:    fmt.Sprintf("CAA permits only account %s; acmecheck does not know yours: --account-uri URL", strings.Join(accounts, " and ")),
			Settle: "acmecheck {target} --account-uri URL",
		}}
	},
})

// byAccount reports that an account that no record names would be refused.
func (in *In) byAccount() bool {
	var set []policy.CAARecord
	for _, r := range in.caaSet() {
		set = append(set, r.CAARecord)
	}
	q := in.caaQuestion()
	q.Accounts = []string{}
	return in.Policy.CAA.Forbids(set, q) == policy.RuleCAAAccount
}
