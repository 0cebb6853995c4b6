package checks

import (
	"fmt"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.time.exhausted",
	Severity: report.Error,
	Title:    "a dropped IPv6 leaves remote perspectives no time",
	Means:    "The CA tries IPv6 first and waits 10 s before it falls back to IPv4. Its first perspective still passes; the remote ones begin after that, have to wait 10 s too, and share the 20 s of all with it.",
	Causes: []string{
		"a firewall has rules for IPv4 only",
		"the AAAA record names an address that is not in use",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the AAAA record, if the server is not meant to be reached over IPv6"},
		{For: "ufw", Text: "repair IPv6: let new connections in (IPV6=yes in /etc/default/ufw)", Snippet: "sudo ufw allow 80/tcp"},
		{For: "the firewall team", Text: "permit inbound NEW TCP 80 over IPv6 too, from any source; even a refusal (RST) would cost no time"},
		{For: "nginx", Text: "listen on IPv6 too", Snippet: "listen [::]:80;"},
		{For: "Apache", Text: "listen on IPv6 too", Snippet: "Listen [::]:80"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"ipv6"},
	Sources: []string{docsIPv6, docsMVA, vaMPIC},
	Masks:   []string{"net.ipv6.dropped", "vantage.quorum.missed", "vantage.rir.missing"},
	Detect: func(in *In) []Found {
		bad := in.dissenters()
		r, dropped := in.droppedIPv6()
		if !in.Stopped(policy.RuleQuorum, policy.RuleRIR) || !dropped || slices.ContainsFunc(bad, func(r policy.Remote) bool { return !timedOut(r.Decision) }) || len(bad) == 0 {
			return nil
		}
		next := in.after(r)
		return []Found{{
			Subject: r.where(), Certainty: report.Certain, NotAFix: []string{"a faster server: the time is lost before it is asked"},
			Say:      fmt.Sprintf("IPv6 port %d is silently dropped; the %.0f s that costs leave %d of %d remote perspectives no time", r.Dial.To.Port(), r.lost().Seconds(), len(bad), len(in.Remotes)),
			Evidence: append([]report.Evidence{in.ended(r), in.saw(next, "address", "%s  connected", next.where())}, in.sights()...),
		}}
	},
})

// droppedIPv6 is the request over IPv6 that got no answer at all, before the
// one over IPv4 that did.
func (in *In) droppedIPv6() (Request, bool) {
	for _, r := range in.fellBack() {
		if r.fault().Kind == probes.FaultTimeout {
			return r, true
		}
	}
	return Request{}, false
}
