package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.method.forbidden",
	Severity: report.Error,
	Title:    "the CAA records do not permit this method",
	Means:    "A record with validationmethods permits the CA only if the method that was really used is in the list, spelled exactly, without spaces. For a wildcard that is one of the dns methods.",
	Causes: []string{
		"the record was made when the names were validated by another method",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "put the method into the list", Snippet: caaHere},
		{For: "the ACME client", Text: "validate by a method that is in the list"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcCAA2 + "#section-4", docsCAA, vaCAA + " caaValidationMethodMatches"},
	Detect: func(in *In) []Found {
		bad := in.caaRefusedBy(policy.RuleCAAMethod)
		if len(bad) == 0 {
			return nil
		}
		r := bad[0]
		return []Found{{
			// CAA is asked about each method: two of them are two findings.
			Subject: r.owner + " " + string(in.Given.For), Certainty: report.Certain, Causes: in.methodCauses(r),
			Say:      fmt.Sprintf("%s does not permit %s: %s", in.place(r), in.Given.For, in.caaWhy(policy.RuleCAAMethod, r)),
			Evidence: shownAll(bad, "without "+report.Text(in.Given.For), methodsPart),
			Args:     in.caaArgs(r.owner, in.rewritten(r, withMethod(policy.ReadIssue(r.Value).Parameters, in.Given.For))),
		}}
	},
})

// methodCauses finds the method in a list that does not count.
func (in *In) methodCauses(r caaRecord) []report.Cause {
	lists := r.values("validationmethods")
	all := strings.Join(lists, ",")
	certain := func(text string) []report.Cause { return []report.Cause{{Certainty: report.Certain, Text: text}} }
	switch there := slices.Contains(strings.Split(strings.ToLower(all), ","), string(in.Given.For)); {
	case there && len(lists) > 1:
		return certain("a record holds one validationmethods at most; with another one beside it, the record permits nothing")
	case there && strings.Contains(","+all+",", ",,"):
		return certain("an empty entry in the list makes what follows void")
	case there:
		return certain("the names of methods are compared as they are, in lower case")
	}
	return nil
}

func methodsPart(r caaRecord) string { return r.first("validationmethods") }

// withMethod are parameters with one list of methods, which has m.
func withMethod(parameters []policy.Parameter, m probes.Method) []policy.Parameter {
	var list []string
	for _, v := range append(valuesOf(parameters, "validationmethods"), string(m)) {
		for label := range strings.SplitSeq(v, ",") {
			if !slices.Contains(list, label) && slices.Contains(probes.Methods, probes.Method(label)) {
				list = append(list, label)
			}
		}
	}
	return append(without(parameters, "validationmethods"), policy.Parameter{Tag: "validationmethods", Value: strings.Join(list, ",")})
}
