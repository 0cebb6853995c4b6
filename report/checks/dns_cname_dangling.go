package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.cname.dangling",
	Severity: report.Error,
	Title:    "the CNAME leads into a zone that is not there",
	Means:    "The name is an alias for another, and that one does not exist, or its name servers do not have it. (A challenge name may lead into a zone that is empty between orders: that is normal.)",
	Causes: []string{
		"the service behind the alias was given up, or its domain has expired",
		"the zone it leads into was never set up, or is not loaded",
		"the target is misspelled",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "correct the CNAME of {host}, or remove it"},
		{For: "DNS", Text: "set up the zone it leads into, on the name servers it is delegated to", Snippet: "dig +trace {txt} NS", When: (*In).byTXT},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.name.nxdomain"},
	Detect: func(in *In) []Found {
		found := in.lookups(dangling, "%s is an alias for a name that does not exist")
		for i := range found {
			if why := in.intoNothing(); why != "" {
				found[i].Say = why
			}
		}
		return found
	},
})

// intoNothing says where an alias of a TXT record leads, and why that is
// nowhere.
func (in *In) intoNothing() string {
	d := in.delegation()
	switch {
	case !in.byTXT():
		return ""
	case d.Nowhere:
		return fmt.Sprintf("%s leads to %s, and nobody has registered %s", d.Name, d.Target, policy.Registrable(d.Target))
	}
	return fmt.Sprintf("%s leads into the zone %s, which its name servers do not have", d.Name, d.Zone)
}
