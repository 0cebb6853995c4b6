package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "target.method.wildcard",
	Severity: report.Error,
	Title:    "this method cannot validate a wildcard",
	Means:    "A file on one host, or a certificate on one port, does not show that all hosts below a name are yours; a TXT record of the name does (Baseline Requirements 3.2.2.4.19, 3.2.2.4.20).",
	Causes: []string{
		"the client is set to a method that needs a web server",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "choose dns-01 for this name", Snippet: "acmecheck dns-01@'{name}'"},
		{For: "your app", Text: "ask for every host by its own name", Snippet: "acmecheck {target}"},
		{For: "DNS", Text: "if the DNS provider has no API, let a CNAME at _acme-challenge lead to a zone whose provider has one"},
	},
	Again:   "acmecheck dns-01@'{name}'",
	Topics:  []string{"delegation", "credentials"},
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/", "boulder policy/pa.go ChallengeTypesFor"},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RuleMethodWildcard) {
			return nil
		}
		say := fmt.Sprintf("%s cannot validate a wildcard; %s can", in.Given.Method, in.methods())
		found := in.misnamed("*.", "a wildcard", say)
		return with(found, map[string]string{"target": string(in.Given.Method) + "@" + "www." + in.bare()})
	},
})
