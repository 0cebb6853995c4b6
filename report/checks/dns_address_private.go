package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.address.private",
	Severity: report.Error,
	Title:    "every address of the name is private or reserved",
	Means:    "No public CA can connect to a private or reserved address; it treats the name as if it had none.",
	Causes: []string{
		"the name is meant for internal use, or the DNS answers differently inside (split horizon)",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "choose dns-01: it needs no inbound connection (the name becomes public in Certificate Transparency logs)", Snippet: "acmecheck dns-01@{name}"},
		{For: "your app", Text: "choose your own CA for devices you manage: no validation, no public log"},
		{For: "DNS", Text: "if the name is meant for the public: give it the public address of the server", Snippet: "{host}.  300  IN  A  ADDRESS"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"private-ca"},
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(reserved, "%s has only private addresses: no public CA can connect")
	},
})
