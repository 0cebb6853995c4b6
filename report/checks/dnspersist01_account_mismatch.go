package checks

import (
	"cmp"
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnspersist01.account.mismatch",
	Severity: report.Error,
	Title:    "the persistent record names another account",
	Means:    "The record authorizes one account, for as long as it stands. The CA compares the URL octet by octet with the account that orders.",
	Causes: []string{
		"the ACME client has a new account: it was installed anew, or on another machine",
		"the record names an account of the CA's staging environment",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		publish("publish a record for this account; several may stand side by side"),
		{For: "the ACME client", Text: "order with the account that the record names"},
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcPersist, vaPersist},
	Detect: func(in *In) []Found {
		return in.unpersisted(policy.RulePersistAccount, "not this account", func(v persistValue) string {
			return fmt.Sprintf("%s is for the account %s, not for %s", in.persistRecord(), v.Account, cmp.Or(in.Given.Account, "yours"))
		}, func(v persistValue) string { return v.Account })
	},
})
