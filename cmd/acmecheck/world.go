package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
)

// checkWorld checks inside a world file, in memory and without waiting:
// whatever targets are named, or the world's own question with its own token.
func (o *checkOptions) checkWorld(c *cobra.Command, p *policy.Policy, args []string) error {
	if o.solver.some() > 0 {
		return usage("%s is about this machine; a world is not", o.solver.flag()).try("acmecheck --world %s", o.world)
	}
	w, err := loadWorld(o.world)
	if err != nil {
		return err
	}
	a, err := o.answers()
	if err != nil {
		return err
	}
	if len(args) == 0 && !o.fromFiles() {
		args = []string{w.Method + "@" + w.Identifier}
		a = ownAnswers(w)
	}
	targets, err := o.targets(c, args)
	if err != nil {
		return err
	}
	p.Addresses.Public = append(p.Addresses.Public, world.Documentation...)
	walker, err := o.walker(p, nil)
	if err != nil {
		return err
	}
	var r *report.Report
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		first, remotes, done := vantagesOf(ctx, w, *walker, p)
		defer done()
		x := o.examine(p)
		x.first, x.remotes = first, remotes
		r, err = x.examine(ctx, targets, a)
	})
	if err != nil {
		return err
	}
	return o.publish(c, r)
}

// ownAnswers are a world's own.
func ownAnswers(w *world.World) run.Answers {
	return run.Answers{Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Proof: probes.ProofToken, Account: w.Account}
}

// loadWorld reads a world file; a broken one is a usage error with its hint.
func loadWorld(file string) (*world.World, error) {
	w, err := world.Load(file)
	if err != nil {
		bad := usage("%s", err)
		if pe, ok := errors.AsType[*world.ParseError](err); ok {
			bad.hint = pe.Hint
		}
		return nil, bad
	}
	return w, nil
}

// taskOf is a world's own question.
func taskOf(w *world.World) probes.Task {
	return probes.Task{
		Method: probes.Method(w.Method), Identifier: probes.Identifier(w.Identifier),
		Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Account: w.Account,
	}
}

// vantagesOf are the places in a world that look, each with a network of its
// own. done ends them.
func vantagesOf(ctx context.Context, w *world.World, look walk.Walker, p *policy.Policy) (first run.Vantage, remotes []run.Vantage, done func()) {
	var nets []*simnet.Net
	at := func(name, rir string) *run.Local {
		n := simnet.New(ctx, w.View(name))
		nets = append(nets, n)
		l := &run.Local{Name: name, RIR: rir, Walker: look}
		l.Walker.Net = &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}
		return l
	}
	first = at("", "")
	for _, r := range w.Perspectives {
		l := at(r.Name, r.RIR)
		l.Walker.Beyond = nil // they corroborate, and no more
		remotes = append(remotes, l)
	}
	return first, remotes, func() {
		for _, n := range nets {
			n.Close()
		}
	}
}
