package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.ipv4.dropped",
	Severity: report.Warning,
	Title:    "IPv4 is silently dropped; only IPv6 works",
	Means:    "The CA tries IPv6 first, so it passes today. Without the AAAA record, or with a CA that tries IPv4, it fails.",
	Causes: []string{
		"a firewall drops the port on IPv4; a merely closed port would say \"refused\"",
	},
	FixBy:   Network,
	Fixes:   openPort(),
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		var out []Found
		for _, l := range in.otherDead() {
			if l.Dial.To.Addr().Is4() && !in.First().Dial.To.Addr().Is4() && l.Fault.Kind == probes.FaultTimeout {
				out = append(out, Found{
					Subject: l.where(), Certainty: report.Certain, Say: fmt.Sprintf("IPv4 port %d is silently dropped; only IPv6 keeps validation alive", l.Dial.To.Port()), Args: map[string]string{"address": l.Dial.To.Addr().String()},
					Evidence: []report.Evidence{in.saw(in.First(), "address", "%s  connected", in.First().where()), look(l, "%s  %s for %.1f s", l.where(), FaultWords(l.Fault), l.Last.Took.Seconds())},
				})
			}
		}
		return out
	},
})

// otherDead are the addresses that the CA does not begin with and that cannot
// be connected to, where the CA could connect to another. Those that this
// machine has no route for are not counted.
func (in *In) otherDead() []Look {
	var out []Look
	tried := map[string]bool{}
	for _, r := range in.Requests {
		tried[r.where()] = true
	}
	if first := in.First(); first.Dialled == nil || first.Dialled.Fault != nil {
		return nil
	}
	for _, l := range in.Looked(probes.BeyondAddress) {
		dead := l.Fault != nil && l.Fetched == nil && l.Shaken == nil && l.Fault.Kind != probes.FaultCanceled && l.Fault.Kind != probes.FaultLocal
		if dead && !tried[l.where()] && !in.untried(l.Fault, l.Dial.To.Addr()) {
			tried[l.where()] = true
			out = append(out, l)
		}
	}
	return out
}
