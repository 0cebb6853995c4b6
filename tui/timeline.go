package tui

// This file draws when what was done, as bars along one scale.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// A bar is one line of the timeline: a look, or what was looked at beyond it.
type bar struct {
	label string
	steps []timed
	state state
	aside bool // no CA looks at this
}

// timeline draws the looks at a target, w cells wide: as they were recorded, or
// as far as they have come.
func timeline(t theme, r *run, target, w int) []string {
	bars := bars(r, progressOf(r, target))
	if len(bars) == 0 {
		return []string{t.paint(dim, "nothing has been seen yet")}
	}
	end := time.Millisecond
	for _, b := range bars {
		end = max(end, b.end())
	}
	labels := 0
	for _, b := range bars {
		labels = max(labels, width(safe(b.label)))
	}
	labels = min(labels, w/3)
	var out []string
	for _, b := range bars {
		out = append(out, b.view(t, end, labels, w))
	}
	return out
}

// bars are the CA's own looks, and then what was looked at beyond them.
func bars(r *run, p *progress) []bar {
	var out, beyond []bar
	for _, a := range p.questions {
		if !a.known {
			continue
		}
		walks, o := a.walks, p.outcome(a)
		if was := p.about(a); was != nil && len(walks) == 0 {
			walks, o = recorded(p, was), was
		}
		for _, w := range walks {
			b := bar{label: method(a) + " " + w.vantage, state: barState(r, o, w)}
			for _, s := range w.steps {
				if s.beyond == "" {
					b.steps = append(b.steps, s)
					continue
				}
				beyond = aside(beyond, s)
			}
			out = append(out, b)
		}
	}
	return append(out, beyond...)
}

func barState(r *run, o *report.Outcome, w *walked) state {
	switch {
	case o != nil && len(o.Vantages.Pass)+len(o.Vantages.Fail)+len(o.Vantages.Inconclusive) > 1:
		return stood(o.Vantages, w.vantage)
	case o != nil:
		return outcomeState(o)
	case w.over || r.over:
		return waiting
	}
	return looking
}

// aside adds a step to the bar of its errands.
func aside(bars []bar, s timed) []bar {
	label := "beyond: " + string(s.beyond)
	i := slices.IndexFunc(bars, func(b bar) bool { return b.label == label })
	if i < 0 {
		return append(bars, bar{label: label, steps: []timed{s}, state: idle, aside: true})
	}
	bars[i].steps = append(bars[i].steps, s)
	return bars
}

// recorded are the looks of a question by what was written down. That of
// another vantage began when the first had ended, which is not.
func recorded(p *progress, o *report.Outcome) []*walked {
	var out []*walked
	var first time.Duration
	for _, rec := range p.seen().Traces {
		if rec.Method != o.Method || rec.For != o.For {
			continue
		}
		w := &walked{vantage: rec.Vantage, over: true}
		if len(out) > 0 {
			w.at = first
		}
		for _, s := range rec.Steps {
			w.step(s)
			if len(out) == 0 && s.Beyond == "" {
				first = max(first, s.At+s.Took)
			}
		}
		out = append(out, w)
	}
	return out
}

// end is when the last step of a bar ended.
func (b bar) end() time.Duration {
	var out time.Duration
	for _, s := range b.steps {
		out = max(out, s.at+s.took)
	}
	return out
}

// A stroke is how the steps of one kind are drawn.
type stroke struct {
	letter byte
	hue    hue
}

var strokes = map[string]stroke{"lookup": {'d', dim}, "dial": {'c', hint}, "handshake": {'t', careful}, "fetch": {'w', good}}

const legend = "d dns  c connect  t tls  w wait"

// view draws a bar along a scale that ends at end.
func (b bar) view(t theme, end time.Duration, labels, w int) string {
	const ends = 9
	room := max(w-labels-ends-t.markWidth()-3, 1)
	cells := make([]stroke, room)
	for _, s := range b.steps {
		k, drawn := strokes[s.kind]
		if !drawn {
			continue
		}
		from, to := place(s.at, end, room), place(s.at+s.took, end, room)
		for i := from; i <= to; i++ {
			if cells[i].letter == 0 || i > from {
				cells[i] = k
			}
		}
	}
	label := clip(safe(b.label), labels)
	if b.aside {
		label = t.paint(dim, label)
	}
	return label + "  " + painted(t, cells) + fmt.Sprintf("%*s ", ends, b.lasted()) + t.mark(b.state, 0)
}

// place is the cell of a time; also of one that no look can have.
func place(at, end time.Duration, room int) int {
	return max(0, min(room-1, int(float64(at)/float64(end)*float64(room))))
}

// painted is cells with their colours, as few as they need.
func painted(t theme, cells []stroke) string {
	var b strings.Builder
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n] == cells[0] {
			n++
		}
		letter := " "
		if cells[0].letter != 0 {
			letter = string(cells[0].letter)
		}
		b.WriteString(t.paint(cells[0].hue, strings.Repeat(letter, n)))
		cells = cells[n:]
	}
	return b.String()
}

// lasted is how long the steps of a bar took, from the first to the last.
func (b bar) lasted() string {
	if len(b.steps) == 0 {
		return ""
	}
	first := b.steps[0].at
	for _, s := range b.steps {
		first = min(first, s.at)
	}
	return lasted((b.end() - first).Milliseconds())
}
