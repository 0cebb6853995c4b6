package tui

// This file is the pane about the selected row: five ways to look at it.

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// A tab is one way to look at the selected row.
type tab int

const (
	tabFinding tab = iota
	tabHops
	tabDNS
	tabRaw
	tabTimeline
)

var tabNames = []string{"Finding", "Hops", "DNS", "Raw", "Timeline"}

// A detail is which tab is shown, and how far down it.
type detail struct {
	tab    tab
	offset int
	height int // lines of what was shown last
}

func (d *detail) scroll(n int) { d.offset += n }

// view draws the pane of a row, w by h cells.
func (d *detail) view(t theme, r *run, x row, w, h int) []string {
	lines := append([]string{d.tabs(t), ""}, d.body(t, r, x, w-2)...)
	d.height = len(lines)
	d.offset = max(0, min(d.offset, len(lines)-h))
	return indented(lines[d.offset:min(len(lines), d.offset+h)])
}

func (d *detail) tabs(t theme) string {
	var b strings.Builder
	for i, name := range tabNames {
		label := fmt.Sprintf("%d %s", i+1, name)
		if tab(i) == d.tab {
			label = t.paint(strong, "["+label+"]")
		} else {
			label = t.paint(dim, " "+label+" ")
		}
		b.WriteString(label)
	}
	return b.String()
}

func (d *detail) body(t theme, r *run, x row, w int) []string {
	switch d.tab {
	case tabHops:
		return hopLines(t, r, x, w)
	case tabDNS:
		return dnsLines(t, r, x, w)
	case tabRaw:
		return rawLines(t, r, x, w)
	case tabTimeline:
		return timeline(t, r, x.target, w)
	case tabFinding:
	}
	lines := told(t, r, x, w)
	if x.asked != nil && x.about != nil && !x.asked.answered {
		lines = append(paintAll(t, hint, wrap("This is what the look before saw.", w)), lines...)
	}
	return lines
}

// told is what there is to tell of a row.
func told(t theme, r *run, x row, w int) []string {
	switch {
	case x.sights != nil:
		return sightLines(t, x.sights, w)
	case x.found != nil:
		return findingLines(t, x, w)
	case x.about != nil:
		return outcomeLines(t, x, w)
	case x.asked != nil && x.state == looking:
		return hang("looking: ", safe(x.text), w)
	case x.asked != nil:
		return []string{t.paint(dim, "nothing has been seen yet")}
	}
	return targetLines(t, r, x, w)
}

// outcomes are those that a row is about: its own, or all of its target.
func outcomes(r *run, x row) []report.Outcome {
	p := progressOf(r, x.target)
	switch {
	case x.about != nil:
		return []report.Outcome{*x.about}
	case p.seen() == nil || x.asked != nil:
		return nil
	}
	return p.seen().Verdicts
}

// title is what the frame of the pane says.
func (x row) title() string {
	if x.found != nil {
		return safe(fmt.Sprintf("%s  %s, %s", x.found.Code, x.found.Severity, x.found.Certainty))
	}
	return safe(x.label)
}

// targetLines sum up a target.
func targetLines(t theme, r *run, x row, w int) []string {
	p := progressOf(r, x.target)
	var out []string
	switch seen := p.seen(); {
	case r.err != nil:
		out = append(out, append(paintAll(t, bad, wrap(safe(r.err.Error()), w)), "")...)
	case seen == nil:
		return []string{t.paint(dim, "nothing has been seen yet")}
	case r.over:
		out = append(out, t.paint(looks[verdictState(seen.Verdict, false)].hue, seen.Verdict.String())+"  "+safe(seen.Identifier.Value), "")
	}
	for _, a := range p.questions {
		if o := p.about(a); o != nil {
			out = append(out, outcomeLine(t, o, w)...)
		}
	}
	if r.report != nil && r.over {
		out = append(out, "")
		for _, n := range r.report.Notes {
			out = append(out, hang("note: ", safe(n), w)...)
		}
		out = append(out, t.paint(dim, fmt.Sprintf("rules %s, read %s", safe(r.report.Run.Policy), safe(r.report.Run.PolicyRead))))
	}
	return out
}

func outcomeLine(t theme, o *report.Outcome, w int) []string {
	why := safe(o.Why)
	if !o.Decisive {
		why += "  (for information)"
	}
	return hang(t.mark(outcomeState(o), 0)+" "+clip(safe(string(o.Method)), len("tls-alpn-01 ")), why, w)
}

// outcomeLines sum up what came of a method, and then its worst finding.
func outcomeLines(t theme, x row, w int) []string {
	o := x.about
	if f := worstFinding(o); f != nil && o.Verdict != report.WouldIssue {
		y := x
		y.found = f
		return append([]string{t.paint(dim, safe(f.Code)), ""}, findingLines(t, y, w)...)
	}
	out := wrap(safe(o.Why), w)
	if o.Method != probes.CAA {
		out = append(out, "", t.paint(dim, "shown by: ")+proofs(o.Proof))
	}
	if !o.Decisive {
		out = append(out, "It was looked at for information and decides nothing.")
	}
	if len(o.Probes) > 0 && len(o.Probes[0].Hops) > 0 {
		out = append(out, "")
		out = append(out, walkLines(t, o.Method, o.Probes[0], w)...)
	}
	if o.Problem != nil {
		out = append(out, "")
		out = append(out, hang("CA    ", problem(o.Problem), w)...)
	}
	return out
}

// proofs says what a proof amounts to.
func proofs(p probes.Proof) string {
	says := map[probes.Proof]string{
		"path":    "a token that nobody knows: the way is clear, or it is not",
		"token":   "the token it was told",
		"txt":     "the TXT value it was told",
		"webroot": "a random token, written into the webroot",
		"serve":   "a random token, served by acmecheck itself",
		"solver":  "a random value, put in place by a solver",
		"ca":      "an order: a CA looked",
	}[p]
	return cmp.Or(says, safe(string(p)))
}

func paintAll(t theme, h hue, lines []string) []string {
	for i := range lines {
		lines[i] = t.paint(h, lines[i])
	}
	return lines
}
