package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

// Update implements tea.Model. It does no I/O.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = m.Width, m.Height
	case tea.KeyMsg:
		return a, a.keys(m)
	case tea.MouseMsg:
		a.pointed(m)
	case beat:
		return a, a.beats(time.Time(m))
	case heard:
		return a, a.hears(m)
	case ended:
		return a, a.ends(m)
	case said:
		a.said = string(m)
	case explained:
		a.open(newPage(m.code, m.text))
	case foreseen:
		m.wizard.plan = m.lines
	case progressed:
		return a, m.wizard.hears(m)
	case ordered:
		a.ordered(m)
	case faulted:
		a.switched(m)
	}
	return a, nil
}

// beats lets time pass.
func (a *app) beats(t time.Time) tea.Cmd {
	a.now = t
	if !a.run.over || len(a.overlays) > 0 {
		a.beat++
	}
	if a.watch.due(t, a.run.over) && !a.ordering() {
		return tea.Batch(a.look(nil), tick())
	}
	return tick()
}

func (a *app) hears(m heard) tea.Cmd {
	if m.generation != a.generation {
		return nil
	}
	for _, u := range m.updates {
		if u.Note != "" {
			a.said = safe(u.Note)
			continue
		}
		a.run.hear(u)
	}
	a.refresh()
	return a.listen()
}

func (a *app) ends(m ended) tea.Cmd {
	if m.generation != a.generation {
		return nil
	}
	a.cancel()
	for _, u := range a.feed.take() {
		a.run.hear(u)
	}
	a.run.end(m.report, m.err)
	if m.report != nil {
		a.keep(m.report)
	}
	a.refresh()
	a.point()
	if a.watch.saw(a.run, a.now) && a.Bell && a.watch.on {
		return a.ring()
	}
	return nil
}

// keep remembers the report of a run. After a look at one question the rest is
// as old as it was.
func (a *app) keep(r *report.Report) {
	a.last = r
	if a.run.request.Only == nil {
		a.lastAt = a.now
	}
}

// keys takes a key. bubbletea hands over what was typed fast as one message:
// each rune of it is a key of its own, unless it was pasted.
func (a *app) keys(k tea.KeyMsg) tea.Cmd {
	if k.Type == tea.KeyRunes && len(k.Runes) > 1 && !k.Paste {
		var all []tea.Cmd
		for _, r := range k.Runes {
			all = append(all, a.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: k.Alt}))
		}
		return tea.Batch(all...) // in a sequence a look would hold up the rest
	}
	return a.key(k)
}

func (a *app) key(k tea.KeyMsg) tea.Cmd {
	a.said, a.touched = "", true
	if k.Type == tea.KeyCtrlC {
		a.aborted = true
		return tea.Quit
	}
	if a.frozen != nil && k.String() != "q" {
		a.frozen = nil
		return nil
	}
	if n := len(a.overlays); n > 0 {
		top := a.overlays[n-1]
		cmd, done := top.key(a, k)
		if done {
			a.drop(top)
		}
		return cmd
	}
	for _, b := range a.bindings {
		if b.has(k.String()) && b.offered(a) {
			return b.do(a)
		}
	}
	return nil
}

// drop closes an overlay, which may have opened another one meanwhile.
func (a *app) drop(o overlay) {
	for i := range a.overlays {
		if a.overlays[i] == o {
			a.overlays = append(a.overlays[:i:i], a.overlays[i+1:]...)
			return
		}
	}
}

// pointed takes the wheel and clicks of a mouse, where the user has turned it on.
func (a *app) pointed(m tea.MouseMsg) {
	const step = 3
	if len(a.overlays) > 0 {
		return
	}
	s := a.shape()
	overDetail := s.listW == 0 || !s.stacked && m.X >= s.listW || s.stacked && m.Y > s.listH
	switch {
	case m.Button == tea.MouseButtonWheelDown, m.Button == tea.MouseButtonWheelUp:
		n := step
		if m.Button == tea.MouseButtonWheelUp {
			n = -step
		}
		if overDetail {
			a.detail.scroll(n)
		} else {
			a.list.move(n)
		}
	case m.Action == tea.MouseActionPress && m.Button == tea.MouseButtonLeft && !overDetail:
		line := m.Y - headH - 1
		if at := a.list.offset + line; line >= 0 && line < s.listH-2 && at < len(a.list.rows) {
			a.list.move(at - a.list.cursor)
		}
	}
}
