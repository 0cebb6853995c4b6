package judge

// This file puts what a real CA said in the place of what was foreseen.

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/explain"
)

// ofCA reports a finding that a CA showed.
func ofCA(f report.Finding) bool {
	return len(f.Evidence) > 0 && f.Evidence[0].Probe == checks.FromCA
}

// overruled is an outcome with the CA's verdict, where it has one, and with what
// the order shows. The vantages and the probes keep what each of them saw.
func overruled(o report.Outcome, in In) report.Outcome {
	c, ok := checks.Read(in.Trace, in.Policy, in.Options, in.Remotes...)
	if !ok {
		return o
	}
	o.Findings = checks.Diagnose(c)
	said := c.Said()
	dress(o.Findings, said)
	switch said.Answer {
	case checks.Unasked:
	case checks.Unanswered:
		if o.Verdict == report.WouldIssue || said.Passed { // otherwise a refusal that we foresee stays one
			o.Verdict, o.Problem, o.Why = report.CannotTell, nil, "the CA has not come to an answer"
		}
	case checks.Validated:
		o.Verdict, o.Proof, o.Problem, o.Why = report.WouldIssue, probes.ProofCA, nil, "the CA validated it"
		if !c.Options.Order.Pebble() {
			met := true
			o.Vantages.QuorumMet = &met
		}
	case checks.Refused:
		o.Verdict, o.Proof, o.Problem, o.Why = report.WouldNot, probes.ProofCA, problemSaid(said.Problem), "the CA refused it"
		if said.Secondary {
			o.Vantages.QuorumMet = new(bool)
		}
	}
	discount(o.Findings, said)
	o.Codes = codes(o.Findings)
	o.Word = o.Verdict.Word(report.Summarize(o.Findings).Warning)
	return o
}

// problemSaid is a CA's own problem in a report.
func problemSaid(p *probes.ACMEProblem) *report.Problem {
	if p == nil {
		return nil
	}
	return &report.Problem{Type: p.Type, Detail: p.Detail, Status: p.Status}
}

// discount says of our own findings why they do not count, where the CA saw
// otherwise: an error is what it would refuse for. What leaves open what the CA
// would see is settled; of a refusal it may still be the reason, if it is more
// than a note.
func discount(fs []report.Finding, said checks.Said) {
	for i := range fs {
		f := &fs[i]
		c := checks.ByCode(f.Code)
		why := ""
		switch {
		case ofCA(*f) || f.Suppressed != nil:
		case f.Severity == report.Error && said.Secondary && strings.HasPrefix(f.Code, "vantage."): // it explains
		case f.Severity == report.Error && said.Secondary:
			why = "the CA's first perspective was satisfied"
		case f.Severity == report.Error && (said.Answer == checks.Validated || said.Passed && said.Answer != checks.Unasked):
			why = "the CA validated it"
		case c.Unsettles && (said.Answer == checks.Validated || said.Answer == checks.Refused && f.Severity == report.Info):
			why = "the CA has looked"
		}
		if why != "" {
			f.Suppressed = &why
		}
	}
}

// dress takes from the CA's findings what is not theirs, and joins the CA's text
// with what is known of it.
func dress(fs []report.Finding, said checks.Said) {
	for i := range fs {
		f := &fs[i]
		if ofCA(*f) {
			f.Repro = []string{} // no look-up or request of ours shows what the CA saw
		}
		if f.Code == "acme.problem.other" && said.Problem != nil {
			join(f, said.Problem)
		}
	}
}

// join explains the CA's text by the catalogue of such texts.
func join(f *report.Finding, p *probes.ACMEProblem) {
	found := explain.Recognise(p.Type + " :: " + p.Detail)
	if len(found) == 0 {
		return
	}
	e := found[0].Entry
	f.Explanation = e.Means
	for _, text := range e.Causes {
		f.Causes = append(f.Causes, report.Cause{Certainty: report.Likely, Text: text})
	}
	for _, code := range e.Codes {
		if code != f.Code && checks.ByCode(code) != nil {
			f.Summary += fmt.Sprintf("; it may mean %s", code)
			f.Topics = append(f.Topics, code)
			break
		}
	}
}
