package main

// This file takes from a saved report what was seen.

import (
	"maps"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// recalled are the sights of a saved report, and the methods that a policy has
// no rules for: these are left out. now is the present of the judgement; the
// zero time: when it was looked.
func recalled(was *report.Report, p *policy.Policy, now time.Time) (s *sights, unruled []string) {
	s = &sights{id: was.Run.ID, began: was.Run.StartedAt, took: time.Duration(was.Run.DurationMS) * time.Millisecond}
	unknown := map[string]bool{}
	for _, t := range was.Targets {
		seen := judge.Seen(t, firstVantage(t))
		seen = slices.DeleteFunc(seen, func(q probes.Seen) bool {
			known := p.Knows(q.Task.Method)
			if !known {
				unknown[string(q.Task.Method)] = true
			}
			return !known
		})
		if !now.IsZero() {
			date(seen, now)
		}
		s.targets, s.seen, s.waited = append(s.targets, targetOf(t)), append(s.seen, seen), append(s.waited, waitedFor(t))
	}
	return s, slices.Sorted(maps.Keys(unknown))
}

// targetOf is what was asked about.
func targetOf(t report.Target) probes.Target {
	out := probes.Target{Input: t.Input, Identifier: probes.Identifier(t.Identifier.Value)}
	if t.Source != nil {
		out.Source = probes.Source{File: t.Source.File, Line: int(t.Source.Line)}
	}
	return out
}

// waitedFor is how long a target waited for others: the CA's walk, its first
// probe, begins when its turn has come.
func waitedFor(t report.Target) time.Duration {
	if len(t.Probes) == 0 {
		return 0
	}
	return time.Duration(t.Probes[0].StartMS) * time.Millisecond
}

// firstVantage is where the CA's own walk was looked from.
func firstVantage(t report.Target) string {
	if len(t.Traces) == 0 {
		return ""
	}
	return t.Traces[0].Vantage
}

// date gives sights another present.
func date(all []probes.Seen, now time.Time) {
	for _, s := range all {
		present(s.Trace, now)
		for _, r := range s.Remotes {
			present(r.Trace, now)
		}
	}
}

func present(t probes.Trace, now time.Time) {
	if g, ok := t.Given(); ok {
		g.AsOf = now
		t[0].Fact = g
	}
}
