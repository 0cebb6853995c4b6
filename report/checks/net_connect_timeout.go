package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.timeout",
	Severity: report.Error,
	Title:    "the port is silently dropped",
	Means:    "The CA opens a new connection to the port and waits 10 s for an answer. Outbound connections and answers to them prove nothing about this: a firewall treats new connections by rules of their own.",
	Causes: []string{
		"a firewall drops new connections to the port (on the host, in the cloud, at the perimeter, at the provider)",
		"the router does not forward the port",
		"the address is no longer in use",
	},
	FixBy:   Network,
	Fixes:   withWayRound(openPort()),
	Again:   "acmecheck {target}",
	Topics:  []string{"firewall"},
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("dial", probes.FaultTimeout) {
			return nil
		}
		r := in.Last()
		return []Found{{
			Subject: r.where(), Certainty: report.Certain, Evidence: in.dials(),
			Say: fmt.Sprintf("new connections to TCP %d of %s are silently dropped", r.Dial.To.Port(), r.Dial.To.Addr()),
		}}
	},
})

// dials is the evidence about connecting to where the CA ended: its own
// attempts, and what else was tried on the same host.
func (in *In) dials() []report.Evidence {
	last := in.Last()
	var out []report.Evidence
	for _, r := range in.Requests {
		if r.Dial.Host == last.Dial.Host && r.Dialled.Fault != nil {
			out = append(out, in.ended(r))
		}
	}
	if len(out) == 0 {
		out = append(out, in.ended(last))
	}
	for _, why := range []probes.Beyond{probes.BeyondPort443, probes.BeyondAddress} {
		for _, l := range in.Looked(why) {
			if l.Dialled == nil || l.Dial.Host != last.Dial.Host || l.Dial.To == last.Dial.To {
				continue
			}
			word := FaultWords(l.Dialled.Fault)
			if l.Dialled.Fault == nil && l.Dial.To.Addr() == last.Dial.To.Addr() {
				word += ", so the host is up and the address is right"
			}
			out = append(out, look(l, "%s  %s", l.where(), word))
		}
	}
	return out
}
