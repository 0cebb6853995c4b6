package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// A watch looks again and again, and remembers how it went.
type watch struct {
	on       bool
	interval time.Duration
	next     time.Time
	since    time.Time // when the verdict became what it is
	history  []state   // the newest last
	verdict  report.Verdict
}

const historyCells = 60

// fastest and slowest are the bounds of the interval.
const fastest, slowest = 5 * time.Second, time.Hour

// due reports whether it is time to look again.
func (w *watch) due(now time.Time, over bool) bool { return w.on && over && !now.Before(w.next) }

// saw remembers a run that has ended, and reports whether the verdict changed.
func (w *watch) saw(r *run, now time.Time) (changed bool) {
	w.next = now.Add(w.interval)
	v, s, some := r.verdict()
	if !some {
		return false
	}
	first := len(w.history) == 0
	changed = !first && v != w.verdict
	if first || changed {
		w.since, w.verdict = now, v
	}
	w.history = append(w.history, verdictState(v, s.Warning > 0))
	w.history = w.history[max(0, len(w.history)-historyCells):]
	return changed
}

func (w *watch) stop() { *w = watch{interval: w.interval} }

func (w *watch) slower(by float64) {
	w.interval = max(fastest, min(slowest, time.Duration(float64(w.interval)*by)).Round(time.Second))
}

// strip is the history, a letter a run, the newest n of them.
func (w *watch) strip(t theme, n int) string {
	var b strings.Builder
	for _, s := range w.history[max(0, len(w.history)-n):] {
		letter := map[state]string{ok: ".", warned: "!", failed: "X", unknown: "?"}[s]
		b.WriteString(t.paint(looks[s].hue, letter))
	}
	return b.String()
}

// line is how long it has been as it is.
func (w *watch) line(now time.Time) string {
	switch {
	case !w.on:
		return ""
	case len(w.history) == 0:
		return "watch every " + spelled(w.interval)
	case w.verdict == report.WouldIssue:
		return fmt.Sprintf("ready for %s, watch every %s", spelled(now.Sub(w.since)), spelled(w.interval))
	case w.verdict == report.WouldNot:
		return fmt.Sprintf("broke %sZ, watch every %s", w.since.UTC().Format(time.TimeOnly), spelled(w.interval))
	}
	return fmt.Sprintf("cannot tell since %sZ, watch every %s", w.since.UTC().Format(time.TimeOnly), spelled(w.interval))
}

// spelled is a duration for people, to the second.
func spelled(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	h, m, s := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	switch {
	case h > 0:
		return fmt.Sprintf("%d h %d m", h, m)
	case m > 0 && s > 0:
		return fmt.Sprintf("%d m %d s", m, s)
	case m > 0:
		return fmt.Sprintf("%d m", m)
	}
	return fmt.Sprintf("%d s", s)
}

func (a *app) toggleWatch() {
	if a.watch.on {
		a.watch.on = false
		return
	}
	a.watch.on = true
	a.watch.next = a.now.Add(a.watch.interval)
}
