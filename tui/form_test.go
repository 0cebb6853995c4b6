package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

func paste(s string) tea.Msg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true} }

func TestForm(t *testing.T) {
	p := play(t, stream{}, 100, 30, Options{})
	p.press("enter")
	if !strings.Contains(p.screen(), "a name is needed") {
		t.Errorf("enter without a name:\n%s", p.screen())
	}
	p.send(paste("example.com\nwww.example.com\x1b[31m\t*.example.net"))
	p.fits()
	if p.press("enter"); len(p.overlays) > 0 || p.run.over {
		t.Error("enter does not look")
	}
	if want := []string{"example.com", "www.example.com[31m", "*.example.net"}; !slices.Equal(p.request.Targets, want) {
		t.Errorf("the targets are %q", p.request.Targets)
	}
	p.press("e", "esc")
	if len(p.overlays) > 0 {
		t.Error("esc does not close the form")
	}
	leaves := play(t, stream{}, 100, 30, Options{})
	if m := perform(leaves.press("esc")); len(m) != 1 {
		t.Errorf("esc at the first form: %v", m)
	}
}

// TestAnotherTarget: what was seen of one name is not shown of another.
func TestAnotherTarget(t *testing.T) {
	p := at("redirect-4434", 3)(t, 100, 30, Options{})
	p.press("w", "e", "ctrl+u", "www.example.org", "enter")
	if got := p.screen(); strings.Contains(got, "redirect.port") || !strings.Contains(got, "www.example.org") || p.watch.on {
		t.Errorf("after another target:\n%s", got)
	}
}

func TestField(t *testing.T) {
	f := fieldOf("exámple")
	for _, k := range []tea.KeyType{tea.KeyLeft, tea.KeyBackspace, tea.KeyHome, tea.KeyDelete, tea.KeyRight, tea.KeyEnd} {
		f.key(tea.KeyMsg{Type: k})
	}
	f.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("界\x00\u202e")})
	if f.String() != "xámpe界" {
		t.Errorf("%q", f.String())
	}
	f.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(strings.Repeat("x", 2*longestField)), Paste: true})
	if len(f.runes) != longestField {
		t.Errorf("%d runes", len(f.runes))
	}
}

// TestLongField: the cursor is on the screen, however long the text is.
func TestLongField(t *testing.T) {
	p := play(t, stream{}, 60, 20, Options{})
	p.send(paste(strings.Repeat("界面example", 40) + "END"))
	p.fits()
	if !strings.Contains(p.screen(), "END") {
		t.Errorf("the end of a long text is not shown:\n%s", p.screen())
	}
	for range 100 {
		p.send(tea.KeyMsg{Type: tea.KeyLeft})
		p.fits()
	}
}

func TestExport(t *testing.T) {
	type saving struct {
		format, path string
		r            *report.Report
	}
	var saved []saving
	p := at("redirect-4434", 3)(t, 100, 30, Options{})
	p.Save = func(format, path string, r *report.Report) error {
		saved = append(saved, saving{format, path, r})
		if format == "nonsense" {
			return errors.New("no such \x1b]0;format")
		}
		return nil
	}
	p.send(perform(p.press("x", "ctrl+u", "json=out.json", "enter"))...)
	if want := (saving{"json", "out.json", p.last}); len(saved) != 1 || saved[0] != want || !strings.Contains(p.screen(), "saved to out.json") {
		t.Errorf("saved %+v:\n%s", saved, p.screen())
	}
	if p.press("x", "ctrl+u", "json", "enter"); len(saved) != 1 || !strings.Contains(p.screen(), "FORMAT=PATH, such as") {
		t.Errorf("a path is missing:\n%s", p.screen())
	}
	p.press("esc")
	p.send(perform(p.press("x", "ctrl+u", "nonsense=x", "enter"))...)
	p.fits()
	if !strings.Contains(p.screen(), "not saved: no such") {
		t.Errorf("it was not saved:\n%s", p.screen())
	}
	early := play(t, demo(t, "healthy"), 100, 30, Options{})
	if early.press("x", "enter"); !strings.Contains(early.screen(), "no run has ended yet") {
		t.Errorf("there is nothing to save:\n%s", early.screen())
	}
}

