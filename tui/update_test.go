package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// cursorLine is the line of the screen that the cursor is on, and its text.
func (p *player) cursorLine() (n int, text string) {
	lines := strings.Split(p.screen(), "\n")
	n = slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "▸") })
	if n < 0 {
		return n, ""
	}
	_, text, _ = strings.Cut(lines[n], "▸")
	return n, text
}

// TestCursorStays: whatever arrives above and below, the cursor stays on its
// row, and the row on its line of the screen, until the run ends.
func TestCursorStays(t *testing.T) {
	for _, name := range []string{"geo-blocked", "redirect-4434", "ipv6-broken"} {
		for _, h := range []int{15, 20, 30} {
			s := demo(t, name)
			p := play(t, s, 100, h, Options{})
			i := 0
			for ; len(p.list.rows) < 4; i++ {
				p.hear(s.updates[i])
			}
			p.press("jjj")
			key := p.list.selected().key
			line, _ := p.cursorLine()
			for ; i < len(s.updates); i++ {
				p.hear(s.updates[i])
				if n, text := p.cursorLine(); n != line || p.list.selected().key != key {
					t.Fatalf("%s at %d: after %d updates the cursor is on line %d (%s), it was on %d", name, h, i, n, text, line)
				}
			}
		}
	}
}

// TestCursorWithinTargets: of several targets the first fills in last.
func TestCursorWithinTargets(t *testing.T) {
	s := demo(t, "geo-blocked")
	p := play(t, s, 100, 20, Options{}, "http-01@example.com", "http-01@www.example.com")
	p.hear(to(1, s.updates)...)
	p.press("G")
	line, text := p.cursorLine()
	p.hear(to(0, s.updates)...)
	if n, now := p.cursorLine(); n != line || now != text {
		t.Errorf("the cursor was on line %d (%s), and is on %d (%s)", line, text, n, now)
	}
}

// to is updates about another target.
func to(target int, us []Update) []Update {
	out := slices.Clone(us)
	for i := range out {
		out[i].Target = target
	}
	return out
}

func TestSelectionReturns(t *testing.T) {
	s := demo(t, "redirect-4434")
	p := at("redirect-4434", 3)(t, 100, 30, Options{})
	was := p.list.selected()
	if was.found == nil || was.found.Code != "http01.redirect.port" {
		t.Fatalf("the cursor begins at %q, not at what is worst", was.key)
	}
	p.press("R")
	p.fits()
	p.hear(s.updates...)
	p.end(s)
	if now := p.list.selected(); now.key != was.key {
		t.Errorf("after R the cursor is at %q, it was at %q", now.key, was.key)
	}
	p.press("r")
	whole := demo(t, "healthy")
	p.hear(whole.updates...)
	p.end(whole)
	if now := p.list.selected(); now.label != "http-01" || now.state != ok {
		t.Errorf("what was found is gone; the cursor is at %q", now.key)
	}
}

func TestOldRunsAreNotHeard(t *testing.T) {
	s := demo(t, "redirect-4434")
	p := play(t, s, 100, 30, Options{})
	old := p.generation
	p.press("R")
	before := p.screen()
	p.send(heard{old, s.updates}, ended{old, s.report, nil}, ended{old, nil, context.Canceled})
	if p.screen() != before || p.last != nil || p.run.over {
		t.Errorf("a run that was cancelled was heard:\n%s", p.screen())
	}
}

func TestStop(t *testing.T) {
	s := demo(t, "redirect-4434")
	p := play(t, s, 100, 30, Options{})
	p.hear(s.updates[:3]...)
	was := p.generation
	p.press("s")
	if p.hearing.Err() == nil {
		t.Error("s does not cancel the look")
	}
	p.send(ended{was, nil, context.Canceled})
	if got := p.screen(); !strings.Contains(got, "STOPPED") || strings.Contains(got, "canceled") {
		t.Errorf("after s:\n%s", got)
	}
}

