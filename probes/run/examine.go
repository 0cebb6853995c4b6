package run

import (
	"context"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Examine asks every question at once, from the first vantage and, as the CA
// does, from all others as soon as the first has nothing against it. It returns
// what was seen, in the order of the questions.
func Examine(ctx context.Context, qs []probes.Question, p *policy.Policy, asOf time.Time, first Vantage, remotes ...Vantage) []probes.Seen {
	out := make([]probes.Seen, len(qs))
	var wg sync.WaitGroup
	for i, q := range qs {
		wg.Go(func() {
			a := Assignment{Task: q.Task, Policy: p, Proof: q.Proof, AsOf: asOf, Order: true}
			out[i] = probes.Seen{Question: q, Trace: first.Look(ctx, a)}
			out[i].Remotes = corroborate(ctx, a, out[i].Trace, remotes)
		})
	}
	wg.Wait()
	return out
}

// corroborate looks from the other vantages, if the CA would.
func corroborate(ctx context.Context, a Assignment, first probes.Trace, remotes []Vantage) []probes.Sight {
	g, ok := first.Given()
	if !ok || len(remotes) == 0 {
		return nil
	}
	d := a.Policy.Decide(g, first.Replay())
	if d.Undecided || !d.Valid && !d.Excused(a.Proof) {
		return nil
	}
	a.Policy = a.Policy.Remotely(d.Spent)
	return inParallel(remotes, func(v Vantage) probes.Sight {
		name, rir := v.Perspective()
		return probes.Sight{Name: name, RIR: rir, Trace: v.Look(ctx, a)}
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
