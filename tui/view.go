package tui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// View implements tea.Model: exactly as many lines as the screen has, none
// wider than it is. bubbletea would drop the top of a longer one.
func (a *app) View() string {
	if a.w <= 0 || a.h <= 0 {
		return ""
	}
	lines := a.frozen
	if lines == nil {
		lines = a.frame()
	}
	return strings.Join(fill(lines, a.w, a.h), "\n")
}

// frame draws the screen.
func (a *app) frame() []string {
	s := a.shape()
	if s.small {
		return []string{" acmecheck  " + a.verdict(), fmt.Sprintf(" enlarge to %dx%d, or q", smallW, smallH)}
	}
	out := []string{a.headLine()}
	if n := len(a.overlays); n > 0 {
		h := a.h - headH - statusH - 1
		title, lines := a.overlays[n-1].view(a, a.w-4, h-2)
		out = append(out, a.theme.box(safe(title), "", indented(lines), a.w, h, true)...)
	} else {
		out = append(out, a.body(s)...)
	}
	return append(out, a.status(), a.keyLine())
}

// body draws the panes.
func (a *app) body(s shape) []string {
	var panes []string
	if s.listW > 0 {
		panes = a.listPane(s)
	}
	if s.detailW > 0 {
		d := a.detailPane(s)
		if s.stacked || panes == nil {
			panes = append(panes, d...)
		} else {
			panes = beside(panes, d)
		}
	}
	if s.timeH > 0 {
		panes = append(panes, a.timePane(s)...)
	}
	return panes
}

func (a *app) timePane(s shape) []string {
	lines := indented(timeline(a.theme, a.run, a.list.selected().target, a.w-4))
	if h := s.timeH - 2; len(lines) > h {
		lines[h-1] = a.theme.paint(dim, fmt.Sprintf(" and %d more: 5", len(lines)-h+1))
	}
	return a.theme.box("Timeline  "+legend, "", lines, a.w, s.timeH, false)
}

// indented moves lines off their frame.
func indented(lines []string) []string {
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	return lines
}

func (a *app) listPane(s shape) []string {
	all, answered := a.run.counts()
	right := ""
	if all > 0 {
		right = fmt.Sprintf("%d/%d", answered, all)
	}
	title := "Checks"
	if a.filter.text != "" {
		title += " with " + safe(a.filter.text)
	}
	h := s.listH - 2
	lines := a.list.view(a.theme, s.listW-2, h, a.beat)
	if strip := a.watch.strip(a.theme, s.listW-12); strip != "" && h > len(lines)+1 && a.watch.on {
		lines = append(fill(lines, s.listW-2, h-1), "   "+a.theme.paint(dim, "runs ")+strip)
	}
	return a.theme.box(title, right, lines, s.listW, s.listH, !a.inDetail)
}

func (a *app) detailPane(s shape) []string {
	x := a.list.selected()
	lines := a.detail.view(a.theme, a.run, x, s.detailW-2, s.detailH-2)
	right := ""
	if below := a.detail.height - a.detail.offset - (s.detailH - 2); below > 0 {
		right = fmt.Sprintf("%d more, J", below)
	}
	return a.theme.box(x.title(), right, lines, s.detailW, s.detailH, a.inDetail)
}

// head is the first line: who, what, by whose rules, from where, and the
// verdict.
func (a *app) head() string {
	right := a.verdict() + " "
	left := " acmecheck " + a.Version
	name := safe(a.run.name(0))
	if n := len(a.request.Targets); n > 1 {
		name += fmt.Sprintf(" and %d more", n-1)
	}
	room := a.w - width(right) - 2
	for i, one := range [][]string{{name}, {safe(a.Rules)}, a.from()} {
		for _, s := range one { // the first that fits; the name is never left out
			if next := left + "  " + s; s != "" && (i == 0 || width(next) <= room) {
				left = next
				break
			}
		}
	}
	return clip(left, max(room, 0)) + "  " + right
}

// from says where is looked from, in full and in short.
func (a *app) from() []string {
	all := a.run.vantages()
	if len(all) < 2 {
		return nil
	}
	return []string{"from " + safe(strings.Join(all, " ")), fmt.Sprintf("from %d vantages", len(all))}
}

// verdict is the verdict so far.
func (a *app) verdict() string {
	v, s, some := a.run.verdict()
	running := !a.run.over && !a.run.began.IsZero()
	text := ""
	switch {
	case some:
		text = strings.TrimRight(fmt.Sprintf("%s  %s", v, counted(s)), " ")
	case running:
		text = "looking"
	case errors.Is(a.run.err, errStopped):
		text = "STOPPED"
	case a.run.err != nil:
		text = "FAILED"
	}
	if running {
		text += fmt.Sprintf("  %.1f s", max(a.now.Sub(a.run.began), 0).Seconds())
	}
	return text
}

// headLine is the first line, with the colour of the verdict.
func (a *app) headLine() string {
	line, v := clip(a.head(), a.w), a.verdict()
	how := strong
	if v, _, some := a.run.verdict(); some {
		how = looks[verdictState(v, false)].hue
	}
	if at := len(line) - len(v) - 1; v != "" && at > 0 && line[at:] == v+" " {
		return a.theme.paint(strong, line[:at]) + a.theme.paint(how, v) + " "
	}
	return a.theme.paint(strong, line)
}

func counted(s report.Summary) string {
	var out []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Error, "error"}, {s.Warning, "warning"}} {
		switch {
		case c.n == 1:
			out = append(out, "1 "+c.word)
		case c.n > 1:
			out = append(out, fmt.Sprintf("%d %ss", c.n, c.word))
		}
	}
	return strings.Join(out, ", ")
}

// status is the last line but one.
func (a *app) status() string {
	text := a.said
	switch all, answered := a.run.counts(); {
	case a.frozen != nil && text == "":
		text = "frozen: f goes on"
	case text != "":
	case a.run.err != nil:
		text = safe(a.run.err.Error())
	case !a.run.over && !a.run.began.IsZero():
		text = fmt.Sprintf("%d of %d questions answered, %d steps", answered, all, a.run.steps)
	case a.Report != nil:
		text = "a saved report of " + a.Report.Run.StartedAt.UTC().Format(time.DateTime) + " UTC"
	case a.run.over:
		text = "last run " + a.run.began.UTC().Format(time.TimeOnly) + "Z"
	}
	return clip(" "+text+"   "+a.theme.paint(dim, a.watch.line(a.now)), a.w)
}

// keyLine is the last line: the keys that are worth knowing, as many as fit.
func (a *app) keyLine() string {
	if len(a.overlays) > 0 {
		return ""
	}
	line, last := "", ""
	for _, b := range a.bindings {
		if b.short != "" && b.offered(a) && b.always {
			last += a.keyHint(b)
		}
	}
	room := a.w - width(last)
	for _, b := range a.bindings {
		if b.short == "" || b.always || !b.offered(a) {
			continue
		}
		next := line + a.keyHint(b)
		if width(next) > room {
			break
		}
		line = next
	}
	return clip(line, room) + last
}

func (a *app) keyHint(b binding) string {
	return " " + a.theme.paint(strong, b.names[0]) + " " + b.short + " "
}

func formatNames() []string {
	var out []string
	for _, f := range render.Formats {
		out = append(out, f.Name)
	}
	return out
}
