package tui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

// A binding is what a key does. The help and the last line of the screen are
// made of the same table.
type binding struct {
	names []string // as tea.KeyMsg spells them; the first is shown
	short string   // on the last line; empty: it is in the help alone
	help  string
	do    func(*app) tea.Cmd
	when  func(*app) bool // nil: always
	// always keeps the key on the last line of narrow screens too.
	always bool
}

func (b binding) has(key string) bool { return slices.Contains(b.names, key) }

func (b binding) offered(a *app) bool { return b.when == nil || b.when(a) }

// shown is how a key is called on the screen.
func (b binding) shown() string {
	out := strings.Join(b.names[:min(len(b.names), 2)], " ")
	return strings.TrimSpace(strings.ReplaceAll(out, "  ", " space"))
}

// mayLook reports that there is something to look at again.
func mayLook(a *app) bool { return !a.readOnly() }

func (a *app) mayIssue() bool { return a.Issue != nil && !a.ReadOnly && mayLook(a) && len(a.CAs) > 0 }

// do wraps what needs no command.
func do(f func(*app)) func(*app) tea.Cmd {
	return func(a *app) tea.Cmd { f(a); return nil }
}

// bindings are all keys, in the order in which the help tells them.
func bindings() []binding { return slices.Concat(ofMoving(), ofLooking(), ofReading(), ofLeaving()) }

func ofMoving() []binding {
	return []binding{
		{names: []string{"j", "down"}, short: "move", help: "down", do: do(func(a *app) { a.moved(1) })},
		{names: []string{"k", "up"}, help: "up", do: do(func(a *app) { a.moved(-1) })},
		{names: []string{"g", "home"}, help: "to the first row", do: do(func(a *app) { a.moved(-1 << 20) })},
		{names: []string{"G", "end"}, help: "to the last row", do: do(func(a *app) { a.moved(1 << 20) })},
		{names: []string{"pgdown", " ", "ctrl+d"}, help: "half a screen down", do: do(func(a *app) { a.moved(a.h / 2) })},
		{names: []string{"pgup", "ctrl+u"}, help: "half a screen up", do: do(func(a *app) { a.moved(-a.h / 2) })},
		{names: []string{"J"}, help: "the right pane down", do: do(func(a *app) { a.detail.scroll(1) })},
		{names: []string{"K"}, help: "the right pane up", do: do(func(a *app) { a.detail.scroll(-1) })},
		{names: []string{"tab", "shift+tab"}, short: "pane", help: "to the other pane", do: do(func(a *app) { a.inDetail = !a.inDetail })},
		{names: []string{"enter"}, short: "zoom", help: "what is told of a row, alone", do: do((*app).zoom)},
		{names: []string{"esc"}, help: "back: zoom, pane, filter", do: do((*app).back)},
	}
}

func ofLooking() []binding {
	return []binding{
		{names: []string{"r"}, short: "re-run", help: "look at the row's method again", do: (*app).rerun, when: mayLook},
		{names: []string{"R"}, short: "all", help: "look at everything again", do: func(a *app) tea.Cmd { return a.look(nil) }, when: mayLook},
		{names: []string{"s"}, help: "stop looking", do: do((*app).stop), when: mayLook},
		{names: []string{"F"}, short: "fault", help: "switch the lab's fault off or on", do: (*app).toggleFault, when: func(a *app) bool { return a.Fault != nil }},
		{names: []string{"e"}, short: "edit", help: "another target", do: do(func(a *app) { a.open(newForm(strings.Join(a.request.Targets, " "))) }), when: mayLook},
		{names: []string{"w"}, short: "watch", help: "look again and again", do: do((*app).toggleWatch), when: mayLook},
		{names: []string{"+"}, help: "watch less often", do: do(func(a *app) { a.watch.slower(2) }), when: mayLook},
		{names: []string{"-"}, help: "watch more often", do: do(func(a *app) { a.watch.slower(0.5) }), when: mayLook},
		{names: []string{"i"}, short: "issue", help: "order a certificate", do: do(func(a *app) { a.open(&wizard{}) }), when: (*app).mayIssue},
	}
}