func TestExplain(t *testing.T) {
	p := at("redirect-4434", 3)(t, 100, 30, Options{})
	p.Explain = func(code string) string { return "the page of " + code + "\n\n  " + strings.Repeat("long prose ", 200) }
	p.send(perform(p.press("o"))...)
	p.fits()
	if !strings.Contains(p.screen(), "the page of http01.redirect.port") {
		t.Errorf("o:\n%s", p.screen())
	}
	p.press("G")
	if !strings.Contains(p.screen(), "0 below") {
		t.Errorf("G does not go to the end:\n%s", p.screen())
	}
	p.press("esc", "g")
	if p.press("o"); !strings.Contains(p.screen(), "select a finding") {
		t.Errorf("o without a finding:\n%s", p.screen())
	}
}

// TestCopy: what is copied goes to the clipboard by OSC 52, and on the screen,
// for nobody tells whether the terminal took it.
func TestCopy(t *testing.T) {
	for key, want := range map[string]string{"c": "### http01.redirect.port", "C": "curl -4skI"} {
		var sent strings.Builder
		p := at("redirect-4434", 3)(t, 100, 30, Options{})
		p.copied = &sent
		perform(p.press(key))
		b64, ok1 := strings.CutPrefix(sent.String(), "\x1b]52;c;")
		b64, ok2 := strings.CutSuffix(b64, "\a")
		text, err := base64.StdEncoding.DecodeString(b64)
		if !ok1 || !ok2 || err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s sends %q (%q)", key, sent.String(), text)
		}
		if first, _, _ := strings.Cut(want, "\n"); !strings.Contains(p.screen(), first) {
			t.Errorf("%s does not show what it copies:\n%s", key, p.screen())
		}
	}
	none := at("healthy", 3)(t, 100, 30, Options{})
	if cmd := none.press("c"); cmd != nil || !strings.Contains(none.screen(), "select a finding") {
		t.Errorf("c without a finding:\n%s", none.screen())
	}
}

// TestCopyIsText: what a hostile server sent is not copied as it is.
func TestCopyIsText(t *testing.T) {
	var sent strings.Builder
	s := demo(t, "redirect-4434")
	s.report = decoded(t, s.report, func(r *report.Report) {
		for i := range r.Targets[0].Findings {
			f := &r.Targets[0].Findings[i]
			f.Summary, f.Evidence = "\x1b]52;c;ZXZpbA==\a", []report.Evidence{{Text: "~~~~~~~~\n# \u202e\x1b[2J"}}
			f.Repro = []string{"curl x\nrm -rf /\x1b[A"}
		}
	})
	for _, key := range []string{"c", "C"} {
		p := play(t, s, 100, 30, Options{})
		p.end(s)
		p.copied = &sent
		perform(p.press(key))
		p.fits()
	}
	for part := range strings.SplitSeq(sent.String(), "\a") {
		text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(part, "\x1b]52;c;"))
		if err != nil || strings.ContainsAny(string(text), "\x1b\a\u202e") || strings.Contains(string(text), "\nrm") {
			t.Errorf("copied %q (%v)", text, err)
		}
	}
}

func TestFault(t *testing.T) {
	on := true
	p := at("redirect-4434", 3)(t, 100, 30, Options{Backend: Backend{Fault: func(_ context.Context, want bool) error {
		on = want
		return nil
	}}})
	p.send(perform(p.press("F"))...)
	if on || !strings.Contains(p.screen(), "the fault is off; r looks again") {
		t.Errorf("F:\n%s", p.screen())
	}
	p.send(perform(p.press("F"))...)
	if !on {
		t.Error("F does not switch it on again")
	}
}
