package checks

import (
	"regexp"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "acme.account.paused",
	Severity: report.Error,
	Title:    "the account is paused for this name",
	Means:    "The CA pauses an account for a name that has failed long and often. Only a person can end the pause, by the link in the CA's answer; waiting does not.",
	Causes: []string{
		"a forgotten machine keeps trying for a name that no longer leads to it",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "mend first what failed, or take the name off the client: the pause comes back otherwise", Snippet: "acmecheck {target}"},
		{For: "the ACME client", Text: "then open the CA's link in a browser, and end the pause there", Snippet: "{url}"},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Sources: []string{docsLimits, "boulder ra/ra.go checkIdentifiersPaused"},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != byPause {
			return nil
		}
		o := in.order()
		f := one(string(in.Given.Identifier), "the CA has paused the account for "+string(in.Given.Identifier)+", after many failures", o.exchanged(o.refusing()))
		f[0].Args = map[string]string{"url": "the link in the CA's text"}
		if link := anyLink.FindString(p.Detail); link != "" {
			f[0].Args["url"] = link
		}
		return f
	},
})

// anyLink is where the CA sends a person.
var anyLink = regexp.MustCompile(`https://[^\s"]+`)
