package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.name.elsewhere",
	Severity: report.Error,
	Title:    "the TXT is at a neighbouring name",
	Means:    "The right value is there, but at another name than the CA looks at.",
	Causes: []string{
		"the name was typed by hand, or put together by a script, in another way",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "make the record at the name the CA looks at; the one at {instead} can go", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtElsewhere {
			return nil
		}
		near, _ := in.neighbour()
		name := in.delegation().Name
		found := one(name, fmt.Sprintf("the value is at %s; the CA looks elsewhere", near.Lookup.Name), in.found(), look(*near, "%s", answered(near.Last, near.Lookup)))
		found[0].Args = map[string]string{"instead": near.Lookup.Name}
		return found
	},
})