// TestOneQuestionAgain: r asks the method of the row, and the rest stays.
func TestOneQuestionAgain(t *testing.T) {
	var asked []Request
	s := demo(t, "redirect-4434")
	p := play(t, s, 100, 30, Options{Backend: Backend{Look: func(_ context.Context, r Request, _ func(Update)) (*report.Report, error) {
		asked = append(asked, r)
		return s.report, nil
	}}})
	p.hear(s.updates...)
	p.end(s)
	cmd := p.press("r")
	if got := p.verdict(); !strings.HasPrefix(got, "looking") {
		t.Errorf("while it is asked again the verdict is %q", got)
	}
	caa := p.run.targets[0].questions[1]
	if o := p.run.targets[0].about(caa); !caa.answered || o == nil || o.Method != probes.CAA {
		t.Errorf("CAA was not asked again, and is not as it was: %+v", caa)
	}
	p.hear(Update{Event: probes.Event{Kind: probes.EventAsked, Question: 0, Vantage: "local", Asked: p.run.targets[0].questions[0].Question}})
	if n := len(p.run.targets[0].questions); n != 2 {
		t.Errorf("%d questions", n)
	}
	if x := p.list.rows[2]; x.state != looking || x.label != "http-01" {
		t.Errorf("what is asked again is %+v", x)
	}
	batch, _ := cmd().(tea.BatchMsg)
	p.send(batch[0]())
	if want := (Question{0, probes.HTTP01, ""}); len(asked) != 1 || asked[0].Only == nil || *asked[0].Only != want {
		t.Errorf("asked %+v", asked)
	}
	if got := p.verdict(); !strings.HasPrefix(got, "NOT READY") {
		t.Errorf("the verdict is %q", got)
	}
}

// TestOneAtATime: a Backend is not called again before it has returned.
func TestOneAtATime(t *testing.T) {
	calls := 0
	var p *player
	held := func() {
		calls++
		if p.turn.TryLock() {
			p.turn.Unlock()
			t.Error("another call may come in between")
		}
	}
	p = ordering()(t, 100, 30, Options{Backend: Backend{
		Look:  func(context.Context, Request, func(Update)) (*report.Report, error) { held(); return nil, errStopped },
		Issue: func(context.Context, Order, func(Progress)) (*report.Report, error) { held(); return nil, errStopped },
	}})
	look, _ := p.press("R")().(tea.BatchMsg)
	look[0]()
	order, _ := p.press("i", "enter", "enter")().(tea.BatchMsg)
	order[0]()
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

// TestReadyComesLast: nothing is said to be READY before all has been seen.
func TestReadyComesLast(t *testing.T) {
	s := demo(t, "healthy")
	p := play(t, s, 100, 30, Options{})
	for i, u := range s.updates {
		p.hear(u)
		if strings.Contains(p.screen(), "READY") {
			t.Fatalf("after %d of %d updates:\n%s", i, len(s.updates), p.screen())
		}
	}
	p.end(s)
	if !strings.Contains(p.screen(), "READY") {
		t.Error("at the end it is not READY")
	}
}

func TestFailedRun(t *testing.T) {
	p := play(t, demo(t, "healthy"), 100, 30, Options{})
	p.send(ended{p.generation, nil, errors.New("no \x1b[2J resolver")})
	if got := p.View(); !strings.Contains(got, "FAILED") || strings.Contains(got, "\x1b[2J") {
		t.Errorf("%q", got)
	}
	p.fits()
}

func TestFilterAndSeverity(t *testing.T) {
	labels := func(p *player) (out []string) {
		for _, x := range p.list.rows {
			out = append(out, x.label)
		}
		return out
	}
	p := at("ipv6-broken", 3)(t, 100, 30, Options{})
	all := labels(p)
	p.press("/", "IPV6")
	if got := labels(p); !slices.Equal(got, []string{"net.ipv6.broken"}) {
		t.Errorf("with ipv6: %v", got)
	}
	p.press("enter")
	if !strings.Contains(p.screen(), "Checks with IPV6") {
		t.Errorf("the filter is not on the screen:\n%s", p.screen())
	}
	p.press("esc")
	if got := labels(p); !slices.Equal(got, all) {
		t.Errorf("esc: %v", got)
	}
	p.press("S")
	if got := labels(p); !slices.Equal(got, []string{"net.ipv6.broken"}) {
		t.Errorf("warnings and errors: %v", got)
	}
	p.press("S")
	if got := labels(p); len(got) != 0 {
		t.Errorf("errors: %v", got)
	}
	p.fits()
	p.press("S")
	if got := labels(p); !slices.Equal(got, all) {
		t.Errorf("all: %v", got)
	}
}

func TestFreeze(t *testing.T) {
	s := demo(t, "redirect-4434")
	p := play(t, s, 100, 30, Options{})
	p.hear(s.updates[:5]...)
	p.press("f")
	before := p.screen()
	p.hear(s.updates...)
	p.end(s)
	if p.screen() != before {
		t.Error("a frozen screen changes")
	}
	p.send(tea.WindowSizeMsg{Width: 70, Height: 20})
	p.fits()
	p.press("j")
	if !strings.Contains(p.screen(), "NOT READY") {
		t.Error("it stays frozen, or what ran did not go on")
	}
}

// TestFastTyping: bubbletea hands over what was typed fast as one message.
func TestFastTyping(t *testing.T) {
	p := at("geo-blocked", 3)(t, 100, 30, Options{})
	p.press("g")
	p.press("jjjj")
	if p.list.cursor != 4 {
		t.Errorf("jjjj moved %d rows", p.list.cursor)
	}
	for _, m := range perform(p.press("jkq")) {
		if _, quits := m.(tea.QuitMsg); quits {
			return
		}
	}
	t.Error("jkq does not quit")
}

// TestQuitDuringALook: what was typed fast does not wait for a look to end.
func TestQuitDuringALook(t *testing.T) {
	p := at("healthy", 3)(t, 100, 30, Options{})
	batch, _ := p.press("Rq")().(tea.BatchMsg)
	quits := slices.ContainsFunc(batch, func(c tea.Cmd) bool {
		if c == nil {
			return false
		}
		_, is := c().(tea.QuitMsg)
		return is
	})
	if !quits {
		t.Error("Rq does not quit")
	}
}

func TestPastedKeysDoNothing(t *testing.T) {
	p := at("geo-blocked", 3)(t, 100, 30, Options{})
	before := p.screen()
	p.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("gRqx"), Paste: true})
	if p.screen() != before || len(p.overlays) > 0 || !p.run.over {
		t.Error("what was pasted was taken for keys")
	}
}

