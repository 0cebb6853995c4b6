package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.malformed",
	Severity: report.Error,
	Title:    "quotes, padding, spaces or a wrong length",
	Means:    "The value has to be the 43 characters of the digest and nothing else: no quotes of its own, no white space, no padding.",
	Causes: []string{
		"a provider's panel or interface adds its own quotes, and the client sent some too",
		"a script encodes the digest otherwise than base64url without padding (RFC 4648 §5)",
		"the value was copied with something around it, or not whole",
	},
	FixBy: DNSAdmin,
	Fixes: append([]Fix{
		{For: "DNS", Text: "in place of it: the value as it is, quoted once in a zone file and not at all in a panel", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	}, scriptDigest),
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, "https://www.rfc-editor.org/rfc/rfc4648#section-5", vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtMalformed {
			return nil
		}
		name := in.delegation().Name
		for _, v := range in.values() {
			if why := in.blemish(v); why != "" {
				return one(name, fmt.Sprintf("the TXT value at %s is malformed: %s", name, why), in.found(), in.expected())
			}
		}
		return nil
	},
})
