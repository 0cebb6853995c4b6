package checks

import "github.com/acmecheck/acmecheck/report"

var _ = register(Check{
	Code:     "dns01.credentials.broad",
	Severity: report.Warning,
	Title:    "the solver's key can write the website's zone",
	Means:    "For dns-01 a key has to write one TXT record. This one can change the addresses of the site and its mail too, and it lies on the machine that orders.",
	Causes: []string{
		"the key is one for the whole zone, or for the whole account at the provider",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "BIND", Text: "limit the key to the challenge name", Snippet: "update-policy { grant acme-key name {txt}. TXT; };"},
		{For: "DNS", Text: "delegate the challenge name to a zone of its own, and let the key write only there", Snippet: "acmecheck explain delegation"},
		{For: "the DNS provider", Text: "have a token made that may edit this one record or zone"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"credentials", "delegation"},
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8555#section-10.2", "https://letsencrypt.org/docs/challenge-types/#dns-01-challenge"},
	Detect:  func(in *In) []Found { return in.credentials("broad") },
})
