package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.rir.missing",
	Severity: report.Error,
	Title:    "the passing perspectives are all of one RIR",
	Means:    "The remote perspectives that pass have to be in the regions of two Regional Internet Registries at least (Baseline Requirements 3.2.2.9), so that no single network can lie to all of them.",
	Causes: []string{
		"the CA's remote perspectives themselves are all in one region; that is the CA's to mend",
	},
	FixBy:   Network,
	Fixes:   append(widenWhereItFails(), Fix{For: "the ACME client", Text: "order again: the server did nothing wrong, and the CA has to look from another region", When: func(in *In) bool { return len(in.dissenters()) == 0 }}),
	Again:   "acmecheck {target}",
	Topics:  []string{"allow-list"},
	Sources: []string{brMPIC, vaMPIC},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleRIR) {
			return nil
		}
		bad := in.dissenters()
		say := fmt.Sprintf("the remote perspectives that pass are all of %s, and the rules want %d registries", strings.Join(in.passingRIRs(), ", "), in.Policy.MPIC.RIRs)
		if len(bad) > 0 {
			say += "; what does not pass: " + perspectiveNames(bad)
		}
		f := Found{Subject: string(in.Given.Identifier), Certainty: report.Certain, Say: say, Evidence: in.sights(), Args: in.zone()}
		if len(bad) > 0 {
			f.Causes, f.NotAFix = in.dissent(), in.noList()
		}
		return []Found{f}
	},
})

// passingRIRs are the registries of the remote perspectives that pass.
func (in *In) passingRIRs() []string {
	var out []string
	for _, r := range in.Remotes {
		if in.Corroborates(r.Decision) && !slices.Contains(out, r.RIR) {
			out = append(out, r.RIR)
		}
	}
	return out
}

// widenWhereItFails are the ways of widen, where a perspective fails at all.
func widenWhereItFails() []Fix {
	out := widen()
	for i, f := range out {
		out[i].When = func(in *In) bool { return len(in.dissenters()) > 0 && f.When(in) }
	}
	return out
}
