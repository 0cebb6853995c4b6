package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.ipv6.only",
	Severity: report.Error,
	Title:    "IPv6 fails and there is no IPv4 to try",
	Means:    "The CA tries IPv6 first, and IPv4 when that fails in any way. Without an IPv4 address it says only that there is none to fall back to, and hides what went wrong over IPv6.",
	Causes: []string{
		"nothing listens on IPv6 port 443, or a firewall has rules for IPv4 only",
		"the AAAA record names an address that is not in use",
	},
	FixBy: Network,
	Fixes: append(append([]Fix{
		{For: "your app", Text: "listen on [::]:443 while the order runs", When: (*In).hiddenDial},
		{For: "DNS", Text: "correct the AAAA record, or give the name the server's IPv4 address too"},
	}, when((*In).hiddenDial, openPort())...), when((*In).hiddenHandshake, passALPN())...),
	Again:   "acmecheck {target}",
	Topics:  []string{"ipv6"},
	Sources: []string{docsIPv6, vaALPN + " getChallengeCert"},
	Masks:   []string{"net.mtu.black-hole"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleNoFallback) {
			return nil
		}
		r := in.Last()
		say := fmt.Sprintf("%s fails, and there is no IPv4 address to try: %s", r.where(), FaultWords(in.Decision.Fault))
		if in.hiddenDial() {
			return []Found{{Subject: r.where(), Say: say, Certainty: report.Certain, Evidence: in.dials()}}
		}
		return in.answers443(say, in.ended(r))
	},
})

// hiddenDial and hiddenHandshake tell what the CA does not: how far it came.
func (in *In) hiddenDial() bool {
	return in.Decision.Fault != nil && in.Decision.Fault.Op == "dial"
}

func (in *In) hiddenHandshake() bool {
	return in.Decision.Fault != nil && in.Decision.Fault.Op != "dial" && in.Decision.Fault.Kind != probes.FaultTimeout
}
