package run

import (
	"context"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Validate does what the CA does for one challenge and no more: domain control
// from the first vantage, if that passes from all the others at once, and then
// the same again for CAA, which addresses do not have (Boulder ra/ra.go
// checkDCVAndCAA). Without remotes there is one perspective only.
func Validate(ctx context.Context, a Assignment, check policy.Check, first Vantage, remotes ...Vantage) (policy.Validation, []probes.Trace) {
	p := &part{a: a, first: first, remotes: remotes, v: policy.Validation{Valid: true}}
	if check != policy.CheckCAA {
		d := p.run(ctx, policy.CheckDCV)
		p.v.DCV, p.v.Records = p.result(), d.Records
	}
	if check != policy.CheckDCV && p.v.Valid && !p.v.Undecided && !a.Task.Identifier.IsIP() {
		p.a.Task.For, p.a.Task.Method = a.Task.Method, probes.CAA
		p.run(ctx, policy.CheckCAA)
		p.v.CAA = p.result()
	}
	return p.v, p.traces
}

// A part is one part of a validation, under way, and what has come of all.
type part struct {
	a       Assignment
	first   Vantage
	remotes []Vantage
	v       policy.Validation
	traces  []probes.Trace // of the first vantage
}

func (p *part) result() *policy.Result {
	return &policy.Result{Valid: p.v.Valid, Problem: p.v.Problem}
}

// run performs a part from every perspective.
func (p *part) run(ctx context.Context, check policy.Check) policy.Decision {
	d, tr := decide(ctx, p.first, p.a)
	p.traces = append(p.traces, tr)
	p.v.Undecided = d.Undecided
	p.v.Problem = d.Problem
	if d.Valid && len(p.remotes) > 0 {
		if p.v.Problem = p.a.Policy.TooFew(len(p.remotes)); p.v.Problem == nil {
			p.corroborate(ctx, check, d)
		}
	}
	p.v.Valid = !p.v.Undecided && p.v.Problem == nil
	return d
}

// corroborate asks the remote perspectives, all at once.
func (p *part) corroborate(ctx context.Context, check policy.Check, first policy.Decision) {
	a := p.a
	a.Policy = a.Policy.Remotely(first.Spent)
	remotes := inParallel(p.remotes, func(v Vantage) policy.Remote {
		r := policy.Remote{}
		r.Perspective, r.RIR = v.Perspective()
		r.Decision, _ = decide(ctx, v, a)
		return r
	})
	for _, r := range remotes {
		p.v.Perspectives = append(p.v.Perspectives, policy.PerspectiveResult{Check: check, Perspective: r.Perspective, RIR: r.RIR, Valid: r.Decision.Valid, Problem: r.Decision.Problem})
		p.v.Undecided = p.v.Undecided || r.Decision.Undecided
	}
	p.v.Problem, _ = p.a.Policy.Corroborate(remotes)
}

// decide looks from a vantage and decides over what was seen.
func decide(ctx context.Context, at Vantage, a Assignment) (policy.Decision, probes.Trace) {
	tr := at.Look(ctx, a)
	g, ok := tr.Given()
	if !ok {
		return policy.Decision{Undecided: true}, tr
	}
	return a.Policy.Decide(g, tr.Replay()), tr
}
