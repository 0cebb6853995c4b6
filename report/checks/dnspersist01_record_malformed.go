package checks

import (
	"strconv"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnspersist01.record.malformed",
	Severity: report.Error,
	Title:    "the persistent record is malformed",
	Means:    "The value is the CA's name, then pairs tag=value with a semicolon before each and none at the end; accounturi has to be there, and accounturi, policy and persistUntil only once.",
	Causes: []string{
		"a semicolon at the end, which CAA records may have and this one may not",
		"a parameter twice, or without a value",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		publish("write the record like this"),
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcPersist, rfcCAA + "#section-4.2", vaPersist},
	Detect: func(in *In) []Found {
		return in.unpersisted(policy.RulePersistMalformed, "cannot be read", func(v persistValue) string {
			return in.persistRecord() + " cannot be read: " + v.Bad
		}, persistSlip)
	},
})

// persistSlip is the part of a value that its reader quotes; a final
// semicolon; or all of it, where something is missing.
func persistSlip(v persistValue) string {
	i := strings.IndexByte(v.Bad, '"')
	if i < 0 {
		if strings.HasSuffix(strings.TrimSpace(v.value), ";") {
			return v.value[strings.LastIndexByte(v.value, ';'):]
		}
		return v.value
	}
	part, err := strconv.QuotedPrefix(v.Bad[i:])
	if err != nil {
		return v.value
	}
	part, err = strconv.Unquote(part)
	if err != nil {
		return v.value
	}
	return part
}
