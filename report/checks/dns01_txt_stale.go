package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.stale",
	Severity: report.Warning,
	Title:    "stale TXT values pile up",
	Means:    "Every answer carries all the values. Over 512 octets some resolvers need TCP, over 1232 all do, and what is over 65,535 cannot be answered.",
	Causes: []string{
		"the ACME client adds values and does not remove them: its clean-up fails, or it is killed before",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "delete all {leftovers}; your client's clean-up does not work"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.dnsflagday.net/2020/", "https://www.rfc-editor.org/rfc/rfc7766#section-5", vaDNS},
	Masks:   []string{"dns.answer.large"},
	Detect: func(in *In) []Found {
		stale := in.leftovers()
		s, l := in.txt()
		if len(stale) < 2 || l.Size <= smallAnswer {
			return nil
		}
		name := in.delegation().Name
		evidence := []report.Evidence{
			sized(s, "%s octets: %s%s", octets(l.Size), over(l.Size), in.tcpToo()),
			sized(s, "%s", thresholds(l.Size, len(in.values()))),
		}
		found := one(name, fmt.Sprintf("%s at %s", counted(len(stale), "old challenge value"), name), evidence...)
		found[0].Args = map[string]string{"leftovers": fmt.Sprint(len(stale))}
		return found
	},
})
