package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnspersist01.record.missing",
	Severity: report.Error,
	Title:    "no persistent record for this CA",
	Means:    "For dns-persist-01 one TXT record at _validation-persist names the CA and the account, and stays there. Each name has its own; those of parents do not count.",
	Causes: []string{
		"the record was never made, or is at another name",
		"the record is for another CA",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		publish("publish this record, beside those there"),
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcPersist, vaPersist},
	Masks:   []string{"dns.name.nxdomain"},
	Detect: func(in *In) []Found {
		if in.Given.Method != probes.DNSPersist01 || !in.Stopped(policy.RulePersistMissing) {
			return nil
		}
		var evidence []report.Evidence
		for _, s := range in.Lookups {
			evidence = append(evidence, asked(s))
		}
		say := fmt.Sprintf("there is no TXT record at %s", in.persistName())
		if there := in.persisted(); len(there) > 0 {
			say, evidence = fmt.Sprintf("no TXT record at %s is for %s", in.persistName(), in.Policy.CAA.Issuer), nil
			for _, v := range there[:min(maxRecords, len(there))] {
				evidence = append(evidence, in.shownPersist(v, namedIssuer(v.value), "not "+report.Text(in.Policy.CAA.Issuer)))
			}
		}
		return with(one(in.persistName(), say, evidence...), in.persistArgs(""))
	},
})

// namedIssuer is what a value names as its CA; the whole value if it names none.
func namedIssuer(value string) string {
	if issuer := policy.ReadIssue(value).Issuer; issuer != "" {
		return issuer
	}
	return value
}
