package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// after lets time pass on the clock, and reports whether a look began.
func (p *player) after(d time.Duration) bool {
	was := p.generation
	p.send(beat(p.now.Add(d)))
	return p.generation != was
}

func TestWatch(t *testing.T) {
	bad, good := demo(t, "redirect-4434"), demo(t, "healthy")
	p := play(t, bad, 100, 30, Options{Interval: 30 * time.Second})
	p.hear(bad.updates...)
	p.end(bad)
	if p.after(time.Hour) {
		t.Error("it looks again without being asked to")
	}
	p.press("w")
	if p.after(29 * time.Second) {
		t.Error("it looks again too early")
	}
	if !p.after(time.Second) {
		t.Fatal("it does not look again when it is due")
	}
	if p.after(time.Hour) {
		t.Error("it looks again before the look has ended")
	}
	p.end(good)
	p.after(10 * time.Second)
	if got := p.screen(); !strings.Contains(got, "ready for 10 s") || !strings.Contains(got, "runs X.") {
		t.Errorf("after the fix:\n%s", got)
	}
	p.after(20 * time.Second)
	p.end(good)
	p.after(4 * time.Second)
	if got := p.screen(); !strings.Contains(got, "ready for 34 s") || !strings.Contains(got, "runs X..") {
		t.Errorf("while it stays well:\n%s", got)
	}
	p.after(26 * time.Second)
	p.end(bad)
	if got := p.screen(); !strings.Contains(got, "broke ") {
		t.Errorf("when it breaks:\n%s", got)
	}
	p.press("w")
	if p.after(time.Hour) {
		t.Error("w does not end it")
	}
}

func TestWatchBounds(t *testing.T) {
	p := at("healthy", 3, "w", strings.Repeat("-", 20))(t, 100, 30, Options{})
	if p.watch.interval != fastest {
		t.Errorf("every %v", p.watch.interval)
	}
	p.press(strings.Repeat("+", 20))
	if p.watch.interval != slowest {
		t.Errorf("every %v", p.watch.interval)
	}
	for range 2 * historyCells {
		p.watch.saw(p.run, p.now)
	}
	if len(p.watch.history) != historyCells {
		t.Errorf("%d runs are remembered", len(p.watch.history))
	}
}

// TestWatchOfFailures: a look that could not be made tells nothing of the name.
func TestWatchOfFailures(t *testing.T) {
	p := at("healthy", 3, "w")(t, 100, 30, Options{})
	p.after(30 * time.Second)
	p.send(ended{p.generation, nil, errStopped})
	if len(p.watch.history) != 1 {
		t.Errorf("it remembers %v", p.watch.history)
	}
	if !p.after(30 * time.Second) {
		t.Error("it does not try again")
	}
}

func TestBell(t *testing.T) {
	bad, good := demo(t, "redirect-4434"), demo(t, "healthy")
	for _, c := range []struct {
		bell, watching bool
		then           *report.Report
		want           string
	}{
		{true, true, good.report, "\a"},
		{true, true, bad.report, ""},
		{false, true, good.report, ""},
		{true, false, good.report, ""},
	} {
		var out strings.Builder
		p := play(t, bad, 100, 30, Options{Bell: c.bell})
		p.copied = &out
		if c.watching {
			p.press("w")
		}
		p.end(bad)
		p.press("R")
		_, cmd := p.Update(ended{p.generation, c.then, nil})
		perform(cmd)
		if out.String() != c.want {
			t.Errorf("bell %v, watching %v: %q", c.bell, c.watching, out.String())
		}
	}
}

func TestSpelled(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 12*time.Second + 400*time.Millisecond: "12 s", 4*time.Minute + 10*time.Second: "4 m 10 s", 5 * time.Minute: "5 m", 25*time.Hour + 3*time.Minute: "25 h 3 m",
	} {
		if got := spelled(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
}
