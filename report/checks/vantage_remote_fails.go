package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.remote.fails",
	Severity: report.Warning,
	Title:    "one remote perspective fails; the quorum still holds",
	Means:    "The CA bears it: of two to five remote perspectives one may fail, of six or more two. It chooses and moves them as it likes, so the next order may meet two that fail.",
	FixBy:    Network,
	Fixes:    widen(),
	Again:    "acmecheck {target}",
	Topics:   []string{"allow-list", "delegation"},
	Sources:  []string{docsMVA, brMPIC, vaMPIC},
	Detect: func(in *In) []Found {
		if in.Decision.Undecided || !in.Corroborates(in.Decision) {
			return nil
		}
		bad := in.dissenters()
		if len(bad) == 0 {
			return nil
		}
		say := fmt.Sprintf("%d of %d remote perspectives would refuse (%s); %d may fail, so the CA issues today", len(bad), len(in.Remotes), perspectiveNames(bad), in.Policy.MPIC.May(len(in.Remotes)))
		return []Found{{
			Subject: perspectiveNames(bad), Certainty: report.Certain, Say: say,
			Evidence: in.sights(), Causes: in.dissent(), NotAFix: in.noList(), Args: in.zone(),
		}}
	},
})
