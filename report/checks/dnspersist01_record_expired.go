package checks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnspersist01.record.expired",
	Severity: report.Error,
	Title:    "the persistent record has expired",
	Means:    "persistUntil is the last second, in Unix time, at which the CA takes the record. Without it a record has no end.",
	Causes: []string{
		"the record was made for a limited time, which is over",
		"the time is written in other units than seconds, or as a date",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		publish("write a later end, here a year from now, or leave persistUntil out"),
	},
	Again:   "acmecheck {target} --account-uri URL",
	Sources: []string{rfcPersist, vaPersist},
	Detect: func(in *In) []Found {
		found := in.unpersisted(policy.RulePersistExpired, "over", func(v persistValue) string {
			return fmt.Sprintf("%s ended at %s", in.persistRecord(), v.Until.UTC().Format(time.RFC3339))
		}, untilPart)
		return with(found, in.persistArgs(strconv.FormatInt(in.Given.AsOf.AddDate(1, 0, 0).Unix(), 10)))
	},
})

// untilPart is where a value gives its end.
func untilPart(v persistValue) string {
	for part := range strings.SplitSeq(v.value, ";") {
		if tag, _, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(tag), "persistUntil") {
			return strings.TrimSpace(part)
		}
	}
	return v.value
}
