package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.account.forbidden",
	Severity: report.Error,
	Title:    "the CAA records do not permit this account",
	Means:    "A record with accounturi permits the CA for that one account. The URL is compared octet by octet, and two of them in one record permit nobody.",
	Causes: []string{
		"the ACME client has a new account: it was installed anew, or on another machine",
		"the record is for the account of another client, which is in use elsewhere",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "add a record for this account; keep the other one as long as its account is in use", Snippet: caaHere, When: func(in *In) bool { return !accountVoid(in) }},
		{For: "DNS", Text: "name one account in the record, and others in records of their own", Snippet: caaHere, When: accountVoid},
		{For: "the ACME client", Text: "order with the account that the record names", When: func(in *In) bool { return !accountVoid(in) }},
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcCAA2 + "#section-3", docsCAA, vaCAA + " caaAccountURIMatches"},
	Detect: func(in *In) []Found {
		bad := in.caaRefusedBy(policy.RuleCAAAccount)
		if len(bad) == 0 {
			return nil
		}
		r := bad[0]
		account := policy.Parameter{Tag: "accounturi", Value: cmp.Or(in.Given.Account, accountPart(r))}
		return []Found{{
			Subject: r.owner, Certainty: report.Certain, Causes: in.accountCauses(r),
			Say:      fmt.Sprintf("%s does not permit this account: %s", in.place(r), in.caaWhy(policy.RuleCAAAccount, r)),
			Evidence: shownAll(bad, accountLabel(r), accountPart),
			Args:     in.caaArgs(r.owner, in.rewritten(r, append([]policy.Parameter{account}, without(policy.ReadIssue(r.Value).Parameters, "accounturi")...))),
		}}
	},
})

func accountKnown(in *In) bool { return in.Given.Account != "" }

// accountVoid reports records that are for no account at all: they name two,
// or something that is no URL.
func accountVoid(in *In) bool {
	q := in.caaQuestion()
	q.Accounts = nil // any will do
	return slices.ContainsFunc(in.caaRefusedBy(policy.RuleCAAAccount), func(r caaRecord) bool {
		return in.Policy.CAA.Forbids([]policy.CAARecord{r.CAARecord}, q) == policy.RuleCAAAccount
	})
}

func accountPart(r caaRecord) string { return r.first("accounturi") }

func accountLabel(r caaRecord) report.Text {
	if len(r.values("accounturi")) > 1 {
		return "and there is another one"
	}
	return "not this account"
}

// accountCauses goes by the record's account: one of Let's Encrypt's staging
// environment is known by its host.
func (in *In) accountCauses(r caaRecord) []report.Cause {
	const staging = "https://acme-staging"
	if len(r.values("accounturi")) > 1 {
		return []report.Cause{{Certainty: report.Certain, Text: "a record holds one accounturi at most; with another one beside it, the record is for nobody"}}
	}
	if strings.HasPrefix(accountPart(r), staging) && !strings.HasPrefix(in.Given.Account, staging) {
		return []report.Cause{{Certainty: report.Certain, Text: "the record names an account of the CA's staging environment, which has accounts of its own"}}
	}
	return nil
}
