package tui

// This file holds the overlays that ask for one line.

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A form asks for targets.
type form struct {
	field field
	wrong string
}

func newForm(was string) *form { return &form{field: fieldOf(was)} }

func (f *form) key(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc":
		if len(a.request.Targets) == 0 {
			return tea.Quit, true
		}
		return nil, true
	case "enter":
		targets := strings.Fields(f.field.String())
		if len(targets) == 0 {
			f.wrong = "a name is needed, such as example.com"
			return nil, false
		}
		a.request = Request{Targets: targets}
		a.run, a.list, a.touched = &run{}, list{}, false
		a.watch.stop()
		return a.look(nil), true
	}
	f.wrong = ""
	f.field.key(k)
	return nil, false
}

func (f *form) view(a *app, w, _ int) (string, []string) {
	lines := []string{
		"", "Which name is to get a certificate?", "",
		"  " + f.field.view(a.theme, w-4), "",
	}
	if f.wrong != "" {
		lines = append(lines, a.theme.paint(bad, f.wrong), "")
	}
	for _, s := range []string{
		"example.com                  http-01 decides; the other methods are shown too",
		"*.example.com                a wildcard: dns-01",
		"tls-alpn-01@example.com      by a method of your choice",
		"example.com www.example.com  several at once",
	} {
		lines = append(lines, a.theme.paint(dim, clip(s, w)))
	}
	esc := "esc goes back"
	if len(a.request.Targets) == 0 {
		esc = "esc leaves"
	}
	return "Target", append(lines, "", "enter looks, "+esc+". Nothing is sent to a CA.")
}

// A filterForm asks for the text that rows must have.
type filterForm struct{ field field }

func newFilter(was string) *filterForm { return &filterForm{fieldOf(was)} }

func (f *filterForm) key(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "enter":
		return nil, true
	case "esc":
		a.filter.text = ""
		a.refresh()
		return nil, true
	}
	f.field.key(k)
	a.filter.text = f.field.String()
	a.refresh()
	return nil, false
}

func (f *filterForm) view(a *app, w, h int) (string, []string) {
	lines := []string{"", "Only rows whose code, target or address has  " + f.field.view(a.theme, w/3), ""}
	rows := a.list
	lines = append(lines, rows.view(a.theme, w, max(h-len(lines)-2, 1), a.beat)...)
	return "Filter", append(lines, "", "enter keeps it, esc shows all")
}

// An export asks where to save the report.
type export struct {
	field field
	wrong string
}

func newExport() *export { return &export{field: fieldOf("html=report.html")} }

func (e *export) key(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		format, path, ok := strings.Cut(e.field.String(), "=")
		r := a.last
		switch {
		case r == nil:
			e.wrong = "no run has ended yet"
			return nil, false
		case !ok || path == "":
			e.wrong = "FORMAT=PATH, such as json=report.json"
			return nil, false
		}
		return func() tea.Msg {
			if err := a.Save(format, path, r); err != nil {
				return said("not saved: " + safe(err.Error()))
			}
			return said("saved to " + safe(path))
		}, true
	}
	e.wrong = ""
	e.field.key(k)
	return nil, false
}

func (e *export) view(a *app, w, _ int) (string, []string) {
	lines := []string{"", "FORMAT=PATH", "", "  " + e.field.view(a.theme, w-4), ""}
	if e.wrong != "" {
		lines = append(lines, a.theme.paint(bad, e.wrong), "")
	}
	lines = append(lines, wrap("Formats: "+strings.Join(formatNames(), ", ")+".", w)...)
	return "Save", append(lines, "", "enter saves, esc goes back")
}
