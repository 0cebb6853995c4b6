// Package judge turns a trace into an outcome: a pure function of the trace
// and the policy, without I/O or a clock.
package judge

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// In is all a judgement may depend on.
type In struct {
	Trace   probes.Trace   // of the first perspective
	Remotes []checks.Sight // of the others; nil: nobody else looked
	Policy  *policy.Policy
	Vantage string // whose eyes; empty: local
	Options checks.Options
}

// Judge says what the CA would have said to what the trace holds, and why. A
// trace without a question, or cut off, is CannotTell.
//
// An error among the findings means the CA would refuse; a finding that leaves
// the matter open, or a look that decides nothing, means that we cannot tell;
// otherwise the CA would issue. Where a real CA was asked (checks.Options.Order),
// its own word is in the place of what was foreseen.
func Judge(in In) report.Outcome {
	if in.Vantage == "" {
		in.Vantage = "local"
	}
	order := in.Options.Order
	in.Options.Order = nil
	o := foresee(in)
	if order == nil {
		return o
	}
	in.Options.Order = order
	return overruled(o, in)
}

// foresee is Judge without a CA.
func foresee(in In) report.Outcome {
	c, ok := checks.Read(in.Trace, in.Policy, in.Options, in.Remotes...)
	if !ok {
		return report.Outcome{Word: "inconclusive", Codes: []string{}, Vantages: agreement(report.CannotTell, in.Vantage), Findings: []report.Finding{}, Probes: []report.Probe{}, Why: "the trace holds no question"}
	}
	o := report.Outcome{Method: c.Given.Method, For: report.Text(c.Given.For), Decisive: true, Proof: c.Given.Proof}
	if !c.Decision.Undecided {
		ms := c.Decision.Spent.Milliseconds()
		o.CAMS = &ms
	}
	o.Findings = checks.Diagnose(c)
	o.Verdict = verdict(c, o.Findings)
	o.Word = o.Verdict.Word(report.Summarize(o.Findings).Warning)
	o.Codes = codes(o.Findings)
	o.Vantages = agreement(alone(c, o.Verdict), in.Vantage)
	corroborated(c, &o.Vantages)
	o.Why = why(c, o.Verdict)
	if p := c.Decision.Problem; p != nil && o.Verdict == report.WouldNot { // a challenge that is not offered has none
		o.Problem = &report.Problem{Type: p.Type, Detail: p.Detail, Status: p.Status, Predicted: true}
	}
	o.Probes = probesOf(c, o, in.Vantage)
	return o
}

func verdict(c *checks.In, fs []report.Finding) report.Verdict {
	switch {
	case c.Refused():
		return report.WouldNot
	case c.Decision.Undecided, c.Ours(), c.Unclear(), checks.Unsettled(fs, c.Options):
		return report.CannotTell
	}
	return report.WouldIssue
}

// codes are those of findings, each once, in their order.
func codes(fs []report.Finding) []string {
	out := []string{}
	seen := map[string]bool{}
	for _, f := range fs {
		if !seen[f.Code] {
			out = append(out, f.Code)
		}
		seen[f.Code] = true
	}
	return out
}

func agreement(v report.Verdict, vantage string) report.Agreement {
	a := report.Agreement{Pass: []string{}, Fail: []string{}, Inconclusive: []string{}}
	switch v {
	case report.WouldIssue:
		a.Pass = append(a.Pass, vantage)
	case report.WouldNot:
		a.Fail = append(a.Fail, vantage)
	case report.CannotTell:
		a.Inconclusive = append(a.Inconclusive, vantage)
	}
	return a
}

// alone is the verdict of the first vantage: where it passes, a refusal is the
// others'.
func alone(c *checks.In, v report.Verdict) report.Verdict {
	if c.Corroborates(c.Primary) && (v == report.WouldNot || c.Decision.Undecided) {
		return report.WouldIssue
	}
	return v
}

// corroborated adds what the remote perspectives say, and whether that is
// enough.
func corroborated(c *checks.In, a *report.Agreement) {
	for _, r := range c.Remotes {
		switch {
		case r.Decision.Undecided:
			a.Inconclusive = append(a.Inconclusive, r.Perspective)
		case c.Corroborates(r.Decision):
			a.Pass = append(a.Pass, r.Perspective)
		default:
			a.Fail = append(a.Fail, r.Perspective)
		}
	}
	few := c.Decision.Rule == policy.RuleTooFew
	if !c.Decision.Undecided && (few || len(c.Remotes) > 0) {
		met := !few && c.Decision.Rule != policy.RuleQuorum && c.Decision.Rule != policy.RuleRIR
		a.QuorumMet = &met
	}
}

// why is the verdict in a sentence, for where no finding says it.
func why(c *checks.In, v report.Verdict) string {
	switch v {
	case report.WouldNot:
		return "a real order now would be refused"
	case report.CannotTell:
		return "what was seen does not show what the CA would see"
	case report.WouldIssue:
	}
	switch c.Given.Method {
	case probes.TLSALPN01:
		if c.Decision.Valid {
			return "challenge certificate served"
		}
		return "path clear: an ACME client answers acme-tls/1"
	case probes.DNS01, probes.DNSAccount01:
		if c.Decision.Valid {
			return "TXT value found at " + c.Decision.Target
		}
		return "the name servers of " + c.Decision.Target + " answer; no value was expected"
	case probes.DNSPersist01:
		return "a record of this CA and account at " + c.Decision.Target
	case probes.CAA:
		return permission(c)
	case probes.HTTP01:
	}
	if c.Decision.Valid {
		return "token served" + through(c)
	}
	return fmt.Sprintf("path clear%s: %d for an unknown token", through(c), c.Decision.Status)
}

// permission tells the records that permit.
func permission(c *checks.In) string {
	if c.Decision.Found == "" {
		return "no records: any CA may issue"
	}
	var all []string
	for _, s := range c.Lookups {
		if l, _ := s.Fact.(probes.Lookup); l.Name == c.Decision.Found {
			for _, r := range policy.Relevant(policy.CAARecords(l), c.Given.Identifier.Wildcard()) {
				all = append(all, fmt.Sprintf("%d %s %q", r.Flag, r.Tag, r.Value))
			}
		}
	}
	const few = 2
	if len(all) > few {
		all = append(all[:few], "...")
	}
	if len(all) == 0 {
		return "the records at " + c.Decision.Found + " are not about issuing"
	}
	return strings.Join(all, ", ") + " at " + c.Decision.Found
}

// through tells the redirects on the way: a few by name, more by number.
func through(c *checks.In) string {
	const few = 2
	var to []string
	for i, r := range c.Requests[:max(0, len(c.Requests)-1)] {
		if r.Fetch.Status/100 == 3 {
			to = append(to, fmt.Sprintf(", %d to %s", r.Fetch.Status, c.Requests[i+1].URL.Scheme))
		}
	}
	if len(to) > few {
		return fmt.Sprintf(" after %d redirects", len(to))
	}
	return strings.Join(to, "")
}
