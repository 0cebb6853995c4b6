package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.tcp.blocked",
	Severity: report.Error,
	Title:    "the answer needs TCP, and TCP 53 is blocked",
	Means:    "The answer does not fit into a datagram. The resolver asks again over TCP, and the name server does not take it.",
	Causes: []string{
		"a firewall lets only UDP port 53 through to the name server",
		"the name server does not listen on TCP",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "ufw", Text: "let TCP port 53 through to the name server, from everywhere", Snippet: "sudo ufw allow 53/tcp"},
		{For: "nftables", Text: "let new connections in, before the rule that drops", Snippet: "sudo nft insert rule inet filter input tcp dport 53 ct state new accept"},
		{For: "DNS", Text: "let the answer become small: delete the values that nobody needs", Snippet: "dig +norecurse +ignore {txt} {qtype} @NAMESERVER"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc7766#section-5", vaDNS},
	Masks:   []string{"dns.answer.servfail", "dns.answer.timeout"},
	Detect: func(in *In) []Found {
		found := in.lookups(tcpBlocked, "the answer for %s needs TCP, and a name server does not take it")
		for i := range found {
			for _, a := range in.authorities() {
				if a.blocked() {
					found[i].Say = fmt.Sprintf("the answer for %s needs TCP, and %s (%s) does not take it", found[i].Subject, a.host, a.addr)
					return found
				}
			}
		}
		return found
	},
})
