package tui

// This file plays looks at worlds into the model, as a program would.

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	engine "github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// asOf is the present in tests.
var asOf = time.Date(2026, 11, 21, 22, 51, 36, 0, time.UTC)

// A stream is what a look tells, and the report at its end.
type stream struct {
	target  string
	updates []Update
	report  *report.Report
}

// demo is the stream of a demo, by a simulated clock.
func demo(tb testing.TB, name string) stream {
	tb.Helper()
	i := slices.IndexFunc(demos(tb), func(d lab.Demo) bool { return d.Name == name })
	if i < 0 {
		tb.Fatalf("no demo %s", name)
	}
	return streamOf(tb, name, demos(tb)[i].World)
}

func demos(tb testing.TB) []lab.Demo {
	tb.Helper()
	all, err := lab.Demos()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// streams are those that were made; what is in them is not changed.
var streams sync.Map

func streamOf(tb testing.TB, name string, w *world.World) stream {
	tb.Helper()
	if s, ok := streams.Load(name); ok {
		return s.(stream)
	}
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	out := stream{target: w.Method + "@" + w.Identifier}
	target, err := probes.ParseTarget(out.target)
	if err != nil {
		tb.Fatal(err)
	}
	plan := engine.Plan(target, engine.Answers{Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Proof: probes.ProofToken, Account: w.Account}, p)
	heard, seen := examined(w, p, plan)
	var done []probes.Seen
	for _, e := range heard {
		u := Update{Event: e}
		if e.Kind == probes.EventAnswered {
			done = append(done, e.Seen)
			t := judge.Target(target, p, done, judge.Options{})
			u.Judged = &t
		}
		out.updates = append(out.updates, u)
	}
	t := judge.Target(target, p, seen, judge.Options{})
	out.report = reportOf(p, t)
	out.report.Run.Vantages = append(out.report.Run.Vantages, vantages(w)...)
	streams.Store(name, out)
	return out
}

func vantages(w *world.World) (out []report.Vantage) {
	for _, v := range w.Perspectives {
		out = append(out, report.Vantage{ID: v.Name, Kind: "remote"})
	}
	return out
}

func reportOf(p *policy.Policy, ts ...report.Target) *report.Report {
	var verdicts []report.Verdict
	r := &report.Report{
		SchemaVersion: report.SchemaVersion, Kind: "report", Tool: report.Tool{Name: "acmecheck", Version: "1.0.0"},
		Run:     report.Run{ID: "run", StartedAt: asOf, DurationMS: 412, Policy: p.ID(), PolicyRead: p.Read, Vantages: []report.Vantage{{ID: "local", Kind: "local"}}},
		Targets: ts, Notes: []string{},
	}
	for _, t := range ts {
		r.Summary.Add(report.Summarize(t.Findings))
		verdicts = append(verdicts, t.Verdict)
	}
	v := report.Worst(verdicts...)
	r.Ready, r.Exit = v.Ready(), report.Gate{}.ExitOf(v, 0)
	return r
}

// examined looks at a world from where a CA would. What happens at the same
// time is told in one order, whichever goroutine was first.
func examined(w *world.World, p *policy.Policy, plan []probes.Question) (heard []probes.Event, seen []probes.Seen) {
	simnet.Bubble(asOf, func(ctx context.Context) {
		var mu sync.Mutex
		var closers []func()
		defer func() {
			for _, c := range closers {
				c()
			}
		}()
		x := engine.Examination{Policy: p, AsOf: asOf, Hear: func(e probes.Event) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, e)
		}}
		at := func(name, rir string) *engine.Local {
			n := simnet.New(ctx, w.View(name))
			closers = append(closers, n.Close)
			return &engine.Local{Name: name, RIR: rir, Walker: walk.Walker{Net: &wire.Net{Dial: far(n.Dial), Resolver: world.Resolver, Refuses: p.Addresses.Refusal}, Hurry: true}}
		}
		first := at("", "")
		first.Walker.Beyond = beyond.Plan(p, beyond.Options{})
		x.First = first
		for _, v := range w.Perspectives {
			x.Remotes = append(x.Remotes, at(v.Name, v.RIR))
		}
		seen = x.Examine(ctx, plan)
	})
	slices.SortStableFunc(heard, earlier)
	return heard, seen
}

