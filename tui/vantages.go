package tui

// This file tells what a question looked like from each place.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// A sighting is a vantage's part in a question.
type sighting struct {
	vantage, rir string
	state        state
	text         string // what it came to, or what it does now
}

// sightings are those of a question: as it was judged, or else as far as they
// have come. This machine is the first, the others go by their names.
func sightings(p *progress, a *asked) []sighting {
	var out []sighting
	o := p.outcome(a)
	if o == nil {
		for _, w := range a.walks {
			s := sighting{vantage: w.vantage, state: looking, text: w.now}
			if w.over {
				s.state = ok
				s.text = "has looked"
			}
			out = append(out, s)
		}
		return byName(out)
	}
	for _, rec := range p.judged.Traces {
		if rec.Method == o.Method && rec.For == o.For {
			out = append(out, sighting{rec.Vantage, string(rec.RIR), stood(o.Vantages, rec.Vantage), came(rec.Steps)})
		}
	}
	return byName(out)
}

func byName(all []sighting) []sighting {
	if len(all) > 1 {
		slices.SortStableFunc(all[1:], func(a, b sighting) int { return strings.Compare(a.vantage, b.vantage) })
	}
	return all
}

// stood is which verdict a vantage came to.
func stood(a report.Agreement, vantage string) state {
	switch {
	case slices.Contains(a.Pass, vantage):
		return ok
	case slices.Contains(a.Fail, vantage):
		return failed
	case slices.Contains(a.Inconclusive, vantage):
		return unknown
	}
	return idle
}

// came is the last thing that the CA would have done, and what came of it.
func came(steps probes.Trace) string {
	for _, s := range slices.Backward(steps) {
		if s.Beyond != "" || s.Fact == nil {
			continue
		}
		f, isFetch := s.Fact.(probes.Fetch)
		switch {
		case s.Fault != nil:
			return doing(s) + ": " + string(s.Fault.Kind)
		case isFetch:
			return fmt.Sprintf("%d from %s", f.Status, f.To)
		}
		return doing(s)
	}
	return ""
}

// sightLines tell of each vantage.
func sightLines(t theme, all []sighting, w int) []string {
	widest := 0
	for _, s := range all {
		widest = max(widest, len(s.vantage))
	}
	out := []string{t.paint(strong, "The CA looks from several networks, and they have to agree."), ""}
	for _, s := range all {
		where := safe(s.vantage)
		if s.rir != "" {
			where += " (" + safe(s.rir) + ")"
		}
		out = append(out, hang(t.mark(s.state, 0)+" "+clip(where, min(widest+len(" (APNIC) "), 30)), safe(s.text), w)...)
	}
	return out
}
