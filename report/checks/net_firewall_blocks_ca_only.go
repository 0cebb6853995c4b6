package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.firewall.blocks-ca-only",
	Severity: report.Error,
	Title:    "the CA is blocked, others are not",
	Means:    "The same port of the same address lets others in and keeps the CA out. Most filters that do so go by where a request comes from (a country, a network, its reputation), or by how many come at once.",
	Causes: []string{
		"geo-blocking, or a reputation list of cloud networks: CAs look from there",
		"a limit or an intrusion prevention system takes the CA's requests, several at once, for an attack",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "exempt the challenge from filters by source: GET /.well-known/acme-challenge/* on port {port} of {address}, any source, any User-Agent", When: byHTTP},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} from any source to {address}, at least while the client orders", When: byALPN},
		withoutInbound,
		{For: "the ACME client", Text: "open port 80 in a pre-hook of the ACME client, and close it afterwards", Snippet: "certbot renew --pre-hook 'ufw allow 80/tcp' --post-hook 'ufw delete allow 80/tcp'", When: byHTTP},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Topics:  []string{"waf", "allow-list", "delegation"},
	Sources: []string{docsPort80, docsMVA, "boulder va/va.go detailedError"},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != onlyTheCA {
			return nil
		}
		address, port := in.reached(in.Said())
		kept := "is answered otherwise"
		if noConnection(p) {
			kept = "is kept out"
		}
		f := Found{
			Subject: subjectOf(address, port), Certainty: report.Likely,
			Args:    map[string]string{"address": address, "port": port},
			NotAFix: []string{"letting in the CA's addresses: there is no list of them, and they change"},
		}
		if in.outside() {
			last := in.Last()
			f.Say = fmt.Sprintf("%s lets us in and the CA %s", last.where(), kept)
			f.Evidence = append(f.Evidence, in.saw(last, "address", "%s  from here", last.ending()))
		}
		if n := len(in.visitors()); n > 0 {
			f.Say = fmt.Sprintf("TCP %s lets others in and the CA %s", port, kept)
			f.Evidence = append(f.Evidence, report.Evidence{Probe: FromCA, Field: "arrived", Text: fmt.Sprintf("%s of others arrived here while the CA looked, the CA's did not", counted(n, "request"))})
		}
		return []Found{f}
	},
})
