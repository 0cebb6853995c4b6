package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.remote.too-few",
	Severity: report.Error,
	Title:    "the CA has too few remote perspectives",
	Means:    "With fewer remote perspectives than the rules ask for (Baseline Requirements 3.2.2.9), the CA refuses every order before they look. Nothing is wrong with the name or the server.",
	Causes: []string{
		"the CA, or whoever set up this check, has fewer perspectives at work than it needs",
	},
	FixBy:   Nobody,
	Again:   "acmecheck {target}",
	Sources: []string{brMPIC, vaMPIC},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleTooFew) {
			return nil
		}
		least := fmt.Sprintf("%s passes; fewer than %d remote perspectives", in.Policy.MPIC.Primary, in.Policy.MPIC.Remotes)
		return one(string(in.Given.Identifier), fmt.Sprintf("the CA needs %d remote perspectives and has fewer; the name itself passes", in.Policy.MPIC.Remotes),
			report.Evidence{Probe: "p1", Field: "perspective", Text: least})
	},
})
