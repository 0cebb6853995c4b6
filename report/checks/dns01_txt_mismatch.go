package checks

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.mismatch",
	Severity: report.Error,
	Title:    "no TXT value is the expected one",
	Means:    "One of the TXT values at the challenge name has to be the digest of the key authorization, to the letter. Others beside it do no harm.",
	Causes: []string{
		"the record was made for something else, or by hand with a placeholder",
		"a wildcard record answers for the challenge name",
	},
	FixBy:   DNSAdmin,
	Fixes:   addRecord,
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtMismatch {
			return nil
		}
		d := in.delegation()
		found := one(d.Name, fmt.Sprintf("none of %s at %s is the expected one%s", counted(len(in.values()), "TXT value"), d.Name, in.because()), in.found(), in.expected())
		if len(in.values()) == 1 {
			found[0].Say = fmt.Sprintf("the TXT value at %s is not the expected one%s", d.Name, in.because())
		}
		for _, v := range in.values() {
			if why := in.slip(v); why != "" {
				found[0].Causes = []report.Cause{{Certainty: report.Certain, Text: why}}
			}
		}
		return found
	},
})

// because says what the values are instead, if that can be told.
func (in *In) because() string {
	if in.byWildcard() {
		return ": it is that of a wildcard record, *." + policy.Base(in.Given.Identifier)
	}
	for _, v := range in.values() {
		raw := policy.Raw(v)
		slip := cmp.Or(in.slip(v), map[bool]string{true: "it is empty"}[raw == ""])
		if strings.HasPrefix(strings.ToLower(raw), "v=spf1") {
			slip = "it is an SPF record"
		}
		if slip != "" {
			return ": " + slip
		}
	}
	return ""
}