func TestResizeKeepsSelection(t *testing.T) {
	p := at("geo-blocked", 3, "j")(t, 100, 30, Options{})
	key := p.list.selected().key
	for _, size := range [][2]int{{80, 24}, {60, 15}, {20, 5}, {0, 0}, {220, 60}, {59, 14}, {100, 30}} {
		p.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		p.fits()
	}
	if got := p.list.selected().key; got != key {
		t.Errorf("the cursor is at %q, it was at %q", got, key)
	}
}

func TestMouse(t *testing.T) {
	p := at("geo-blocked", 3)(t, 100, 30, Options{})
	if msgs := perform(p.press("m")); len(msgs) != 1 {
		t.Errorf("m sends %v", msgs)
	}
	p.View()
	p.send(tea.MouseMsg{X: 5, Y: 3, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
	if p.list.cursor != 1 {
		t.Errorf("a click on the second row selects row %d", p.list.cursor)
	}
	p.send(tea.MouseMsg{X: 5, Y: 25, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
	if p.list.cursor != 1 {
		t.Errorf("a click below the list selects row %d", p.list.cursor)
	}
	p.send(tea.MouseMsg{X: 90, Y: 5, Button: tea.MouseButtonWheelDown})
	if p.detail.offset == 0 {
		t.Error("the wheel does not scroll the right pane")
	}
}

func TestReadOnly(t *testing.T) {
	o := Options{Backend: Backend{Issue: orderNothing, CAs: []CA{{Name: "staging"}}}}
	free := at("healthy", 3)(t, 120, 30, o)
	if !strings.Contains(free.screen(), " i issue") {
		t.Error("no order is offered")
	}
	if free.press("i"); len(free.overlays) == 0 {
		t.Error("i opens nothing")
	}
	saved := savedReport(t, 120, 30, o)
	o.ReadOnly = true
	locked := at("healthy", 3)(t, 120, 30, o)
	if locked.press("i"); len(locked.overlays) > 0 || strings.Contains(locked.screen(), " i issue") {
		t.Error("--read-only offers to order a certificate")
	}
	for _, k := range []string{"r", "R", "e", "w", "i", "s", "F"} {
		if perform(saved.press(k)); saved.watch.on || len(saved.overlays) > 0 || !saved.run.over {
			t.Errorf("a saved report does something at %q", k)
		}
	}
}

func orderNothing(context.Context, Order, func(Progress)) (*report.Report, error) { return nil, nil }
