package tui

// This file compares frames with those in testdata. Read a difference before
// you commit it: go test ./tui -update.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/report"
)

var update = flag.Bool("update", false, "rewrite the golden frames and the screenshots; read the difference before you commit it")

// sizes are those of every golden frame: one for each shape of the screen.
var sizes = []struct {
	name string
	w, h int
	o    Options
}{
	{"100x30", 100, 30, Options{Colour: true}},
	{"80x24 ascii", 80, 24, Options{ASCII: true}},
	{"60x20 mono", 60, 20, Options{}},
}

// opener begins a scene at a size.
type opener func(tb testing.TB, w, h int, o Options) *player

// at plays a part of a demo, n thirds of it, and then keys.
func at(name string, thirds int, keys ...string) opener {
	return func(tb testing.TB, w, h int, o Options) *player {
		tb.Helper()
		s := demo(tb, name)
		p := play(tb, s, w, h, o)
		p.hear(s.updates[:len(s.updates)*thirds/3]...)
		p.send(beat(asOf.Add(p.run.last)))
		if thirds == 3 {
			p.end(s)
		}
		p.press(keys...)
		return p
	}
}

var scenes = []struct {
	name string
	open opener
}{
	{"running", at("redirect-4434", 1)},
	{"finding", at("redirect-4434", 3)},
	{"finding-zoomed", at("redirect-4434", 3, "tab", "enter")},
	{"finding-scrolled", at("redirect-4434", 3, "JJJJJJJJ")},
	{"hops", at("redirect-4434", 3, "2", "tab")},
	{"dns", at("dns-delegated", 3, "jj", "3", "tab")},
	{"raw", at("redirect-4434", 3, "4", "tab")},
	{"timeline", at("redirect-4434", 3, "5", "tab")},
	{"ready", at("healthy", 3)},
	{"method", at("healthy", 3, "jj")},
	{"warned", at("ipv6-broken", 3, "jjj")},
	{"tls", at("alpn-ordinary", 3)},
	{"caa", at("caa-forbids", 3)},
	{"perspectives-running", at("geo-blocked", 2)},
	{"perspectives", at("geo-blocked", 3)},
	{"vantages", at("geo-blocked", 3, "k", "enter")},
	{"filter", at("geo-blocked", 3, "/", "redirect")},
	{"filtered", at("geo-blocked", 3, "/", "http", "enter")},
	{"sifted", at("ipv6-broken", 3, "S")},
	{"help", at("redirect-4434", 3, "?")},
	{"edit", at("redirect-4434", 3, "e")},
	{"save", at("redirect-4434", 3, "x", "enter")},
	{"copied", at("redirect-4434", 3, "c")},
	{"frozen", at("redirect-4434", 1, "f")},
	{"stopped", at("redirect-4434", 1, "s")},
	{"form", form1},
	{"cannot-tell", unsettled},
	{"several", several},
	{"failed", failedRun},
	{"saved", savedReport},
	{"watch", watched},
	{"wizard-ca", ordering("i")},
	{"wizard-review", ordering("i", "enter")},
	{"wizard-production", ordering("i", "j", "enter", "example")},
	{"wizard-running", ordering("i", "enter", "enter")},
	{"wizard-issued", issued},
}

func form1(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	p := play(tb, stream{}, w, h, o)
	p.press("*.example.com")
	return p
}

func unsettled(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	s := demo(tb, "healthy")
	s.report = decoded(tb, s.report, func(r *report.Report) {
		for i := range r.Targets[0].Verdicts {
			r.Targets[0].Verdicts[i].Word = "inconclusive"
			r.Targets[0].Verdicts[i].Why = "the resolver of this machine does not answer"
		}
		r.Targets[0].Ready = nil
	})
	p := play(tb, s, w, h, o)
	p.hear(s.updates...)
	p.end(s)
	return p
}

// several is a run over three targets, of which the second goes on.
func several(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	all := []stream{demo(tb, "healthy"), demo(tb, "firewall-drop"), demo(tb, "wrong-vhost")}
	p := play(tb, all[0], w, h, o, "http-01@example.com", "http-01@www.example.com", "http-01@shop.example.net")
	for i, s := range all {
		if i == 1 {
			s.updates = s.updates[:len(s.updates)/2]
		}
		for _, u := range s.updates {
			u.Target = i
			p.hear(u)
		}
	}
	p.send(beat(asOf.Add(p.run.last)))
	p.press("jjjj")
	return p
}

func failedRun(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	s := demo(tb, "healthy")
	p := play(tb, s, w, h, o)
	p.send(ended{p.generation, nil, errors.New("no resolver: /etc/resolv.conf has none; --resolver ADDRESS names one")})
	return p
}

func savedReport(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	o.Report = decoded(tb, demo(tb, "redirect-4434").report, func(*report.Report) {})
	o.Look = func(context.Context, Request, func(Update)) (*report.Report, error) { return nil, nil }
	return play(tb, demo(tb, "redirect-4434"), w, h, o)
}

