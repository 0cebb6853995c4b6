package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.servers.lagging",
	Severity: report.Warning,
	Title:    "a name server still gives the old value",
	Means:    "The resolver asked a server that has the new value. The CA looks from several places at once, and each may ask any of them.",
	Causes: []string{
		"the change has not reached every server yet",
		"a secondary does not get the zone: its transfer fails, or it is not notified",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let the ACME client wait until every name server has the value"},
		{For: "DNS", Text: "mend the zone transfer to the server that is behind, and raise the serial with every change", Snippet: "dig +norecurse {txt} {qtype} @NAMESERVER"},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, "https://www.rfc-editor.org/rfc/rfc1996", vaDNS},
	Detect: func(in *In) []Found {
		if !in.Decision.Valid || !in.digested() {
			return nil
		}
		give, lack := in.split()
		if len(give) == 0 || len(lack) == 0 {
			return nil
		}
		found := one(in.delegation().Name, fmt.Sprintf("%d of %s without the new TXT value", len(lack), counted(len(give)+len(lack), "name server")), in.byServer()...)
		found[0].Causes = []report.Cause{{Certainty: report.Likely, Text: in.chances(len(give), len(give)+len(lack))}}
		return found
	},
})
