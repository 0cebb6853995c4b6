package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.malformed",
	Severity: report.Error,
	Title:    "the DNS question or its answer is malformed",
	Means:    "The name cannot be asked for, or the answer to it cannot be read.",
	Causes: []string{
		"a label of the name is longer than 63 bytes, or the name longer than 253",
		"a broken name server or a middlebox",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "update the name server, or take the device in front of it out of the way; this shows who answers what", Snippet: "dig +trace {host} {qtype}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(malformed, "%s cannot be looked up")
	},
})
