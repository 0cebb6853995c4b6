package main

// This file is the second look at one question, while the rest stays as it was
// seen.

import (
	"slices"

	"github.com/acmecheck/acmecheck/probes"
)

// A second look asks one question of one target again. The nil second asks
// everything.
type second struct {
	before *sights
	target int
	method probes.Method
	about  probes.Method // the method that CAA is asked about; empty for others
}

func (x *second) asks(t probes.Task) bool { return t.Method == x.method && t.For == x.about }

// plan is what is asked of a target: of the others nothing.
func (x *second) plan(target int, qs []probes.Question) []probes.Question {
	if x == nil {
		return qs
	}
	return slices.DeleteFunc(slices.Clone(qs), func(q probes.Question) bool { return target != x.target || !x.asks(q.Task) })
}

// merge puts what was seen now in the place of what was seen before.
func (x *second) merge(target int, now []probes.Seen) []probes.Seen {
	if x == nil {
		return now
	}
	out := slices.Clone(x.before.seen[target])
	for _, s := range now {
		if i := slices.IndexFunc(out, func(b probes.Seen) bool { return b.Task.Method == s.Task.Method && b.Task.For == s.Task.For }); i >= 0 {
			out[i] = s
		}
	}
	return out
}
