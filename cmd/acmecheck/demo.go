package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/meant"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// tour are the demos shown when none is named: quick ones.
var tour = []string{"healthy", "redirect-4434", "ipv6-broken", "catch-all"}

func newDemo() *cobra.Command {
	var list, screen bool
	o := &outputs{}
	c := &cobra.Command{
		Use:   "demo [NAME]",
		Short: "Run the real check against an embedded lab; nothing to install",
		Long: `demo starts a DNS server and web servers with a chosen fault on loopback, runs
the real check against them, and exits with its code. Without a name it is a
short tour and exits 0.

  acmecheck demo --list           what there is
  acmecheck demo redirect-4434    one fault, found
  acmecheck demo issue            an order, from a CA in this process`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: demoNames,
		RunE: func(c *cobra.Command, args []string) error {
			all, err := o.destinations()
			if err != nil {
				return err
			}
			machines := len(all) > 1 || all[0].Name != "text"
			switch {
			case machines && (list || len(args) == 0):
				return usage("the list and the tour are text").try("acmecheck demo redirect-4434 --format json")
			case list:
				return listDemos(c)
			case len(args) == 0:
				return showTour(c)
			case screen:
				return screenDemo(c, args[0], o)
			case args[0] == issueDemo && machines:
				return usage("demo issue is text").try("acmecheck issue NAME --ca pebble --format json")
			case args[0] == issueDemo:
				return showIssue(c)
			}
			return showDemo(c, args[0], o)
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list the demos")
	c.Flags().BoolVar(&screen, "tui", false, "open it in tui, where F switches the fault off")
	o.flags(c.Flags())
	return c
}

func demoNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, _ := lab.Demos()
	var names []string
	for _, d := range all {
		names = append(names, d.Name+"\t"+d.Title)
	}
	return append(names, issueDemo+"\t"+issueTitle), cobra.ShellCompDirectiveNoFileComp
}

func listDemos(c *cobra.Command) error {
	all, err := lab.Demos()
	if err != nil {
		return err
	}
	for _, d := range all {
		fmt.Fprintf(c.OutOrStdout(), "%-20s %s\n", d.Name, d.Title)
	}
	fmt.Fprintf(c.OutOrStdout(), "%-20s %s\n", issueDemo, issueTitle)
	return nil
}

func findDemo(name string) (lab.Demo, error) {
	all, err := lab.Demos()
	if err != nil {
		return lab.Demo{}, err
	}
	known := []string{issueDemo}
	for _, d := range all {
		if d.Name == name {
			return d, nil
		}
		known = append(known, d.Name)
	}
	bad := usage("no demo %q", name)
	if near := meant.Word(name, known); near != "" {
		return lab.Demo{}, bad.try("did you mean %s? acmecheck demo --list has all", near)
	}
	return lab.Demo{}, bad.try("acmecheck demo --list")
}

func showDemo(c *cobra.Command, name string, o *outputs) error {
	_, r, err := play(c.Context(), name)
	if err != nil {
		return o.unlooked(c, policy.LetsEncrypt(), err)
	}
	return o.publish(c, r)
}

func showTour(c *cobra.Command) error {
	for _, name := range tour {
		d, r, err := play(c.Context(), name)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "$ acmecheck demo %s    # %s\n", d.Name, d.Title)
		if err := render.Text(c.OutOrStdout(), r); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "exit code %d\n\n", r.Exit.Code)
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "More: acmecheck demo --list. For a name of yours: acmecheck example.com\n")
	return err
}

// play finds a demo and runs it.
func play(ctx context.Context, name string) (lab.Demo, *report.Report, error) {
	d, err := findDemo(name)
	if err != nil {
		return d, nil, err
	}
	r, err := runDemo(ctx, d)
	return d, r, err
}

// runDemo is the real check, with the lab's Dial and the lab's own token. Each
// perspective has a lab of its own.
func runDemo(ctx context.Context, d lab.Demo) (*report.Report, error) {
	x, targets, done, err := stage(ctx, d)
	defer done()
	if err != nil {
		return nil, err
	}
	return x.examine(ctx, targets, ownAnswers(d.World))
}

// stage starts the labs of a demo. done ends them.
func stage(ctx context.Context, d lab.Demo) (x *examination, targets []probes.Target, done func(), err error) {
	var ends []func()
	done = func() {
		for _, end := range ends {
			end()
		}
	}
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	first, end, err := labVantage(ctx, d.World, "", p)
	ends = append(ends, end)
	if err != nil {
		return nil, nil, done, err
	}
	first.Walker.Hurry, first.Walker.Beyond = true, beyond.Plan(p, beyond.Options{})
	x = &examination{policy: p, first: first}
	for _, at := range d.World.Perspectives {
		v, end, err := labVantage(ctx, d.World, at.Name, p)
		ends = append(ends, end)
		if err != nil {
			return nil, nil, done, err
		}
		v.RIR = at.RIR
		x.remotes = append(x.remotes, v)
	}
	t, err := probes.ParseTarget(d.World.Method + "@" + d.World.Identifier)
	return x, []probes.Target{t}, done, err
}

// labVantage starts a lab as one perspective of a world sees it.
func labVantage(ctx context.Context, w *world.World, name string, p *policy.Policy) (*run.Local, func(), error) {
	l, err := lab.Start(ctx, w.View(name))
	if err != nil {
		return nil, func() {}, &exitError{code: exitLab, msg: err.Error()}
	}
	n := &wire.Net{Dial: l.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}
	return &run.Local{Name: name, Walker: walk.Walker{Net: n}}, l.Close, nil
}
