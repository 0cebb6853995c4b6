package main

// This file compares DNS with the plan.

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A delegateCheck is the flags of the command.
type delegateCheck struct {
	delegateOptions
	out      string
	explicit bool // out was asked for
	jobs     int
	resolver string
	world    string
}

func newDelegateCheck() *cobra.Command {
	o := &delegateCheck{}
	c := &cobra.Command{
		Use:   "check --zone ZONE [FILE|-]",
		Short: "Look which names are delegated as planned, and write what to send to whom",
		Long: `check reads names, one a line, looks up what is at each challenge name, without
following it, and compares that with the plan. Whatever is not as planned goes
to a CSV file with four columns: the name, a class, what is there, and the line
to send to the name's owner.

  ok             the CNAME is as planned
  no-cname       there is none (a TXT record in its place has to go)
  other-zone     it points at another zone
  other-name     it points into your zone, at the place of another name
  cname-and-txt  there is a TXT record beside it: delete that
  no-domain      nobody registered the domain
  unknown        the look-up failed

At most two names of a registered domain are looked up at a time.

Exit codes: 0 all ok, 1 some are not, 2 a line is no name, 3 cannot tell.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.explicit = c.Flags().Changed("out")
			return o.run(c, args)
		},
	}
	f := c.Flags()
	o.flags(f, "text", "json")
	f.StringVar(&o.out, "out", "delegate.csv", "write what is not as planned to this file; - is standard output")
	f.IntVarP(&o.jobs, "jobs", "j", 16, "look up so many names at a time")
	f.StringVar(&o.resolver, "resolver", "", "ask this resolver, IP or IP:PORT (default: the system's)")
	f.StringVar(&o.world, "world", "", "look in this world file, in memory")
	return c
}

func (o *delegateCheck) run(c *cobra.Command, args []string) error {
	p, err := o.plan()
	if err != nil {
		return err
	}
	if o.jobs < 1 || o.jobs > 1000 {
		return usage("-j takes 1 to 1000")
	}
	out, err := o.output()
	if err != nil {
		return err
	}
	names, bad, err := readNames(c, args)
	if err != nil {
		return err
	}
	r := &delegateReport{plan: p}
	if r.findings, err = o.look(c.Context(), p, names); err != nil {
		return err
	}
	r.exit = r.code()
	switch {
	case c.Context().Err() != nil:
		r.exit = interruptedBy(c.Context())
	case bad != nil:
		r.exit = exitUsage
	}
	if err := out.write(c, r); err != nil {
		return err
	}
	if bad != nil && r.exit == exitUsage {
		return bad
	}
	return silently(r.exit)
}

// readNames reads a list, each name once. bad is the error for lines that are
// no names.
func readNames(c *cobra.Command, args []string) (names []delegation.Name, bad, err error) {
	l, done, err := openList(c, args)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	seen := map[delegation.Name]bool{}
	err = l.each(c.Context(), func(n delegation.Name) error {
		if !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
		return nil
	})
	bad = l.verdict()
	if err == nil && len(names) == 0 {
		err = bad
	}
	return names, bad, err
}

// lookFor is how long a resolver is waited for: longer than a CA does, since a
// resolver's cache is cold for a list of strangers' names.
var lookFor = wire.Patience{Try: 3 * time.Second, Tries: 3}

func (o *delegateCheck) look(ctx context.Context, p delegation.Plan, names []delegation.Name) ([]delegateFinding, error) {
	if o.world != "" {
		return o.lookInWorld(p, names)
	}
	options := lookOptions{resolver: o.resolver}
	at, err := options.resolverAddr()
	if err != nil {
		return nil, err
	}
	return findDelegations(ctx, &delegateLooker{plan: p, net: &wire.Net{Resolver: at}, jobs: o.jobs}, names)
}

func (o *delegateCheck) lookInWorld(p delegation.Plan, names []delegation.Name) (found []delegateFinding, err error) {
	w, err := loadWorld(o.world)
	if err != nil {
		return nil, err
	}
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		k := &delegateLooker{plan: p, net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver}, jobs: o.jobs}
		found, err = findDelegations(ctx, k, names)
	})
	return found, err
}

// findDelegations looks at all names, or says that the resolver is not there.
func findDelegations(ctx context.Context, k *delegateLooker, names []delegation.Name) ([]delegateFinding, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	k.giveUp = cancel
	found := k.lookAt(ctx, names)
	if errors.Is(context.Cause(ctx), errSilent) {
		return nil, silentResolver(k.net.Resolver)
	}
	return found, nil
}

func silentResolver(at netip.AddrPort) error {
	e := &exitError{code: exitCannotTell, msg: "the resolver " + at.String() + " does not answer"}
	return e.try("--resolver IP names another")
}
