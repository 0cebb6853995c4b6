package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

func newCheck(conf *configuration) *cobra.Command {
	o := &checkOptions{conf: conf}
	c := &cobra.Command{
		Use:   "check [METHOD@]NAME...",
		Short: "The same as acmecheck NAME, for scripts that want a verb",
		Long:  "check looks at names, as acmecheck NAME does." + targetsHelp,
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !o.targeted() {
				return usage("no target").try("acmecheck check example.com")
			}
			return check(c, o, args)
		},
	}
	o.flags(c.Flags())
	o.patience.flags(c.Flags())
	return c
}

func check(c *cobra.Command, o *checkOptions, args []string) error {
	if err := o.sound(); err != nil {
		return err
	}
	pol, err := o.rules()
	if err != nil {
		return err
	}
	if o.world != "" {
		return o.checkWorld(c, pol, args)
	}
	p := newProgress(c, o.quiet)
	defer p.stop()
	if o.wait == 0 { // else nobody knows which look is the last
		o.follow(c)
	}
	look, err := o.looker(c, pol, args, p)
	if err != nil {
		return o.unlooked(c, pol, err)
	}
	r, err := o.await(c, p, look)
	if err != nil {
		return err
	}
	p.stop()
	return o.publish(c, r)
}

// sound finds bad flags, before anything is looked at.
func (o *checkOptions) sound() error {
	if _, err := o.destinations(); err != nil {
		return err
	}
	if err := o.complete(o.requireIPv6); err != nil {
		return err
	}
	if o.world != "" && o.wait > 0 {
		return usage("nothing changes in a world").try("acmecheck --world %s", o.world)
	}
	return o.patience.sound()
}

// targeted reports whether there are targets without any that is named.
func (o *checkOptions) targeted() bool {
	return o.world != "" || o.fromFiles() || len(o.conf.targets) > 0
}

// wanted are the targets that are named, or else those of the configuration.
func (o *checkOptions) wanted(c *cobra.Command, args []string) ([]probes.Target, error) {
	if len(args) > 0 || o.fromFiles() {
		return o.targets(c, args)
	}
	return o.configured()
}

// looker reads what to look at and how. What it returns looks, with solver and
// all: each look has answers of its own.
func (o *checkOptions) looker(c *cobra.Command, pol *policy.Policy, args []string, p *progress) (looker, error) {
	targets, err := o.wanted(c, args)
	if err != nil {
		return nil, err
	}
	w, err := o.walker(pol, nil)
	if err != nil {
		return nil, err
	}
	if w.Net, err = o.network(pol); err != nil { // last: a typing mistake is one without a network too
		return nil, err
	}
	return func() (*report.Report, error) {
		x := o.examine(pol)
		x.live = o.live
		if p != nil {
			p.look(len(targets))
			x.hear = p.hear
			if len(targets) == 1 && o.timeout == 0 { // else a silence decides nothing
				p.expect(&soFar{policy: pol, options: x.judged, target: targets[0]})
			}
		}
		r, err := o.look(c, x, &run.Local{Walker: *w}, targets)
		if err == nil && w.Family != 0 {
			r.Notes = append(r.Notes, "one address family only: the CA looks at both, and tries IPv6 first")
		}
		return r, err
	}, nil
}

// look puts the answers in place, looks at the targets from a vantage, takes the
// answers away and judges.
func (o *checkOptions) look(c *cobra.Command, x *examination, from *run.Local, targets []probes.Target) (*report.Report, error) {
	s, notes, err := o.see(c, x, from, targets)
	if err != nil {
		return nil, err
	}
	r := x.judge(s)
	r.Notes = append(r.Notes, notes...)
	return r, nil
}

// see is look without a judgement.
func (o *checkOptions) see(c *cobra.Command, x *examination, from *run.Local, targets []probes.Target) (s *sights, notes []string, err error) {
	a, err := o.answers()
	if err != nil {
		return nil, nil, err
	}
	targets = o.solver.prefer(targets)
	set, err := o.present(c, from.Walker.Net, x.policy, targets, &a)
	if err != nil {
		return nil, nil, err
	}
	from.Walker.Served, x.first = set.served, from
	if key := set.scope(c.Context()); key != nil {
		x.judged.Order = &checks.Order{Credentials: key}
	}
	s, err = x.see(c.Context(), targets, a)
	left := set.remove(c.Context())
	return s, set.told(left), err
}

// unlooked ends a run that could not begin for want of a resolver or a lab. For
// machines it is a report all the same, with the reason as a note; bad input is
// none, since there is nothing to report about.
func (o *outputs) unlooked(c *cobra.Command, p *policy.Policy, err error) error {
	reason := map[int]string{exitCannotTell: "inconclusive", exitLab: "lab_unavailable"}
	all, bad := o.destinations()
	e, ok := errors.AsType[*exitError](err)
	if !ok || reason[e.code] == "" || bad != nil || len(all) == 1 && all[0].Name == "text" {
		return err
	}
	r := newReport(p, time.Now())
	r.Exit = report.Exit{Code: e.code, Reason: reason[e.code]}
	r.Notes = append(r.Notes, e.msg)
	published := o.publish(c, r)
	if published != nil && published.Error() != "" {
		return published
	}
	if p, ok := errors.AsType[*exitError](published); ok {
		e.code = p.code // as the format has it
	}
	return e
}
