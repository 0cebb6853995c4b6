package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// orders counts what is sent to a CA.
type orders struct{ sent []Order }

func (o *orders) issue(_ context.Context, x Order, hear func(Progress)) (*report.Report, error) {
	o.sent = append(o.sent, x)
	hear(Progress{Text: "ordered"})
	return nil, context.Canceled
}

// wizardAfter opens the wizard after a demo.
func wizardAfter(t *testing.T, name string) (*player, *orders) {
	t.Helper()
	o := &orders{}
	p := ordering()(t, 100, 30, Options{Backend: Backend{Issue: o.issue}})
	if name != "healthy" {
		s := demo(t, name)
		p.press("R")
		p.hear(s.updates...)
		p.end(s)
	}
	return p, o
}

func TestStagingOrders(t *testing.T) {
	p, o := wizardAfter(t, "redirect-4434") // what is not READY may be tried there
	p.press("i", "enter")
	if len(o.sent) > 0 {
		t.Fatal("something was sent before the review was confirmed")
	}
	p.send(perform(p.press("enter"))...)
	if len(o.sent) != 1 || o.sent[0].CA.Name != "staging" || o.sent[0].Targets[0] != "http-01@example.com" {
		t.Errorf("sent %+v", o.sent)
	}
	if got := p.screen(); !strings.Contains(got, "ordered") || !strings.Contains(got, "Aborted.") {
		t.Errorf("at the end:\n%s", got)
	}
	if p.press("esc"); len(p.overlays) > 0 {
		t.Error("esc does not leave the wizard")
	}
}

// TestProductionIsHard: a real order takes a look that was READY, is less than
// five minutes old, of all questions and of this name, and the name typed.
func TestProductionIsHard(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(p *player)
		typed  string
		sent   bool
	}{
		{"all in order", func(*player) {}, "example.com", true},
		{"nothing typed", func(*player) {}, "", false},
		{"another name typed", func(*player) {}, "example.org", false},
		{"almost old", func(p *player) { p.after(4*time.Minute + 47*time.Second) }, "example.com", true},
		{"old", func(p *player) { p.after(4*time.Minute + 49*time.Second) }, "example.com", false},
		{"not ready", func(p *player) { p.press("R"); p.end(demo(t, "redirect-4434")) }, "example.com", false},
		{"looking", func(p *player) { p.press("R") }, "example.com", false},
		{"one question is asked again", func(p *player) { p.press("jjr") }, "example.com", false},
		{"one question again failed", func(p *player) {
			p.press("jjr")
			p.send(ended{p.generation, nil, errStopped})
		}, "example.com", false},
		{"stopped", func(p *player) { p.press("R", "s") }, "example.com", false},
		{"one question is new, the rest is old", func(p *player) { p.after(6 * time.Minute); p.press("jjr"); p.end(demo(t, "healthy")) }, "example.com", false},
		{"all is new", func(p *player) { p.after(6 * time.Minute); p.press("R"); p.end(demo(t, "healthy")) }, "example.com", true},
		{"another target", func(p *player) { p.press("e", "ctrl+u", "www.example.org", "enter") }, "www.example.org", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, o := wizardAfter(t, "healthy")
			c.before(p)
			p.press("i", "j", "enter", c.typed)
			perform(p.press("enter"))
			if (len(o.sent) > 0) != c.sent {
				t.Errorf("sent %+v:\n%s", o.sent, p.screen())
			}
			if z, is := p.top().(*wizard); !is || (z.stage == stageReview) == c.sent {
				t.Errorf("the wizard is at %+v", p.top())
			}
			p.fits()
		})
	}
}

func TestWizardSaysWhatItDoes(t *testing.T) {
	p, _ := wizardAfter(t, "healthy")
	p.send(perform(p.press("i", "enter"))...)
	for _, want := range []string{"staging", "answered by --webroot", "privkey.pem", "READY, 12 s ago", "Nothing has been sent"} {
		if !strings.Contains(p.screen(), want) {
			t.Errorf("the review lacks %q:\n%s", want, p.screen())
		}
	}
}

// TestAbortBeforeSending: esc on every page, and Ctrl-C, send nothing.
func TestAbortBeforeSending(t *testing.T) {
	for _, keys := range [][]string{{"i", "esc"}, {"i", "enter", "esc", "esc"}, {"i", "j", "enter", "example.com", "esc", "esc"}} {
		p, o := wizardAfter(t, "healthy")
		perform(p.press(keys...))
		if len(o.sent) > 0 || len(p.overlays) > 0 {
			t.Errorf("%q: sent %+v, %d pages open", keys, o.sent, len(p.overlays))
		}
	}
	p, o := wizardAfter(t, "healthy")
	if perform(p.press("i", "enter", "ctrl+c")); !p.aborted || len(o.sent) > 0 {
		t.Error("Ctrl-C does not abort")
	}
}

// TestAbortWhileItRuns: esc ends the order's context, and looks do not come in
// between.
func TestAbortWhileItRuns(t *testing.T) {
	p, _ := wizardAfter(t, "healthy")
	p.press("w", "i", "enter", "enter")
	z, _ := p.top().(*wizard)
	if z == nil || z.stage != stageRunning {
		t.Fatalf("no order runs: %+v", p.top())
	}
	if p.after(time.Hour) {
		t.Error("a watched look comes in between")
	}
	if p.press("esc"); z.ctx.Err() == nil {
		t.Error("esc does not abort")
	}
}
