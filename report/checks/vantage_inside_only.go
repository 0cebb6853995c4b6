package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.inside.only",
	Severity: report.Info,
	Title:    "seen only from inside: reachability unknown",
	Means:    "The CA does not answer your client on its connection; it opens new ones to your server, from outside. From here no firewall was crossed.",
	Causes: []string{
		"the check runs on the server itself, or behind the same router",
	},
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Topics:    []string{"port-80"},
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		s, ok := in.Inside()
		if !ok || in.Refused() || in.Ours() || in.Decision.Undecided {
			return nil
		}
		say := fmt.Sprintf("port %d answers, but %s is one hop away: no firewall was crossed", in.First().Dial.To.Port(), s.addr)
		if s.own {
			say = fmt.Sprintf("port %d answers, but %s is this machine: no firewall was crossed", in.First().Dial.To.Port(), s.addr)
		}
		return []Found{{
			Subject: s.addr.String(), Certainty: report.Certain, Say: say,
			Evidence: []report.Evidence{{Probe: probeID(s.step), Step: report.Natural(s.step.ID), Field: string(s.step.Beyond), Text: "outbound works; new connections from outside were not seen"}},
			Settle:   "acmecheck rehearse {target} --ca staging    has the CA look; or acmecheck {target} from outside",
		}}
	},
})
