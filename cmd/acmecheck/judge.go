package main

// This file judges the traces of a saved report once more.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// judgeOptions are the flags of judge.
type judgeOptions struct {
	outputs
	gateOptions

	policy, asOf string
}

func newJudge() *cobra.Command {
	o := &judgeOptions{}
	c := &cobra.Command{
		Use:   "judge REPORT.json",
		Short: "Judge what a saved report saw once more, offline; - is standard input",
		Long: `judge takes from a saved report what was seen, and judges it by the rules of this
acmecheck: a report that somebody sends is a case that can be looked into. It
looks at nothing itself. By the same rules the same verdicts come out.

--policy judges by another CA's rules; where that CA would have looked elsewhere,
nothing was seen, and the answer is cannot tell. --as-of says what the present
is for rules about time: until when certificates and dns-persist-01 records are
valid. What a resolver found expired stays expired: it had its own clock.

It exits as check does, with the code of the new verdict.`,
		Example: `  acmecheck judge report.json
  acmecheck judge report.json --as-of 2027-03-01`,
		Args: oneReport,
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := o.destinations(); err != nil {
				return err
			}
			was, err := savedReport(c, args[0])
			if err != nil {
				return err
			}
			r, err := o.again(was)
			if err != nil {
				return err
			}
			return o.publish(c, r)
		},
	}
	f := c.Flags()
	o.outputs.flags(f)
	o.gateOptions.flags(f)
	f.StringVar(&o.policy, "policy", "", "whose rules: "+strings.Join(policy.Known, ", ")+" (default: the report's)")
	f.StringVar(&o.asOf, "as-of", "", "the present, as 2006-01-02 or RFC 3339 (default: when the report was made)")
	return c
}

// again is a report with its traces judged once more. The run stays the one
// that looked.
func (o *judgeOptions) again(was *report.Report) (*report.Report, error) {
	p, err := o.rules(was)
	if err != nil {
		return nil, err
	}
	now, err := moment(o.asOf)
	if err != nil {
		return nil, err
	}
	s, unruled := recalled(was, p, now)
	x := &examination{policy: p}
	if d := was.Run.Declared; d != nil {
		x.judged.AnyMethod, x.judged.RequireIPv6 = d.AnyMethod, d.RequireIPv6
	}
	if err := o.complete(x.judged.RequireIPv6); err != nil {
		return nil, err
	}
	x.judged.AnyMethod = x.judged.AnyMethod || o.gate.AnyMethod
	x.gate = o.gate
	x.gate.AnyMethod = x.judged.AnyMethod
	r := x.judge(s)
	r.Run.Vantages = was.Run.Vantages
	r.Notes = slices.DeleteFunc(r.Notes, func(n string) bool { return slices.Contains(was.Notes, n) })
	r.Notes = append([]string{}, slices.Concat(was.Notes, r.Notes, caveats(was, p, unruled), differences(was, r))...)
	return r, nil
}

// rules are the policy asked for, or the report's, with what its user declared.
func (o *judgeOptions) rules(was *report.Report) (*policy.Policy, error) {
	name, _, _ := strings.Cut(was.Run.Policy, "@")
	if o.policy != "" {
		name = o.policy
	}
	p := policy.Named(name)
	if p == nil {
		return nil, usage("unknown policy %q", name).try("--policy takes %s", strings.Join(policy.Known, ", "))
	}
	d := was.Run.Declared
	if d == nil {
		return p, nil
	}
	if d.Lab {
		tolerate(p)
	}
	if d.Issuer != "" {
		p.CAA.Issuer = string(d.Issuer)
	}
	for _, s := range d.Public {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, usage("the report's public range %q is no CIDR range", s).try("a report that was redacted can be shown, and not judged")
		}
		p.Addresses.Public = append(p.Addresses.Public, prefix)
	}
	return p, nil
}

// declared is how a policy differs from the CA's own.
func declared(p *policy.Policy) *report.Declared {
	d := &report.Declared{Public: []string{}}
	for _, prefix := range p.Addresses.Public {
		d.Public = append(d.Public, prefix.String())
	}
	own := policy.Named(p.Name)
	if p.CAA.Issuer != own.CAA.Issuer {
		d.Issuer = report.Text(p.CAA.Issuer)
	}
	d.Lab = len(p.Names.Rules) < len(own.Names.Rules)
	return d
}

// moment reads a point in time; the zero time of nothing.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage("--as-of %q is no date", s).try("--as-of 2026-12-24, or 2026-12-24T18:00:00Z")
}

// caveats are what is to be known of a judgement that a report was not made for.
func caveats(was *report.Report, p *policy.Policy, unruled []string) []string {
	var out []string
	if was.Run.Policy != p.ID() {
		out = append(out, fmt.Sprintf("it was looked by the rules of %s and is judged by those of %s: what only these would look at was not seen", was.Run.Policy, p.ID()))
	}
	if len(unruled) > 0 {
		out = append(out, fmt.Sprintf("the policy %s has no rules for %s: not judged", p.Name, strings.Join(unruled, ", ")))
	}
	if n := unread(was); n > 0 {
		out = append(out, fmt.Sprintf("%d of its traces hold what only a newer acmecheck knows: not judged", n))
	}
	if was.Run.Declared == nil {
		out = append(out, "the report does not say what its user declared, such as ranges that count as public: nothing is taken for declared")
	}
	if was.Issuance != nil {
		out = append(out, "the order is not judged again: a report holds what came of it, not all that was said; these are the verdicts of the look from here")
	}
	return out
}

// unread counts the traces that could not be read.
func unread(r *report.Report) int {
	n := 0
	for _, t := range r.Targets {
		for _, trace := range t.Traces {
			if len(trace.Steps) == 0 {
				n++
			}
		}
	}
	return n
}

// differences tell which verdicts have become others.
func differences(was, is *report.Report) []string {
	var out []string
	for i, t := range is.Targets {
		words := map[string]string{}
		for _, o := range was.Targets[i].Verdicts {
			words[question(o)] = o.Word
		}
		for _, o := range t.Verdicts {
			if before := words[question(o)]; before != o.Word {
				out = append(out, fmt.Sprintf("%s, %s: it was %s, and is %s", t.Identifier.Value, question(o), before, o.Word))
			}
		}
	}
	return out
}

// question is what an outcome is about.
func question(o report.Outcome) string {
	if o.For != "" {
		return string(o.Method) + " for " + string(o.For)
	}
	return string(o.Method)
}
