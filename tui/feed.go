package tui

// This file brings what a look tells into Update: many events at a time, so
// that a thousand of them cost few frames.

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

// A feed is a queue from what is under way to the screen. It never blocks the
// one that tells.
type feed[T any] struct {
	mu     sync.Mutex
	queue  []T           // guarded by mu
	filled chan struct{} // holds one token if the queue may have something
}

func newFeed[T any]() *feed[T] { return &feed[T]{filled: make(chan struct{}, 1)} }

func (f *feed[T]) hear(x T) {
	f.mu.Lock()
	f.queue = append(f.queue, x)
	f.mu.Unlock()
	select {
	case f.filled <- struct{}{}:
	default:
	}
}

func (f *feed[T]) take() []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.queue
	f.queue = nil
	return out
}

// listen waits for what is told next, and makes a message of all there is.
func (f *feed[T]) listen(ctx context.Context, as func([]T) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-f.filled:
			return as(f.take())
		case <-ctx.Done():
			return nil
		}
	}
}

// The messages. Those of a look carry its generation: what an old one still has
// to say is not heard.
type (
	heard struct {
		generation int
		updates    []Update
	}
	ended struct {
		generation int
		report     *report.Report
		err        error
	}
	beat time.Time
)

const beats = 150 * time.Millisecond

func tick() tea.Cmd { return tea.Tick(beats, func(t time.Time) tea.Msg { return beat(t) }) }

// look begins a run of everything, or of one question.
func (a *app) look(only *Question) tea.Cmd {
	if a.readOnly() || len(a.request.Targets) == 0 {
		return nil
	}
	a.cancel()
	ctx, cancel := context.WithCancel(a.ctx)
	a.cancel, a.hearing = cancel, ctx
	a.generation++
	q := a.request
	q.Only = only
	a.run = a.run.again(q, a.now)
	a.feed = newFeed[Update]()
	a.refresh()
	return tea.Batch(a.start(ctx, q), a.listen())
}

// start performs a run. A run before it has to end first: a Backend does one
// thing at a time.
func (a *app) start(ctx context.Context, q Request) tea.Cmd {
	a.looks.Add(1)
	f, generation := a.feed, a.generation
	return func() tea.Msg {
		defer a.looks.Done()
		a.turn.Lock()
		defer a.turn.Unlock()
		r, err := a.Look(ctx, q, f.hear)
		return ended{generation, r, err}
	}
}

func (a *app) listen() tea.Cmd {
	generation := a.generation
	return a.feed.listen(a.hearing, func(us []Update) tea.Msg { return heard{generation, us} })
}
