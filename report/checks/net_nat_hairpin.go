package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.nat.hairpin",
	Severity: report.Info,
	Title:    "fails from inside the network, as behind many routers (NAT hairpin)",
	Means:    "The address is that of our own network, and the connection fails or ends at the router. Many routers do not lead such connections back in. From outside the port may be open or closed: that does not show from here.",
	Causes: []string{
		"the router does not support NAT loopback",
	},
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.hairpin() {
			return nil
		}
		r := in.Last()
		s, _ := in.Standing(r.Dial.To.Addr())
		say := fmt.Sprintf("%s is our own network's address and does not answer from inside; from outside it may", r.Dial.To.Addr())
		if device := in.device(); device != "" {
			say = fmt.Sprintf("%s is our own network's address, and from inside the router answers (%s); from outside the server may", r.Dial.To.Addr(), device)
		}
		return []Found{{
			Subject: r.where(), Certainty: report.Likely, Say: say,
			Evidence: []report.Evidence{in.ended(r), {Probe: probeID(s.step), Step: report.Natural(s.step.ID), Field: "near", Text: r.Dial.To.Addr().String() + " is one hop away"}},
			Settle:   "acmecheck {target}    from a machine outside, such as one behind a phone",
		}}
	},
})
