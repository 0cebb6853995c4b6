package tui

// This file holds the pages that are read: the keys, the page of a code, what
// was copied.

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A page is text to read.
type page struct {
	title  string
	body   func(w int) []string
	offset int
	height int // lines that were shown last
}

// newPage is a page of prose, whose lines hang below where they begin.
func newPage(title, text string) *page {
	return &page{title: title, body: func(w int) []string {
		var out []string
		for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			l = safe(l)
			if width(l) <= w {
				out = append(out, l)
				continue
			}
			rest := strings.TrimLeft(l, " ")
			out = append(out, hang(l[:len(l)-len(rest)], rest, w)...)
		}
		return out
	}}
}

func (p *page) key(_ *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "q", "enter", "?", "o":
		return nil, true
	case "j", "down", "J":
		p.offset++
	case "k", "up", "K":
		p.offset--
	case "pgdown", " ", "ctrl+d":
		p.offset += p.height
	case "pgup", "ctrl+u":
		p.offset -= p.height
	case "g", "home":
		p.offset = 0
	case "G", "end":
		p.offset = 1 << 20
	}
	return nil, false
}

func (p *page) view(a *app, w, h int) (string, []string) {
	lines := p.body(w)
	p.height = max(h-2, 1)
	p.offset = max(0, min(p.offset, len(lines)-p.height))
	below := len(lines) - p.offset - p.height
	foot := "esc goes back"
	if below > 0 || p.offset > 0 {
		foot += fmt.Sprintf(", j and k scroll: %d lines above, %d below", p.offset, max(below, 0))
	}
	return p.title, append(fill(lines[p.offset:], w, p.height), "", a.theme.paint(dim, foot))
}

// helpLines are the keys, in two columns where there is room.
func helpLines(a *app, w int) []string {
	var all []string
	for _, b := range a.bindings {
		if b.offered(a) {
			all = append(all, a.theme.paint(strong, clip(b.shown(), 14))+b.help)
		}
	}
	all = append(all, a.theme.paint(strong, clip("ctrl+c", 14))+"abort, with exit code 130")
	const twoColumns = 96
	if w >= twoColumns {
		half := (len(all) + 1) / 2
		left, right := fill(all[:half], w/2, half), fill(all[half:], w/2, half)
		all = beside(left, right)
	}
	return append(append(all, ""), wrap("What is copied goes to your terminal (OSC 52) and is shown too: not every terminal takes it.", w)...)
}
