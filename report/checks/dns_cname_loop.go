package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.cname.loop",
	Severity: report.Error,
	Title:    "the CNAME chain loops or is longer than 11",
	Means:    "Aliases lead to aliases; the resolver follows 11 of them.",
	Causes: []string{
		"two aliases name each other, or one names itself",
		"a wildcard alias matches the name that it leads to",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let {host} name its address, or an alias of one", When: func(in *In) bool { return !in.byTXT() }},
		{For: "DNS", Text: "let {host} be the alias of the very name that the ACME client writes to", Snippet: "{host}.  300  IN  CNAME  NAME.OF.THE.CLIENT.", When: (*In).byTXT},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.answer.servfail"},
	Detect: func(in *In) []Found {
		return in.lookups(looping, "the aliases of %s go in a circle")
	},
})
