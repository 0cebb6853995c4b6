package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.name.doubled",
	Severity: report.Error,
	Title:    "the TXT is at a name with the zone twice",
	Means:    "Many panels append the zone to the name of a record by themselves. Who types the whole name gets it twice.",
	Causes: []string{
		"the panel or interface appends the zone to the name it is given",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "in the panel, type only the part in front of the zone; this has to come of it, and the one at {instead} can go", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtDoubled {
			return nil
		}
		near, _ := in.neighbour()
		name := in.delegation().Name
		found := one(name, fmt.Sprintf("the value is at %s: the zone is there twice", near.Lookup.Name), in.found(), look(*near, "%s", answered(near.Last, near.Lookup)))
		found[0].Args = map[string]string{"instead": near.Lookup.Name}
		return found
	},
})
