package main

// This file says, while an address that is silent is still waited for, what it
// will come to if it stays so.

import (
	"net/netip"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// silence is how long an address is silent before it is called so: three SYNs
// have been sent by then, and ICMP messages take up to 3.1 s to show.
const silence = 3500 * time.Millisecond

// A soFar is what is known of one target while it is looked at from one
// vantage. The nil soFar knows nothing. It is not safe for concurrent use.
type soFar struct {
	policy  *policy.Policy
	options judge.Options
	target  probes.Target
	began   time.Time
	seen    []probes.Seen // of each question that was begun
}

// hear takes an event of a look.
func (s *soFar) hear(e probes.Event) {
	if s == nil {
		return
	}
	for len(s.seen) <= e.Question {
		s.seen = append(s.seen, probes.Seen{})
	}
	q := &s.seen[e.Question]
	switch e.Kind {
	case probes.EventAsked:
		if s.began.IsZero() {
			s.began = time.Now()
		}
		g := probes.Given{Task: e.Asked.Task, AsOf: s.began, Proof: e.Asked.Proof, Order: true}
		*q = probes.Seen{Question: e.Asked, Trace: probes.Trace{{Fact: g}}}
	case probes.EventStep:
		q.Trace = append(q.Trace, e.Step)
	case probes.EventAnswered:
		*q = e.Seen
	case probes.EventLooked:
	}
}

// text is the verdict that is to be expected, and which address is silent;
// empty: it is too early to say.
func (s *soFar) text(now time.Time) string {
	if s == nil || s.began.IsZero() || now.Sub(s.began) < silence {
		return ""
	}
	seen := make([]probes.Seen, len(s.seen))
	var silent netip.AddrPort
	for i, q := range s.seen {
		seen[i] = q
		if t, to := assumed(s.policy, q.Trace, now.Sub(s.began)); to.IsValid() {
			seen[i].Trace, silent = t, to
		}
	}
	out := ""
	if t := judge.Target(s.target, s.policy, seen, s.options); t.Ready != nil {
		out = "; so far " + stateOf(&report.Report{Ready: t.Ready, Targets: []report.Target{t}}).String()
	}
	if silent.IsValid() {
		out += "; waiting for " + silent.String()
	}
	return out
}

// assumed is a trace whose last connection, if nothing came of it in all this
// time, does not come about; and where it was to lead. What the CA would try
// next is not known, so that it is still open what comes of the whole.
func assumed(p *policy.Policy, t probes.Trace, at time.Duration) (whole probes.Trace, silent netip.AddrPort) {
	g, ok := t.Given()
	if !ok {
		return t, silent
	}
	idle := at
	for _, s := range t {
		idle = min(idle, at-s.At-s.Took)
	}
	replay := t.Replay()
	p.Decide(g, func(asks ...probes.Ask) []probes.Step {
		steps := replay(asks...)
		d, dial := asks[0].Fact.(probes.Dial)
		if dial && steps[0].ID == 0 && idle >= silence && !silent.IsValid() { // it is in no trace yet
			silent = d.To
			steps[0] = probes.Step{
				ID: len(t), Hop: asks[0].Hop, At: at - idle, Took: asks[0].Limit, Fact: d,
				Fault: &probes.Fault{Kind: probes.FaultTimeout, Op: "dial", Detail: "i/o timeout"},
			}
			whole = append(slices.Clip(t), steps[0])
		}
		return steps
	})
	return whole, silent
}
