package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// checkWorld checks inside a world file, in memory and without waiting:
// whatever targets are named, or the world's own question with its own token.
func (o *checkOptions) checkWorld(c *cobra.Command, p *policy.Policy, args []string) error {
	if o.webroot != "" || o.serve {
		return usage("--webroot and --serve are about this machine; a world is not").try("acmecheck --world %s", o.world)
	}
	w, err := loadWorld(o.world)
	if err != nil {
		return err
	}
	s, proof, _, err := o.secret(c.Context())
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{w.Method + "@" + w.Identifier}
		s, proof = secret{token: w.Token, ka: w.KeyAuthorization()}, probes.ProofToken
	}
	targets, err := parseTargets(args)
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
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		walker.Net = &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}
		x := examination{walker: walker, judged: checks.Options{RequireIPv6: o.requireIPv6}, gate: o.gate}
		r = x.examine(ctx, targets, s, proof)
	})
	return o.publish(c, r)
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