// decoded is a report as it comes out of a file.
func decoded(tb testing.TB, r *report.Report, change func(*report.Report)) *report.Report {
	tb.Helper()
	copied := func(r *report.Report) *report.Report {
		var b bytes.Buffer
		if err := json.NewEncoder(&b).Encode(r); err != nil {
			tb.Fatal(err)
		}
		out, err := report.Decode(&b)
		if err != nil {
			tb.Fatal(err)
		}
		return out
	}
	out := copied(r)
	change(out)
	return copied(out)
}

func watched(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	bad, good := demo(tb, "redirect-4434"), demo(tb, "healthy")
	p := play(tb, bad, w, h, o)
	p.press("w")
	now := asOf
	for _, s := range []stream{bad, bad, good, good, good} {
		p.hear(s.updates...)
		p.send(ended{p.generation, s.report, nil})
		now = now.Add(30 * time.Second)
		p.send(beat(now))
	}
	return p
}

// ordering plays keys at the wizard, after a look that was READY.
func ordering(keys ...string) opener {
	return func(tb testing.TB, w, h int, o Options) *player {
		tb.Helper()
		o.CAs = []CA{
			{Name: "staging", Title: "Let's Encrypt's staging: the same rules, a certificate that nobody trusts"},
			{Name: "letsencrypt", Title: "Let's Encrypt: a real certificate; its limits count", Production: true},
			{Name: "pebble", Title: "Pebble in this process: the flow alone"},
		}
		plan := []string{"answered by --webroot /var/www/html", "writes cert.pem, chain.pem, fullchain.pem and privkey.pem to example.com"}
		o.Plan = func(Order) []string { return plan }
		if o.Issue == nil {
			o.Issue = func(context.Context, Order, func(Progress)) (*report.Report, error) { return nil, nil }
		}
		p := at("healthy", 3)(tb, w, h, o)
		p.send(beat(asOf.Add(12 * time.Second)))
		p.press(keys...)
		if z, is := p.top().(*wizard); is && z.stage == stageReview {
			p.send(foreseen{z, plan})
		}
		if z, is := p.top().(*wizard); is && z.stage == stageRunning {
			p.send(progressed{z, []Progress{
				{0, "looking at example.com first: READY"},
				{400 * time.Millisecond, "order https://localhost:14000/my-order/1 for example.com"},
				{900 * time.Millisecond, "answer in place at http://example.com/.well-known/acme-challenge/LoqX"},
				{1300 * time.Millisecond, "asked by 198.51.100.7 (the CA) for the answer: 200"},
			}})
		}
		return p
	}
}

func issued(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	p := ordering("i", "enter", "enter")(tb, w, h, o)
	r := *demo(tb, "healthy").report
	r.Issuance = &report.Issuance{Certificate: &report.Certificate{
		Serial: "2c4e12ab90", NotAfter: asOf.AddDate(0, 0, 90), SANs: []string{"example.com"},
		Files: map[string]string{"cert": "example.com/cert.pem", "chain": "example.com/chain.pem", "fullchain": "example.com/fullchain.pem", "key": "example.com/privkey.pem"},
	}}
	p.send(ordered{p.top().(*wizard), &r, nil})
	return p
}

func TestGolden(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			var b strings.Builder
			for _, size := range sizes {
				p := s.open(t, size.w, size.h, size.o)
				p.fits()
				fmt.Fprintf(&b, "-- %s --\n%s", size.name, trimmed(p.screen()))
			}
			golden(t, filepath.Join("testdata", s.name+".golden"), b.String())
		})
	}
}

// trimmed is a frame without the spaces at the ends of its lines.
func trimmed(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
	return b.String()
}

// TestColours keeps what a terminal is sent, in every theme.
func TestColours(t *testing.T) {
	var b strings.Builder
	for _, theme := range Themes {
		p := at("redirect-4434", 3)(t, 100, 30, Options{Colour: true, Theme: theme})
		fmt.Fprintf(&b, "-- %s --\n%s\n", theme, p.View())
	}
	fmt.Fprintf(&b, "-- NO_COLOR --\n%s", at("redirect-4434", 3)(t, 100, 30, Options{Theme: "dark"}).View())
	golden(t, filepath.Join("testdata", "colours.golden"), strings.ReplaceAll(b.String(), "\x1b", `\e`))
}

func TestTooSmall(t *testing.T) {
	for _, size := range [][2]int{{59, 20}, {60, 14}, {40, 10}, {10, 2}, {1, 1}} {
		p := at("redirect-4434", 3)(t, size[0], size[1], Options{})
		p.fits()
		if want := "NOT READY"; size[0] >= 30 && !strings.Contains(p.screen(), want) {
			t.Errorf("%v: the verdict is not on the screen:\n%s", size, p.screen())
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./tui -update makes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
