package main

// This file tells a person at a terminal, on one line of stderr that is written
// again and again and then erased, what is being waited for.

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report/render"
)

// frame is the time between two pictures of the line.
const frame = 100 * time.Millisecond

// progress hears how far a run has come, and shows it. The nil progress shows
// nothing: nobody is there to see it. It is safe for concurrent use.
type progress struct {
	mu       sync.Mutex
	line     terminalLine
	targets  int
	open     map[[2]int]pending // by target and question
	left     map[int]int        // questions of each target that are open
	known    *soFar             // of the only target; nil: there are several
	waiting  string             // why there will be a look at next
	next     time.Time          // zero: a look is under way
	quit     context.CancelFunc
	finished chan struct{}
}

// pending is a question that is not answered yet.
type pending struct {
	what  string
	since time.Time
}

// newProgress shows progress on a command's stderr until stop, if that is for
// anyone.
func newProgress(c *cobra.Command, quiet int) *progress {
	out := c.ErrOrStderr()
	if quiet > 0 || !isTerminal(out) || getenv("TERM") == "dumb" || set("CI") || set("ACCESSIBLE") {
		return nil
	}
	p := &progress{line: terminalLine{out: out, free: true}, finished: make(chan struct{})}
	ctx, quit := context.WithCancel(context.WithoutCancel(c.Context()))
	p.quit = quit
	c.SetErr(p)
	go p.draw(ctx)
	return p
}

// draw draws until ctx ends.
func (p *progress) draw(ctx context.Context) {
	defer close(p.finished)
	t := time.NewTicker(frame)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			p.mu.Lock()
			p.line.show(p.text(now))
			p.mu.Unlock()
		case <-ctx.Done():
			p.erase()
			return
		}
	}
}

// stop ends it, with an empty line.
func (p *progress) stop() {
	if p != nil {
		p.quit()
		<-p.finished
	}
}

// erase makes room for other texts. The line comes back with the next picture.
func (p *progress) erase() {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.line.show("")
	}
}

// Write writes what others have to say on stderr.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line.Write(b)
}

// look begins a look at so many targets.
func (p *progress) look(targets int) {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.targets, p.open, p.left, p.next = targets, map[[2]int]pending{}, map[int]int{}, time.Time{}
	}
}

// expect has the line say, where it can be foreseen, what a look at one target
// will come to.
func (p *progress) expect(s *soFar) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = s
}

// await is the time between two looks. It reports whether anyone is told why.
func (p *progress) await(why string, next time.Time) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting, p.next = why, next
	return true
}

// hear takes an event of a look.
func (p *progress) hear(e probes.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known.hear(e)
	at := [2]int{e.Target, e.Question}
	_, known := p.open[at]
	switch {
	case e.Kind == probes.EventAsked && !known:
		p.open[at] = pending{fmt.Sprintf("%s %s", e.Asked.Task.Identifier, e.Asked.Task.Method), time.Now()}
		p.left[e.Target]++
	case e.Kind == probes.EventAnswered && known:
		delete(p.open, at)
		p.left[e.Target]--
	}
}

// text is what there is to show; empty: nothing.
func (p *progress) text(now time.Time) string {
	if !p.next.IsZero() {
		s := "next look in " + span(max(0, p.next.Sub(now)))
		if p.waiting != "" {
			s = p.waiting + ", " + s
		}
		return s
	}
	var oldest pending
	for _, a := range p.open {
		if oldest.what == "" || a.since.Before(oldest.since) {
			oldest = a
		}
	}
	if oldest.what == "" {
		return ""
	}
	s := fmt.Sprintf("%s … %.1f s", oldest.what, max(0, now.Sub(oldest.since).Seconds()))
	if p.targets == 1 {
		return "looking: " + s + p.known.text(now)
	}
	done := 0
	for _, n := range p.left {
		if n == 0 {
			done++
		}
	}
	return fmt.Sprintf("looking: %d of %d done, %s", done, p.targets, s)
}

// A terminalLine is the last line of a terminal.
type terminalLine struct {
	out   io.Writer
	shown string
	free  bool // nobody else has begun a line
}

// show replaces what is shown. The terminal cuts what is too long for it: it is
// told not to wrap, so that the line can be erased.
func (l *terminalLine) show(text string) {
	text = render.Safe(text, 0)
	if text == l.shown || !l.free {
		return
	}
	l.shown = text
	if text != "" {
		text = "\x1b[?7l" + text + "\x1b[?7h"
	}
	_, _ = io.WriteString(l.out, "\r\x1b[K"+text)
}

// Write writes a text of others in place of the line.
func (l *terminalLine) Write(b []byte) (int, error) {
	l.show("")
	if len(b) > 0 {
		l.free = b[len(b)-1] == '\n'
	}
	return l.out.Write(b)
}
