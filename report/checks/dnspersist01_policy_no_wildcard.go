package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnspersist01.policy.no-wildcard",
	Severity: report.Error,
	Title:    "the persistent record does not allow wildcards",
	Means:    "A persistent record is for its name alone; policy=wildcard makes it one for the wildcard too. Any other policy counts as none.",
	Causes: []string{
		"the record was made when only the name itself was ordered",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		publish("let the record allow wildcards"),
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcPersist, vaPersist},
	Detect: func(in *In) []Found {
		return in.unpersisted(policy.RulePersistPolicy, "not for wildcards", func(v persistValue) string {
			if v.Policy != "" {
				return in.persistRecord() + " has the policy " + v.Policy + ", which does not allow wildcards"
			}
			return in.persistRecord() + " does not allow wildcards"
		}, func(v persistValue) string {
			if v.Policy != "" {
				return v.Policy
			}
			return v.value
		})
	},
})
