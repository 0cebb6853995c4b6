package walk

// This file runs what is beyond the CA's path beside it, each errand with eyes
// of its own.

import (
	"context"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// atOnce bounds the errands of one walk that run at the same time.
const atOnce = 16

// errands are the looks beyond of one walk. Only its walk's goroutine uses it.
type errands struct {
	w     *Walker
	start time.Time
	known map[string]bool  // by key
	steps []*[]probes.Step // of those under way
	wg    sync.WaitGroup
	slots chan struct{}

	number int // of the last errand begun
}

// begin starts what is new of the errands the plan names now, and reports
// whether any is under way.
func (s *errands) begin(ctx context.Context, t probes.Trace, done bool) bool {
	if s.w.Beyond == nil {
		return false
	}
	for _, errand := range s.w.Beyond(t, done) {
		if s.known[errand.Key()] || !s.w.can(errand) {
			continue
		}
		s.known[errand.Key()] = true
		s.number++
		steps, number := new([]probes.Step), s.number
		s.steps = append(s.steps, steps)
		s.wg.Go(func() {
			s.slots <- struct{}{}
			*steps = s.w.run(ctx, errand, number, s.start)
			<-s.slots
		})
	}
	return len(s.steps) > 0
}

// can reports whether an errand means anything in the walker's network: a
// simulated one has no routes, and its sockets no options.
func (w *Walker) can(e probes.Errand) bool {
	if w.Net.Here() {
		return true
	}
	for _, a := range e.Asks {
		switch f := a.Fact.(type) {
		case probes.Route:
			return false
		case probes.Dial:
			if f.TTL != 0 || f.MSS != 0 || f.To.Addr().IsLoopback() {
				return false
			}
		case probes.Given, probes.Lookup, probes.Handshake, probes.Fetch, probes.Served, probes.Exchange:
		}
	}
	return true
}

// wait returns the steps of the errands under way, in the order they were begun.
func (s *errands) wait() []probes.Step {
	s.wg.Wait()
	var out []probes.Step
	for _, steps := range s.steps {
		out = append(out, *steps...)
	}
	s.steps = nil
	return out
}

// run does one errand, up to its first fault.
func (w *Walker) run(ctx context.Context, errand probes.Errand, number int, start time.Time) []probes.Step {
	e := &eyes{w: w, start: start, plain: true, here: errand.Why == probes.BeyondHere}
	defer e.close()
	var out []probes.Step
	for _, a := range errand.Asks {
		a.Left = a.Limit
		s := e.one(ctx, a)
		s.Beyond, s.Errand = errand.Why, number
		out = append(out, s)
		if s.Fault != nil {
			break
		}
	}
	return out
}
