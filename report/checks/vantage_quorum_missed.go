package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.quorum.missed",
	Severity: report.Error,
	Title:    "too many remote perspectives fail",
	Means:    "The CA looks from several networks (perspectives). When the first has passed, the others look too. Of two to five of them one may fail, of six or more two (Baseline Requirements 3.2.2.9). The same goes for CAA.",
	FixBy:    Network,
	Fixes:    widen(),
	Again:    "acmecheck {target}",
	Topics:   []string{"allow-list", "delegation"},
	Sources:  []string{docsMVA, brMPIC, vaMPIC},
	Detect: func(in *In) []Found {
		if why, p := in.refusal(); why == byRemotes {
			return in.told(p)
		}
		bad := in.dissenters()
		if !in.Stopped(policy.RuleQuorum) || len(bad) == 0 {
			return nil
		}
		say := fmt.Sprintf("the CA's first perspective passes, and %d of %d remote ones do not (%s); %d may fail", len(bad), len(in.Remotes), perspectiveNames(bad), in.Policy.MPIC.May(len(in.Remotes)))
		return []Found{{
			Subject: string(in.Given.Identifier), Certainty: report.Certain, Say: say,
			Evidence: in.sights(), Causes: in.dissent(), NotAFix: in.noList(), Args: in.zone(),
		}}
	},
})

// zone makes {name} the zone whose servers are asked; most begin where a
// domain is registered.
func (in *In) zone() map[string]string {
	return map[string]string{"name": shellWord(policy.Registrable(policy.Base(in.Given.Identifier)))}
}

// told is what a CA's own word about its remote perspectives amounts to. It
// shows one failure of theirs, and nobody can say which of them came: they tell
// no names, and come from addresses that change.
func (in *In) told(p *probes.ACMEProblem) []Found {
	rules := in.Policy.MPIC
	want := fmt.Sprintf("the rules want at least %d remote perspectives of which %d may fail. Their addresses change", rules.Remotes, rules.May(rules.Remotes))
	evidence := report.Evidence{Probe: FromCA, Field: "arrived", Text: "the CA's first perspective was satisfied; " + want}
	if arrived, ok := in.arrivals(); ok {
		evidence = arrived
		evidence.Text += "; " + want
	}
	f := Found{
		Subject: string(in.Given.Identifier), Certainty: report.Certain,
		Say:      "the CA's first perspective passed, its remote ones did not" + likelyBy(p),
		Evidence: []report.Evidence{evidence}, Causes: in.dissentTold(p), NotAFix: in.noList(), Args: in.zone(),
	}
	if len(in.Remotes) > 0 {
		f.Evidence = append(f.Evidence, in.sights()...)
	}
	return []Found{f}
}

// likelyBy is the likeliest reason, where the CA's words point to one.
func likelyBy(p *probes.ACMEProblem) string {
	if noConnection(p) {
		return ": geo-blocking (likely)"
	}
	return ""
}
