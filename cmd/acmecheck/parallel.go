package main

import (
	"cmp"
	"strings"
	"sync"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

const (
	// atOnce is how many targets are looked at, or judged, at the same time.
	atOnce = 8
	// atOnceOfOwner bounds those of one registered domain.
	atOnceOfOwner = 2
)

// inParallel calls f for 0 to n-1, several at a time, and waits for all.
func inParallel(n int, f func(i int)) {
	groups := make([]int, n)
	for i := range groups {
		groups[i] = i
	}
	spread(groups, atOnce, 1, f)
}

// spread calls f for every index of groups, most at the same time and not more
// than each of one group, and waits for all. While a group has to wait, others
// go ahead.
func spread[G comparable](groups []G, most, each int, f func(i int)) {
	w := waiting[G]{next: map[G][]int{}, later: map[G]int{}, left: len(groups), turns: make(chan G, len(groups))}
	for i, g := range groups {
		w.next[g] = append(w.next[g], i)
		if len(w.next[g]) <= each {
			w.turns <- g
		} else {
			w.later[g]++
		}
	}
	if w.left == 0 {
		return
	}
	var wg sync.WaitGroup
	for range min(most, len(groups)) {
		wg.Go(func() {
			for g := range w.turns {
				f(w.take(g))
				w.done(g)
			}
		})
	}
	wg.Wait()
}

// waiting are the indexes that have not had their turn.
type waiting[G comparable] struct {
	mu    sync.Mutex
	next  map[G][]int // those that did not begin
	later map[G]int   // how many of those may not begin yet
	turns chan G      // a group, for each of those that may
	left  int         // how many are not done
}

func (w *waiting[G]) take(g G) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.next[g][0]
	w.next[g] = w.next[g][1:]
	return i
}

// done lets the next of a group begin; the last of all ends the turns.
func (w *waiting[G]) done(g G) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.later[g] > 0 {
		w.later[g]--
		w.turns <- g
	}
	if w.left--; w.left == 0 {
		close(w.turns)
	}
}

// ownerOf is the registered domain that an identifier belongs to, since its
// servers are likely to be one owner's; of what has none, the identifier.
func ownerOf(id probes.Identifier) string {
	return cmp.Or(policy.Registrable(strings.TrimPrefix(string(id), "*.")), string(id))
}
