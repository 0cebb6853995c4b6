// Package walk drives a policy over the network: it does what the policy asks,
// writes down what came of it, and knows nothing of methods, rules or
// verdicts. One walker serves every method and every CA.
package walk

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A Walker performs tasks under one policy. It may be used by several
// goroutines at once and must not be changed while in use.
type Walker struct {
	Net    *wire.Net
	Policy *policy.Policy
	// Hurry dials the address the CA would fall back to while the first is
	// still silent. The trace, and so the verdict, is the same; the wait is
	// half as long.
	Hurry bool
	// Patience shortens what a dial is waited for; 0: as long as the CA does.
	// A dial that it cut short decides nothing.
	Patience time.Duration
	// Doubt asks the resolver one more thing, beyond the CA's, when it has
	// answered nothing at all: is it there?
	Doubt bool
	// Pins answers look-ups without asking, as curl's --resolve does.
	Pins []Pin
	// Family restricts look-ups to 4 or 6; 0: both.
	Family int
	// Emit hears of every step when it ends. It may be nil, and is called by
	// one goroutine of a task at a time.
	Emit func(probes.Step)
}

// A Pin is the address of a name on a port; port 0: on any.
type Pin struct {
	Name string
	Port uint16
	Addr netip.Addr
}

// Walk performs one task and returns what it saw. When it returns, no
// goroutine it started is alive and no connection is open. When ctx ends
// first, the trace ends with a step whose fault is FaultCanceled.
func (w *Walker) Walk(ctx context.Context, task probes.Task, asOf time.Time) probes.Trace {
	e := &eyes{w: w, start: time.Now()}
	given := probes.Given{Task: task, AsOf: asOf}
	e.trace = probes.Trace{{Fact: given}}
	defer e.close()
	w.Policy.Decide(given, func(asks ...probes.Ask) []probes.Step { return e.look(ctx, asks) })
	if w.Doubt && silent(e.trace) {
		e.beyond(ctx, probes.Ask{Fact: probes.Lookup{Name: ".", Type: "NS"}, Limit: w.Policy.Resolver.Timeout, Tries: 1, Left: w.Policy.Budget})
	}
	return e.trace
}

// silent reports whether every lookup of a trace went without an answer, so
// that it may be the resolver that is not there.
func silent(t probes.Trace) bool {
	failed := false
	for _, s := range t {
		if _, ok := s.Fact.(probes.Lookup); ok {
			if s.Fault == nil || s.Fault.Kind == probes.FaultCanceled {
				return false
			}
			failed = true
		}
	}
	return failed
}

// beyond looks where the CA would not.
func (e *eyes) beyond(ctx context.Context, a probes.Ask) {
	s := e.one(ctx, a)
	s.ID, s.Beyond = len(e.trace), true
	e.trace = append(e.trace, s)
}

// look does everything asked at once.
func (e *eyes) look(ctx context.Context, asks []probes.Ask) []probes.Step {
	steps := make([]probes.Step, len(asks))
	var wg sync.WaitGroup
	for i, a := range asks[1:] {
		wg.Go(func() { steps[i+1] = e.one(ctx, a) })
	}
	steps[0] = e.one(ctx, asks[0])
	wg.Wait()
	for i := range steps {
		steps[i].ID = len(e.trace)
		e.trace = append(e.trace, steps[i])
		if e.w.Emit != nil {
			e.w.Emit(steps[i])
		}
	}
	return steps
}

// one does one thing, within the patience and the time left for it.
func (e *eyes) one(ctx context.Context, a probes.Ask) probes.Step {
	began := time.Now()
	s := probes.Step{Hop: a.Hop, At: began.Sub(e.start), Fact: a.Fact}
	switch f := a.Fact.(type) {
	case probes.Given: // never asked
	case probes.Lookup:
		s.Fact, s.Fault = e.lookup(ctx, f, a)
	case probes.Dial:
		s.Took, s.Fault = e.dial(ctx, f, a)
	case probes.Handshake:
		s.Fact, s.Fault = e.handshake(ctx, f, a)
	case probes.Fetch:
		s.Fact, s.Fault = e.fetch(ctx, f, a)
	}
	if s.Took == 0 {
		s.Took = time.Since(began)
	}
	s.Took = ceil(s.Took)
	return s
}

// ceil rounds up to what a trace in JSON can hold, so that a judge of the
// stored trace reads the same clock as we did.
func ceil(d time.Duration) time.Duration {
	return (d + time.Microsecond - 1).Truncate(time.Microsecond)
}
