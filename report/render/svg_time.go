package render

// This file draws when what was looked at: a row for each walk and each errand,
// in it a bar for each step.

import (
	"fmt"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

const (
	timeLeft  = 190 // where the time begins, right of the labels
	timeWidth = 530
	timeRows  = 60
	ticksMost = 6
)

// A timeView is a drawing of time.
type timeView struct {
	ID, Title, Desc string
	Height, Bottom  int
	Ticks           []timeTick
	Rows            []timeRow
	Left            int // rows for which there is no room
}

type timeTick struct {
	X     int
	Label string
}

type timeRow struct {
	Y, End      int
	Label, Took string
	Class       string // ca, beyond
	Bars        []timeBar
}

type timeBar struct {
	X, Y, W, H   int
	To           int // its end
	Class, Title string
	Failed       bool
}

// A lane is what one walk or errand did.
type lane struct {
	label, class string
	steps        []probes.Step
}

// timesOf draws the traces of a target; nil where there are none.
func timesOf(id string, t report.Target) *timeView {
	lanes := lanesOf(t)
	var end time.Duration
	for _, l := range lanes {
		end = max(end, ended(l.steps))
	}
	if len(lanes) == 0 || end == 0 {
		return nil
	}
	v := timeView{ID: id + "-time", Title: "When each step began and how long it took"}
	v.Left = max(0, len(lanes)-timeRows)
	lanes = lanes[:len(lanes)-v.Left]
	x := func(d time.Duration) int { return timeLeft + int(timeWidth*d/end) }
	step := tickOf(end)
	for d := time.Duration(0); d <= end; d += step {
		v.Ticks = append(v.Ticks, timeTick{x(d), micro(d)})
	}
	for i, l := range lanes {
		r := timeRow{Y: 28 + i*rowHeight, Label: cutAt(Safe(l.label, longText), 28), Class: l.class, Took: micro(ended(l.steps) - began(l.steps)), End: x(ended(l.steps)) + 6}
		for _, s := range l.steps {
			r.Bars = append(r.Bars, barOf(s, x))
		}
		v.Rows = append(v.Rows, r)
	}
	v.Height = 28 + len(lanes)*rowHeight + 8
	v.Bottom = v.Height - 8
	v.Desc = fmt.Sprintf("%s, from 0 to %s", count(len(lanes), "walk"), micro(end))
	return &v
}

// lanesOf are the CA's walks, each with the errands beyond it.
func lanesOf(t report.Target) []lane {
	var out []lane
	for _, tr := range t.Traces {
		at := map[int]int{} // errand → lane
		for _, s := range tr.Steps {
			if _, given := s.Fact.(probes.Given); given {
				continue
			}
			i, ok := at[s.Errand]
			if !ok {
				i = len(out)
				at[s.Errand] = i
				l := lane{label: string(tr.Method) + ", " + tr.Vantage, class: "ca"}
				if s.Beyond != "" {
					l = lane{label: "· " + string(s.Beyond), class: "beyond"}
				}
				out = append(out, l)
			}
			s.At, s.Took = sensible(s.At), sensible(s.Took)
			out[i].steps = append(out[i].steps, s)
		}
	}
	return out
}

// sensible bounds what a saved report may claim.
func sensible(d time.Duration) time.Duration { return min(max(d, 0), 24*time.Hour) }

func began(steps []probes.Step) time.Duration {
	at := steps[0].At
	for _, s := range steps {
		at = min(at, s.At)
	}
	return at
}

func ended(steps []probes.Step) time.Duration {
	var end time.Duration
	for _, s := range steps {
		end = max(end, s.At+s.Took)
	}
	return end
}

// barOf draws a step. Kinds differ in height as well as in colour.
func barOf(s probes.Step, x func(time.Duration) int) timeBar {
	heights := map[string]int{"lookup": 4, "dial": 8, "handshake": 11, "fetch": 14}
	h := heights[s.Fact.Kind()]
	class := s.Fact.Kind()
	if h == 0 {
		h, class = 4, "other"
	}
	b := timeBar{X: x(s.At), W: max(2, x(s.At+s.Took)-x(s.At)), H: h, Y: (rowHeight - 4 - h) / 2, Class: class}
	b.To = b.X + b.W
	b.Title = fmt.Sprintf("%s, %s", s.Fact.Kind(), micro(s.Took))
	if s.Fault != nil {
		b.Failed, b.Title = true, b.Title+", "+Safe(string(s.Fault.Kind), longText)
	}
	return b
}

// tickOf is a round distance that makes few marks.
func tickOf(end time.Duration) time.Duration {
	for unit := int64(100 * time.Microsecond); ; unit *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if int64(end)/(n*unit) < ticksMost {
				return time.Duration(n * unit)
			}
		}
	}
}
