package main

// This file looks at targets and judges what was seen of them.

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// An examination is how to look at targets and what counts.
type examination struct {
	policy  *policy.Policy
	first   run.Vantage
	remotes []run.Vantage
	judged  judge.Options
	gate    report.Gate
	pace    pace
	live    *live              // is told each target once it was looked at
	hear    func(probes.Event) // of all targets, from many goroutines at once; nil: nobody listens
	again   *second            // nil: everything is asked
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

// A pace is how fast to look. The zero pace is the usual one.
type pace struct {
	jobs     int           // targets at the same time; 0: as many as usual
	deadline time.Duration // for all targets together; 0: none
}

// within is a context that ends at the deadline. It is cancelled, and has no
// deadline of its own: whoever dials would take that for a time-out of the
// server's.
func (p pace) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if p.deadline <= 0 {
		return ctx, cancel
	}
	timer := time.AfterFunc(p.deadline, cancel)
	return ctx, func() { timer.Stop(); cancel() }
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
	id      string // of the run; empty: any
	began   time.Time
	took    time.Duration
	targets []probes.Target
	seen    [][]probes.Seen // of each target
	waited  []time.Duration // of each target, for the others
	late    int             // targets that the deadline cut off
}

// see looks at every target.
func (x *examination) see(ctx context.Context, targets []probes.Target, a run.Answers) (*sights, error) {
	plans := make([][]probes.Question, len(targets))
	for i, t := range targets {
		plans[i] = run.Plan(t, a, x.policy)
		if err := answerable(plans[i], x.policy); err != nil {
			return nil, err
		}
		plans[i] = x.again.plan(i, plans[i])
	}
	s := &sights{began: time.Now(), targets: targets, seen: make([][]probes.Seen, len(targets)), waited: make([]time.Duration, len(targets))}
	s.id = runID(s.began)
	x.live.begin(x.head(s))
	owners := make([]string, len(targets))
	for i, t := range targets {
		owners[i] = ownerOf(t.Identifier)
	}
	whole := ctx
	ctx, stop := x.pace.within(ctx)
	defer stop()
	var late atomic.Int32
	spread(owners, cmp.Or(x.pace.jobs, atOnce), atOnceOfOwner, func(i int) {
		s.waited[i] = time.Since(s.began)
		at := run.Examination{Policy: x.policy, AsOf: s.began, First: x.first, Remotes: x.remotes, Hear: x.heard(i, s.waited[i])}
		s.seen[i] = x.again.merge(i, at.Examine(ctx, plans[i]))
		if ctx.Err() != nil && whole.Err() == nil {
			late.Add(1)
		}
		if x.live != nil {
			t, _ := x.one(s, i)
			x.live.target(i, t)
		}
	})
	s.took, s.late = time.Since(s.began), int(late.Load())
	return s, nil
}

// head is a report of which nothing is known but who looks, from where and by
// which rules.
func (x *examination) head(s *sights) *report.Report {
	r := newReport(x.policy, s.began)
	r.Run.ID = cmp.Or(s.id, r.Run.ID)
	r.Run.Declared.AnyMethod, r.Run.Declared.RequireIPv6 = x.judged.AnyMethod, x.judged.RequireIPv6
	for _, v := range x.remotes {
		name, _ := v.Perspective()
		r.Run.Vantages = append(r.Run.Vantages, report.Vantage{ID: name, Kind: "remote"})
	}
	return r
}

// judge makes a report of what was seen.
func (x *examination) judge(s *sights) *report.Report {
	r := x.head(s)
	judged := make([]report.Target, len(s.targets))
	exits := make([]report.Exit, len(s.targets))
	inParallel(len(s.targets), func(i int) {
		judged[i], exits[i] = x.one(s, i)
	})
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
	r.Ready, r.Exit = worst.Ready(), x.gate.Exit(exits...)
	if s.late > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the deadline of %s cut off the look at %d of %d targets", x.pace.deadline, s.late, len(s.targets)))
	}
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

// one judges a target, and says what exit it amounts to.
func (x *examination) one(s *sights, i int) (report.Target, report.Exit) {
	out := judge.Target(s.targets[i], x.policy, s.seen[i], x.judged)
	for j := range out.Probes { // a trace counts from its walk, a report from its run
		out.Probes[j].StartMS += s.waited[i].Milliseconds()
	}
	e := x.gate.Apply(&out)
	return out, e
}

// oldRules is the age from which a report says that its rules are old.
const oldRules = 180 * 24 * time.Hour

func newReport(p *policy.Policy, began time.Time) *report.Report {
	r := &report.Report{
		SchemaVersion: report.SchemaVersion, Kind: "report",
		Tool: report.Tool{Name: "acmecheck", Version: version},
		Run: report.Run{
			ID: runID(began), StartedAt: began.UTC().Truncate(time.Second), Policy: p.ID(), PolicyRead: p.Read,
			Vantages: []report.Vantage{{ID: "local", Kind: "local"}}, Declared: declared(p),
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
