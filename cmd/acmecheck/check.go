package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

func newCheck() *cobra.Command {
	o := &checkOptions{}
	c := &cobra.Command{
		Use:   "check [METHOD@]NAME...",
		Short: "The same as acmecheck NAME, for scripts that want a verb",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && o.world == "" {
				return usage("no target").try("acmecheck check example.com")
			}
			return check(c, o, args)
		},
	}
	o.flags(c.Flags())
	return c
}

func check(c *cobra.Command, o *checkOptions, args []string) error {
	if _, err := o.destinations(); err != nil {
		return err
	}
	p, err := o.rules()
	if err != nil {
		return err
	}
	if o.world != "" {
		return o.checkWorld(c, p, args)
	}
	targets, err := o.targets(args)
	if err != nil {
		return err
	}
	n, err := o.network(p)
	if err != nil {
		return o.unlooked(c, p, err)
	}
	w, err := o.walker(p, n)
	if err != nil {
		return err
	}
	r, err := o.look(c, &examination{policy: p, judged: o.judging(), gate: o.gate}, &run.Local{Walker: *w}, targets)
	if err != nil {
		return err
	}
	if w.Family != 0 {
		r.Notes = append(r.Notes, "one address family only: the CA looks at both, and tries IPv6 first")
	}
	return o.publish(c, r)
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
	if published := o.publish(c, r); published != nil && published.Error() != "" {
		return published
	}
	return e
}

// targets reads the targets, with the methods named for all of them.
func (o *checkOptions) targets(args []string) ([]probes.Target, error) {
	var out []probes.Target
	for _, a := range args {
		if len(o.methods) > 0 && !strings.Contains(a, "@") {
			a = strings.Join(o.methods, "+") + "@" + a
		}
		t, err := probes.ParseTarget(a)
		if bad, ok := errors.AsType[*probes.TargetError](err); ok {
			return nil, usage("%s", bad.Msg).try("%s", bad.Hint)
		}
		out = append(out, t)
	}
	return out, nil
}

// An examination is how to look at targets and what counts.
type examination struct {
	policy  *policy.Policy
	first   run.Vantage
	remotes []run.Vantage
	judged  judge.Options
	gate    report.Gate
	hear    func(probes.Event) // of all targets, from many goroutines at once; nil: nobody listens
}

// heard is hear for one target, which began so long after the run.
func (x *examination) heard(target int, waited time.Duration) func(probes.Event) {
	if x.hear == nil {
		return nil
	}
	return func(e probes.Event) {
		e.Target, e.At = target, e.At+waited
		x.hear(e)
	}
}

// examine looks at every target and judges.
func (x *examination) examine(ctx context.Context, targets []probes.Target, a run.Answers) (*report.Report, error) {
	s, err := x.see(ctx, targets, a)
	if err != nil {
		return nil, err
	}
	return x.judge(s), nil
}

// sights are what was seen of targets.
type sights struct {
	began   time.Time
	took    time.Duration
	targets []probes.Target
	seen    [][]probes.Seen // of each target
	waited  []time.Duration // of each target, for the others
}

// see looks at every target.
func (x *examination) see(ctx context.Context, targets []probes.Target, a run.Answers) (*sights, error) {
	plans := make([][]probes.Question, len(targets))
	for i, t := range targets {
		plans[i] = run.Plan(t, a, x.policy)
		if err := answerable(plans[i], x.policy); err != nil {
			return nil, err
		}
	}
	s := &sights{began: time.Now(), targets: targets, seen: make([][]probes.Seen, len(targets)), waited: make([]time.Duration, len(targets))}
	inParallel(len(targets), func(i int) {
		s.waited[i] = time.Since(s.began)
		at := run.Examination{Policy: x.policy, AsOf: s.began, First: x.first, Remotes: x.remotes, Hear: x.heard(i, s.waited[i])}
		s.seen[i] = at.Examine(ctx, plans[i])
	})
	s.took = time.Since(s.began)
	return s, nil
}

// judge makes a report of what was seen.
func (x *examination) judge(s *sights) *report.Report {
	r := newReport(x.policy, s.began)
	for _, v := range x.remotes {
		name, _ := v.Perspective()
		r.Run.Vantages = append(r.Run.Vantages, report.Vantage{ID: name, Kind: "remote"})
	}
	judged := make([]report.Target, len(s.targets))
	inParallel(len(s.targets), func(i int) { judged[i] = x.one(s, i) })
	var verdicts []report.Verdict
	for i, t := range judged {
		r.Targets = append(r.Targets, t)
		r.Notes = append(r.Notes, s.targets[i].Notes...)
		if u := s.targets[i].Unicode; u != "" {
			r.Notes = append(r.Notes, fmt.Sprintf("%s is %s in DNS and in certificates", u, s.targets[i].Identifier))
		}
		verdicts = append(verdicts, t.Verdict)
		r.Summary.Add(report.Summarize(t.Findings))
	}
	worst := report.Worst(verdicts...)
	r.Ready, r.Exit = worst.Ready(), x.gate.ExitOf(worst, r.Summary.Warning)
	r.Run.DurationMS = s.took.Milliseconds()
	return r
}

// answerable finds a question that lacks what its method is about, or for which
// there are no rules.
func answerable(qs []probes.Question, p *policy.Policy) error {
	for _, q := range qs {
		if !p.Knows(q.Task.Method) {
			return unruled(p, q.Task.Method)
		}
		needs := q.Task.Method == probes.DNSAccount01 || q.Task.Method == probes.DNSPersist01
		if needs && q.Task.Account == "" && !q.Task.Identifier.IsIP() {
			return usage("%s is about an account", q.Task.Method).try("--account-uri https://acme-v02.api.letsencrypt.org/acme/acct/NUMBER, as your ACME client stores it")
		}
	}
	return nil
}

// unruled is the end of a question about a method that a policy does not know.
func unruled(p *policy.Policy, m probes.Method) error {
	return usage("the policy %s has no rules for %s", p.Name, m).try("--policy letsencrypt has")
}

func (x *examination) one(s *sights, i int) report.Target {
	out := judge.Target(s.targets[i], x.policy, s.seen[i], x.judged)
	for j := range out.Probes { // a trace counts from its walk, a report from its run
		out.Probes[j].StartMS += s.waited[i].Milliseconds()
	}
	return out
}

// oldRules is the age from which a report says that its rules are old.
const oldRules = 180 * 24 * time.Hour

func newReport(p *policy.Policy, began time.Time) *report.Report {
	r := &report.Report{
		SchemaVersion: report.SchemaVersion, Kind: "report",
		Tool: report.Tool{Name: "acmecheck", Version: version},
		Run: report.Run{
			ID: runID(began), StartedAt: began.UTC().Truncate(time.Second), Policy: p.ID(), PolicyRead: p.Read,
			Vantages: []report.Vantage{{ID: "local", Kind: "local"}},
		},
		Targets: []report.Target{}, Notes: []string{},
	}
	if read, err := time.Parse(time.DateOnly, p.Read); err == nil && began.Sub(read) > oldRules {
		r.Notes = append(r.Notes, fmt.Sprintf("the rules were read on %s; CAs change theirs often, so look for a newer acmecheck", p.Read))
	}
	return r
}

// runID names a run: its time and enough chance to be unique.
func runID(began time.Time) string {
	return began.UTC().Format("20060102T150405Z") + "-" + rand.Text()[:8]
}
