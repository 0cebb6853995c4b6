package main

// This file tells a run while it goes on: with --format ndjson every target
// goes to standard output as soon as it and those before it were looked at.

import (
	"io"
	"sync"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A live is a stream that is written during a run. It is safe for concurrent
// use; a nil one tells nothing. What it writes is byte for byte what render
// makes of the saved report.
type live struct {
	stream render.Stream

	mu    sync.Mutex
	begun bool
	next  int                   // the target whose turn it is
	early map[int]report.Target // those that were done before their turn
	err   error                 // the first
}

func newLive(w io.Writer) *live {
	return &live{stream: render.Stream{W: w}, early: map[int]report.Target{}}
}

// begin tells the head of a report.
func (l *live) begin(r *report.Report) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = true
	l.write(l.stream.Begin(r))
}

// target tells a target when its turn has come.
func (l *live) target(i int, t report.Target) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.early[i] = t; ; l.next++ {
		t, ok := l.early[l.next]
		if !ok {
			return
		}
		delete(l.early, l.next)
		l.write(l.stream.Target(l.next, t))
	}
}

// end tells a report's end, or all of it if nothing was told before.
func (l *live) end(r *report.Report) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.begun {
		return render.NDJSON(l.stream.W, r)
	}
	l.write(l.stream.End(r))
	return l.err
}

// write keeps the first error of writing: nobody can mend it before the end.
func (l *live) write(err error) {
	if l.err == nil {
		l.err = err
	}
}