func ofReading() []binding {
	out := []binding{
		{names: []string{"/"}, short: "filter", help: "only rows with a text", do: do(func(a *app) { a.open(newFilter(a.filter.text)) })},
		{names: []string{"S"}, help: "all, warnings and errors, errors", do: do((*app).sift)},
		{names: []string{"f"}, help: "freeze the screen until a key", do: do((*app).freeze)},
		{names: []string{"c"}, help: "copy the finding as Markdown", do: (*app).copyFinding},
		{names: []string{"C"}, help: "copy the command that shows it", do: (*app).copyCommand},
		{names: []string{"o"}, help: "the page of the code", do: (*app).explain, when: func(a *app) bool { return a.Explain != nil }},
		{names: []string{"x"}, short: "save", help: "save the report", do: do(func(a *app) { a.open(newExport()) }), when: func(a *app) bool { return a.Save != nil }},
	}
	for i, name := range tabNames {
		out = append(out, binding{names: []string{strconv.Itoa(i + 1)}, help: "the selected row: " + name, do: do(func(a *app) { a.detail = detail{tab: tab(i)} })})
	}
	return out
}

func ofLeaving() []binding {
	return []binding{
		{names: []string{"m"}, help: "the mouse on or off", do: (*app).toggleMouse},
		{names: []string{"?"}, short: "help", always: true, help: "this page", do: do(func(a *app) { a.open(&page{title: "Keys", body: func(w int) []string { return helpLines(a, w) }}) })},
		{names: []string{"q"}, short: "quit", always: true, help: "leave, and print the report", do: func(*app) tea.Cmd { return tea.Quit }},
		{names: []string{"Q"}, help: "leave without a word", do: func(a *app) tea.Cmd { a.silent = true; return tea.Quit }},
	}
}

// moved moves the cursor, or what the pane with the focus shows.
func (a *app) moved(n int) {
	if a.inDetail {
		a.detail.scroll(n)
		return
	}
	a.list.move(n)
	a.detail.offset = 0
}

// zoom gives the whole body to what is told of a row, or takes it back.
func (a *app) zoom() {
	a.zoomed = !a.zoomed
	a.inDetail = a.zoomed
}

func (a *app) back() {
	switch {
	case a.zoomed, a.inDetail:
		a.zoomed, a.inDetail = false, false
	case a.filter.some():
		a.filter = filter{}
		a.refresh()
	}
}

func (a *app) shape() shape { return arrange(a.w, a.h, a.zoomed, a.inDetail) }

// rerun looks again at what the selected row is about.
func (a *app) rerun() tea.Cmd {
	x := a.list.selected()
	if x.asked == nil || !x.asked.known {
		return a.look(nil)
	}
	return a.look(&Question{Target: x.target, Method: x.asked.Task.Method, For: x.asked.Task.For})
}

// errStopped is how a run ended that the user stopped.
var errStopped = errors.New("stopped: r and R look again")

// stop ends a run. What it still has to say is not heard.
func (a *app) stop() {
	if a.run.over {
		return
	}
	a.cancel()
	a.generation++
	a.run.end(nil, errStopped)
	a.refresh()
}

func (a *app) sift() {
	a.filter.severity = (a.filter.severity + 1) % (report.Error + 1)
	a.said = map[report.Severity]string{report.Info: "everything is shown", report.Warning: "warnings and errors are shown", report.Error: "errors are shown"}[a.filter.severity]
	a.refresh()
}

// freeze keeps the screen as it is until the next key.
func (a *app) freeze() {
	a.said = "frozen: any key goes on"
	a.frozen = a.frame()
}

// explained is the page of a code.
type explained struct{ code, text string }

func (a *app) explain() tea.Cmd {
	f, _ := a.pointedAt()
	if f == nil {
		a.said = "select a finding: o opens its page"
		return nil
	}
	return func() tea.Msg { return explained{f.Code, a.Explain(f.Code)} }
}

func (a *app) toggleMouse() tea.Cmd {
	a.mouse = !a.mouse
	if a.mouse {
		a.said = "mouse on"
		return tea.EnableMouseCellMotion
	}
	a.said = "mouse off"
	return tea.DisableMouse
}

// said is what a command has to say on the status line.
type said string

// faulted is what came of switching a fault.
type faulted struct {
	on  bool
	err error
}

func (a *app) toggleFault() tea.Cmd {
	on, ctx := !a.faulty, a.ctx
	return func() tea.Msg { return faulted{on, a.Fault(ctx, on)} }
}

func (a *app) switched(m faulted) {
	if m.err != nil {
		a.said = "the fault stays: " + safe(m.err.Error())
		return
	}
	a.faulty = m.on
	a.said = map[bool]string{true: "the fault is on; r looks again", false: "the fault is off; r looks again"}[m.on]
}
