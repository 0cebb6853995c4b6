package run

import (
	"context"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// An Examination is how to look at targets: by whose rules and from where.
type Examination struct {
	Policy  *policy.Policy
	AsOf    time.Time
	First   Vantage
	Remotes []Vantage
	// Hear is told how far a question has come, from many goroutines at once and
	// before the examination goes on: it must be quick. Nil: nobody listens. Of
	// an Event it is given neither Target nor when the run began: At counts from
	// the call of Examine.
	Hear func(probes.Event)
}

// Examine asks every question at once, from the first vantage and, as the CA
// does, from all others as soon as the first has nothing against it. It returns
// what was seen, in the order of the questions.
func (x *Examination) Examine(ctx context.Context, qs []probes.Question) []probes.Seen {
	out := make([]probes.Seen, len(qs))
	began := time.Now()
	var wg sync.WaitGroup
	for i, q := range qs {
		hear := func(e probes.Event) {
			if x.Hear != nil {
				e.Question, e.At = i, time.Since(began)
				x.Hear(e)
			}
		}
		wg.Go(func() {
			a := Assignment{Task: q.Task, Policy: x.Policy, Proof: q.Proof, AsOf: x.AsOf, Order: true}
			out[i] = probes.Seen{Question: q, Trace: look(ctx, x.First, q, a, hear)}
			out[i].Remotes = x.corroborate(ctx, q, a, out[i].Trace, hear)
			hear(probes.Event{Kind: probes.EventAnswered, Seen: out[i]})
		})
	}
	wg.Wait()
	return out
}

// look has one vantage look, and tells of it.
func look(ctx context.Context, v Vantage, q probes.Question, a Assignment, hear func(probes.Event)) probes.Trace {
	name, _ := v.Perspective()
	a.Heard = func(s probes.Step) { hear(probes.Event{Kind: probes.EventStep, Vantage: name, Step: s}) }
	hear(probes.Event{Kind: probes.EventAsked, Vantage: name, Asked: q})
	defer hear(probes.Event{Kind: probes.EventLooked, Vantage: name})
	return whole(v.Look(ctx, a))
}

// whole cuts times to microseconds, as JSON keeps them: a trace is judged now as
// it will be when it was saved.
func whole(t probes.Trace) probes.Trace {
	for i := range t {
		t[i].At, t[i].Took = t[i].At.Truncate(time.Microsecond), t[i].Took.Truncate(time.Microsecond)
	}
	return t
}

// corroborate looks from the other vantages, if the CA would.
func (x *Examination) corroborate(ctx context.Context, q probes.Question, a Assignment, first probes.Trace, hear func(probes.Event)) []probes.Sight {
	g, ok := first.Given()
	if !ok || len(x.Remotes) == 0 {
		return nil
	}
	d := a.Policy.Decide(g, first.Replay())
	if d.Undecided || !d.Valid && !d.Excused(a.Proof) {
		return nil
	}
	a.Policy = a.Policy.Remotely(d.Spent)
	return inParallel(x.Remotes, func(v Vantage) probes.Sight {
		name, rir := v.Perspective()
		return probes.Sight{Name: name, RIR: rir, Trace: look(ctx, v, q, a, hear)}
	})
}

// inParallel calls f for every vantage at once.
func inParallel[T any](vantages []Vantage, f func(Vantage) T) []T {
	out := make([]T, len(vantages))
	var wg sync.WaitGroup
	for i, v := range vantages {
		wg.Go(func() { out[i] = f(v) })
	}
	wg.Wait()
	return out
}
