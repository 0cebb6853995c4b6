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
	// Beyond plans the looks past the CA's. It is called whenever the CA has
	// seen something new, and once more with done when it has ended, and
	// returns all errands worth while; each key is run once. They run beside
	// the CA's own steps. Nil: none. See package beyond.
	Beyond func(t probes.Trace, done bool) []probes.Errand
	// Served reads what our own server on port 80 was asked. Nil: there is none.
	Served func() probes.Served
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
func (w *Walker) Walk(ctx context.Context, given probes.Given) probes.Trace {
	e := &eyes{w: w, start: time.Now()}
	e.trace = probes.Trace{{Fact: given}}
	side := &errands{w: w, start: e.start, known: map[string]bool{}, slots: make(chan struct{}, atOnce)}
	w.Policy.Decide(given, func(asks ...probes.Ask) []probes.Step {
		steps := e.look(ctx, asks)
		side.begin(ctx, e.trace, false)
		return steps
	})
	e.close()
	e.append(side.wait()) // what is dead is known before more is planned
	for round := 0; round < maxRounds && side.begin(ctx, e.trace, true); round++ {
		e.append(side.wait())
	}
	if w.Served != nil {
		e.append([]probes.Step{{Beyond: probes.BeyondServed, Fact: w.Served()}})
	}
	return e.trace
}

// maxRounds bounds how often what was seen beyond leads to another look.
const maxRounds = 16

// append adds steps to the trace, numbers them and tells of them.
func (e *eyes) append(steps []probes.Step) {
	for i := range steps {
		steps[i].ID = len(e.trace)
		e.trace = append(e.trace, steps[i])
		if e.w.Emit != nil {
			e.w.Emit(steps[i])
		}
	}
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
	e.append(steps)
	return steps
}

// one does one thing, within the patience and the time left for it.
func (e *eyes) one(ctx context.Context, a probes.Ask) probes.Step {
	began := time.Now()
	s := probes.Step{Hop: a.Hop, At: began.Sub(e.start), Fact: a.Fact}
	switch f := a.Fact.(type) {
	case probes.Given, probes.Served, probes.Exchange: // never asked
	case probes.Route:
		s.Fact, s.Fault = e.w.Net.Route(ctx, f)
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
