package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.servers.disagree",
	Severity: report.Error,
	Title:    "too few name servers have the new value",
	Means:    "The CA looks from several places at once, and each may ask any of the name servers. As long as one of them does not have the new value, it is a matter of luck.",
	Causes: []string{
		"the change has not reached every server yet",
		"a secondary does not get the zone: its transfer fails, or it is not notified",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let the ACME client wait until every name server has the value; in its hook, this waits until enough of them do", Snippet: waitCommand},
		{For: "DNS", Text: "mend the zone transfer to the server that is behind, and raise the serial with every change", Snippet: "dig +norecurse {txt} {qtype} @NAMESERVER"},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, "https://www.rfc-editor.org/rfc/rfc1996", vaDNS},
	Topics:  []string{"delegation"},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtDisagree {
			return nil
		}
		give, lack := in.split()
		return one(in.delegation().Name, fmt.Sprintf("%d of %s without the new TXT value", len(lack), counted(len(give)+len(lack), "name server")), in.byServer()...)
	},
})
