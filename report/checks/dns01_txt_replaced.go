package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.replaced",
	Severity: report.Error,
	Title:    "only values of other challenges are there",
	Means:    "What is at the challenge name has the form of challenge values, but they are of other challenges. A name and its wildcard are two challenges with the same TXT name: both values have to be there at once.",
	Causes: []string{
		"the client or the provider replaces the record in place of adding one, as for a name and its wildcard",
		"values of earlier orders are left over, and the new one is not there yet",
		"another ACME client writes the same name",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "add the value as one more TXT record; let those be that are of orders under way", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
		waitForAll,
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Masks:   []string{"dns01.txt.leftover"},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtReplaced {
			return nil
		}
		name := in.delegation().Name
		n := len(in.leftovers())
		say := fmt.Sprintf("%s at %s, and all are of other challenges", counted(n, "challenge value"), name)
		if n == 1 {
			say = fmt.Sprintf("the value at %s is that of another challenge", name)
		}
		return one(name, say, in.found(), in.expected())
	},
})