func earlier(a, b probes.Event) int {
	order := []probes.EventKind{probes.EventAsked, probes.EventStep, probes.EventLooked, probes.EventAnswered}
	return cmp.Or(
		cmp.Compare(a.At, b.At), cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)),
		cmp.Compare(a.Question, b.Question), cmp.Compare(a.Vantage, b.Vantage), cmp.Compare(a.Step.Errand, b.Step.Errand), cmp.Compare(a.Step.ID, b.Step.ID),
	)
}

// far is a network that is some milliseconds away, so that what is shown of
// times is worth a look. Its clock is a bubble's.
func far(dial wire.Dial) wire.Dial {
	return func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
		const trip = 14 * time.Millisecond
		select {
		case <-time.After(trip + time.Duration(to.Port()%7)*time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return dial(ctx, network, to)
	}
}

// A player plays a stream into a model.
type player struct {
	tb testing.TB
	*app
}

// play begins a stream's look at w by h cells; names are its targets, if they
// are not the stream's.
func play(tb testing.TB, s stream, w, h int, o Options, names ...string) *player {
	tb.Helper()
	if len(names) == 0 && s.target != "" {
		names = []string{s.target}
	}
	o.Targets, o.Version, o.Rules = names, "1.0.0", "letsencrypt"
	o.Save = func(string, string, *report.Report) error { return nil }
	o.Explain = func(code string) string { return code }
	o.Now = func() time.Time { return asOf }
	if o.Look == nil {
		o.Look = func(context.Context, Request, func(Update)) (*report.Report, error) { return s.report, nil }
	}
	p := &player{tb, newApp(tb.Context(), o)}
	p.Init()
	p.send(tea.WindowSizeMsg{Width: w, Height: h})
	return p
}

// send gives messages to the model and drops its commands.
func (p *player) send(ms ...tea.Msg) {
	p.tb.Helper()
	for _, m := range ms {
		p.Update(m)
	}
}

// hear plays updates.
func (p *player) hear(us ...Update) { p.send(heard{p.generation, us}) }

// end plays the end of a stream.
func (p *player) end(s stream) {
	p.send(beat(p.run.began.Add(p.run.last)))
	p.send(ended{p.generation, s.report, nil})
}

// press plays keys, by the names bubbletea has for them, or as typed text. It
// returns the command of the last one.
func (p *player) press(keys ...string) (cmd tea.Cmd) {
	named := map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "ctrl+c": tea.KeyCtrlC, "ctrl+u": tea.KeyCtrlU, "backspace": tea.KeyBackspace}
	for _, k := range keys {
		m := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if t, ok := named[k]; ok {
			m = tea.KeyMsg{Type: t}
		}
		_, cmd = p.Update(m)
	}
	return cmd
}

// perform runs a command, and those that it is made of, and returns what came
// of them.
func perform(cmd tea.Cmd) (out []tea.Msg) {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			out = append(out, perform(c)...)
		}
	default:
		out = append(out, m)
	}
	return out
}

// screen is the frame as a person sees it, without colours.
func (p *player) screen() string { return ansi.Strip(p.View()) + "\n" }

// top is the overlay that takes the keys; nil: none does.
func (p *player) top() overlay {
	if len(p.overlays) == 0 {
		return nil
	}
	return p.overlays[len(p.overlays)-1]
}

// fits fails the test if the frame is not as large as the screen, or has
// anything in it but text and colours.
func (p *player) fits() {
	p.tb.Helper()
	if p.w <= 0 || p.h <= 0 {
		return
	}
	frame := p.View()
	lines := strings.Split(frame, "\n")
	if len(lines) != p.h {
		p.tb.Errorf("%d lines on a screen of %d", len(lines), p.h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > p.w {
			p.tb.Errorf("line %d has %d cells of %d: %q", i, n, p.w, l)
		}
		if bad := strings.IndexFunc(colours.ReplaceAllString(l, ""), unicode.IsControl); bad >= 0 {
			p.tb.Errorf("line %d has a control character: %q", i, l)
		}
	}
}

// colours are our own SGR sequences (ECMA-48 §8.3.117).
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
