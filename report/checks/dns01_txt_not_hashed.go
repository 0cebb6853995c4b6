package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.not-hashed",
	Severity: report.Error,
	Title:    "the value is the key authorization, not its digest",
	Means:    "http-01 serves the key authorization itself; dns-01 wants its SHA-256 digest in base64url (RFC 8555 §8.4).",
	Causes: []string{
		"a hook or script was written for http-01, or does not hash what it is given",
	},
	FixBy: Client,
	Fixes: append([]Fix{
		{For: "DNS", Text: "in place of it: the digest", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	}, scriptDigest),
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtNotHashed {
			return nil
		}
		name := in.delegation().Name
		return one(name, fmt.Sprintf("the TXT value at %s is the key authorization or its token, not the digest of it", name), in.found(), in.expected())
	},
})
