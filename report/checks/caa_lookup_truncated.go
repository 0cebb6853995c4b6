package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.lookup.truncated",
	Severity: report.Error,
	Title:    "the CAA answer is truncated",
	Means:    "A record that forbids may be in the part that was cut off, so the CA does not go by half an answer. What does not fit into UDP has to come over TCP.",
	Causes: []string{
		"TCP port 53 of the name servers is blocked, and the answer does not fit into UDP",
		"there are too many CAA records, or very long ones",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "the firewall team", Text: "permit inbound TCP 53 to the name servers, from any source (RFC 7766)"},
		{For: "DNS", Text: "let the name servers answer over TCP; this shows whether one does", Snippet: "dig +tcp +norecurse {host} CAA @{server}"},
		{For: "DNS", Text: "remove CAA records that nobody needs"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsCAA, "https://www.rfc-editor.org/rfc/rfc7766#section-5", "boulder bdns/dns.go LookupCAA"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleCAATruncated) {
			return nil
		}
		l, _ := in.climbed().Fact.(probes.Lookup)
		return []Found{{
			Subject: l.Name, Certainty: report.Certain, Evidence: in.climb("not all of it"),
			Say:  fmt.Sprintf("the CAA answer for %s is truncated, over TCP too", l.Name),
			Args: map[string]string{"host": shellWord(l.Name)},
		}}
	},
})
