package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.ipv6.dropped",
	Severity: report.Warning,
	Title:    "IPv6 is silently dropped and costs 10 s",
	Means:    "The CA tries IPv6 first and waits 10 s of its 20 before it falls back to IPv4. Its other perspectives have even less time.",
	Causes: []string{
		"a firewall has rules for IPv4 only",
		"the AAAA record names an address that is not in use",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the AAAA record, if the server is not meant to be reached over IPv6"},
		{For: "nginx", Text: "listen on IPv6 too", Snippet: "listen [::]:80;", When: byHTTP},
		{For: "Apache", Text: "listen on IPv6 too", Snippet: "Listen [::]:80", When: byHTTP},
		{For: "your app", Text: "let the ACME client listen on [::]:443 too", When: byALPN},
		{For: "ufw", Text: "let new connections in over IPv6 too (IPV6=yes in /etc/default/ufw)", Snippet: "sudo ufw allow {port}/tcp"},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} over IPv6 too, from any source"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"ipv6"},
	Sources: []string{docsIPv6, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		var out []Found
		for _, r := range in.fellBack() {
			if r.fault().Kind != probes.FaultTimeout {
				continue // net.ipv6.broken
			}
			next := in.after(r)
			say := "IPv6 port %d is silently dropped and costs 10 s; only %s keeps validation alive"
			if r.Dialled.Fault == nil {
				say = "IPv6 port %d accepts, then says nothing and costs 10 s; only %s keeps validation alive"
			}
			out = append(out, Found{
				Subject: r.where(), Certainty: report.Certain,
				Say:      fmt.Sprintf(say, r.Dial.To.Port(), family(next.Dial.To.Addr())),
				Evidence: []report.Evidence{in.ended(r), in.saw(next, "address", "%s  connected", next.where())},
			})
		}
		return out
	},
})
