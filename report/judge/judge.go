// Package judge turns a trace into an outcome: a pure function of the trace
// and the policy, without I/O or a clock.
package judge

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// In is all a judgement may depend on.
type In struct {
	Trace  probes.Trace
	Policy *policy.Policy
	Proof  report.Proof
}

// Judge says what the CA would have said to what the trace holds. A trace
// without a question, or cut off, is CannotTell.
func Judge(in In) report.Outcome {
	g, ok := in.Trace.Given()
	o := report.Outcome{Method: g.Method, Proof: in.Proof, Hops: hops(in.Trace, in.Policy)}
	if !ok {
		o.Why = "the trace holds no question"
		return o
	}
	d := in.Policy.Decide(g, in.Trace.Replay())
	o.SpentMS = d.Spent.Milliseconds()
	o.Rule = d.Rule
	switch {
	case d.Undecided:
		o.Why, o.Hint = cutOff(in.Trace)
	case d.Valid:
		o.Verdict, o.Why = report.WouldIssue, "the CA would accept this"
	case ours(&o, in.Trace, d):
	case in.Proof == report.ProofPath && d.Rule == policy.RuleMismatch, in.Proof == report.ProofPath && d.Rule == policy.RuleTooLong,
		in.Proof == report.ProofPath && d.Rule == policy.RuleStatus && status(in.Trace, d.Step) == 404:
		// An unknown token: that the way is clear is all that can be shown.
		o.Verdict, o.Rule = report.WouldIssue, policy.RuleAccepted
		o.Why = fmt.Sprintf("path clear: %d for a token nobody knows", status(in.Trace, d.Step))
	case in.Proof == report.ProofPath && d.Rule == policy.RuleStatus:
		o.Why = fmt.Sprintf("the server answers %d to a token nobody knows; that does not show what it answers to a real one", status(in.Trace, d.Step))
		o.Hint = "acmecheck --webroot DIR " + target(g) + "   with the directory the server serves"
	default:
		o.Verdict, o.Problem = report.WouldNot, d.Problem
		o.Why = "a real order now would be refused"
	}
	return o
}

func target(g probes.Given) string { return string(g.Method) + "@" + string(g.Identifier) }

func cutOff(t probes.Trace) (why, hint string) {
	last := t[len(t)-1]
	if d, ok := last.Fact.(probes.Dial); ok && last.Fault != nil {
		return fmt.Sprintf("%s did not answer for %.1f s, which is less than the CA waits", d.To, last.Took.Seconds()), "leave --timeout away: the CA waits 10 s"
	}
	return "the look was cut off before it ended", ""
}

// ours recognises failures that are this machine's or its network's, and not
// the target's: those must never be blamed on anybody.
func ours(o *report.Outcome, t probes.Trace, d policy.Decision) bool {
	f := d.Fault
	switch {
	case f == nil:
		return false
	case d.Rule == policy.RuleLookup && !resolverAlive(t):
		l := lastLookup(t)
		o.Why = fmt.Sprintf("the resolver %s does not answer from here (%s)", l.Resolver, f.Kind)
		o.Hint = "--resolver IP:PORT names another one"
	case f.Kind == probes.FaultLocal:
		o.Why = "this machine could not open a connection: " + f.Detail
	case f.Kind == probes.FaultNetUnreachable && f.ICMP == "":
		o.Why = "this machine has no route to the address, so nothing was sent"
		o.Hint = "ip route get ADDRESS   shows it; the CA may well have one"
	default:
		return false
	}
	return true
}

// resolverAlive reports whether any look-up of the trace got an answer, the
// one beyond the CA's included that a walker makes in doubt.
func resolverAlive(t probes.Trace) bool {
	for _, s := range t {
		if l, ok := s.Fact.(probes.Lookup); ok && (s.Fault == nil && l.RCode != "" || s.Fault != nil && s.Fault.Kind == probes.FaultUnsendable) {
			return true
		}
	}
	return false
}

func lastLookup(t probes.Trace) probes.Lookup {
	var last probes.Lookup
	for _, s := range t {
		if l, ok := s.Fact.(probes.Lookup); ok {
			last = l
		}
	}
	return last
}

func status(t probes.Trace, id int) int {
	for _, s := range t {
		if f, ok := s.Fact.(probes.Fetch); ok && s.ID == id {
			return f.Status
		}
	}
	return 0
}
