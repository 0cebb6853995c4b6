package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.rejected",
	Severity: report.Error,
	Title:    "a router or firewall rejects with ICMP",
	Means:    "A device on the way answers new connections with an ICMP message that says no. (The CA may call this \"connection refused\", or give no reason.)",
	Causes: []string{
		"a firewall rule rejects new connections to the port",
	},
	FixBy:   Network,
	Fixes:   withWayRound(openPort()),
	Again:   "acmecheck {target}",
	Topics:  []string{"firewall"},
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Masks:   []string{"net.connect.unreachable"},
	Detect: func(in *In) []Found {
		f := in.Decision.Fault
		byICMP := in.Failed("", probes.FaultRefused) && f.ICMP != "" || in.Failed("", probes.FaultUnreachable) && prohibits(f.ICMP)
		if !byICMP && !in.Failed("", probes.FaultProhibited) {
			return nil
		}
		r := in.Last()
		say := fmt.Sprintf("a firewall rejects connections to port %d of %s", r.Dial.To.Port(), r.Dial.To.Addr())
		if f.From != "" {
			say += ": " + f.From + " says no by ICMP " + f.ICMP
		}
		return []Found{{Subject: r.where(), Certainty: report.Certain, Evidence: in.dials(), Say: say}}
	},
})

// prohibits reports whether an ICMP message is a firewall's: administratively
// prohibited, of any kind (RFC 1812 §5.2.7.1, RFC 4443 §3.1).
func prohibits(icmp string) bool {
	switch icmp {
	case "3/9", "3/10", "3/13", "1/1":
		return true
	}
	return false
}
