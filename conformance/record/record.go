// Package record has the real CA judge many worlds, side by side.
package record

import (
	"context"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// Options say how.
type Options struct {
	Jobs int // worlds at a time
	Runs int // runs of each world; what differs is marked unstable
}

// limit is the most that one world may take: domain control and CAA together
// have 40 s.
const limit = 90 * time.Second

// a task is one run of one world.
type task struct {
	world int // which file
	file  string
}

// Run records world files and returns their verdicts in the same order. A
// world that could not be recorded has a verdict with an Error. Run fails for
// files that are no worlds, where there can be no nodes, and when ctx ends.
func Run(ctx context.Context, files []string, o Options) ([]*verdict.Verdict, error) {
	if err := node.Possible(ctx); err != nil {
		return nil, err
	}
	tasks, err := plan(files, max(1, o.Runs))
	if err != nil {
		return nil, err
	}
	runs := make([][]*verdict.Verdict, len(files))
	var mu sync.Mutex // guards runs
	var wg sync.WaitGroup
	queue := make(chan task)
	for range max(1, min(o.Jobs, len(tasks))) {
		wg.Go(func() {
			w := &worker{}
			defer w.stop()
			for t := range queue {
				v := w.record(ctx, t.file)
				mu.Lock()
				runs[t.world] = append(runs[t.world], v)
				mu.Unlock()
			}
		})
	}
	for _, t := range tasks {
		queue <- t
	}
	close(queue)
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return merge(runs)
}

// waits recognises worlds that probably wait for a timeout.
var waits = regexp.MustCompile(`(?m)^[^#]*\b(drop|hang|stall)\b`)

// plan lists all runs, those that wait first, so that none is left at the end.
func plan(files []string, runs int) ([]task, error) {
	var slow, quick []task
	for i, f := range files {
		if _, err := world.Load(f); err != nil {
			return nil, err
		}
		text, err := os.ReadFile(f) //nolint:gosec // the caller's file
		if err != nil {
			return nil, err
		}
		to := &quick
		if waits.Match(text) {
			to = &slow
		}
		*to = append(*to, slices.Repeat([]task{{i, f}}, runs)...)
	}
	return slices.Concat(slow, quick), nil
}

// A worker has a node while it needs one.
type worker struct{ node *node.Process }

func (w *worker) stop() {
	if w.node != nil {
		w.node.Stop()
		w.node = nil
	}
}

// record never fails: what went wrong is in the verdict.
func (w *worker) record(ctx context.Context, file string) *verdict.Verdict {
	v, err := w.try(ctx, file)
	if err != nil {
		w.stop() // nobody knows in which state it is
		return &verdict.Verdict{World: node.WorldName(file), Boulder: boulder.Version(), Error: err.Error()}
	}
	return v
}

func (w *worker) try(ctx context.Context, file string) (*verdict.Verdict, error) {
	if w.node == nil {
		fresh, err := node.Start(ctx)
		if err != nil {
			return nil, err
		}
		w.node = fresh
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return w.node.Record(ctx, file)
}

func merge(runs [][]*verdict.Verdict) ([]*verdict.Verdict, error) {
	out := make([]*verdict.Verdict, len(runs))
	for i, r := range runs {
		var err error
		if out[i], err = verdict.Merge(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}
