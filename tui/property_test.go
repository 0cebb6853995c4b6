package tui

// This file plays anything at all into the model, and demands that every frame
// is as large as the screen, and has nothing in it but text and our colours.

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
)

// hostile are texts that a server, a zone or a file may hold.
var hostile = []string{
	"", " ", "\x1b[2J\x1b[H", "\x1b]52;c;ZXZpbA==\a", "\x1b]0;title\a", "a\r\nb", "\x00\x07\x08\x7f", "\u202e\u2066abc\u2069", "\u200b\u200d\ufeff",
	"界面幅広い文字", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u0301\u0301\u0301\u0301", "\xff\xfe\xc3\x28", "\u009b31m", strings.Repeat("w", 5000), strings.Repeat("長", 900), strings.Repeat("x ", 2000),
	"xn--bcher-kva.example", "bücher.example", "\t\ttabs\t", "%s%d%!", "<script>", "…", "a\u2028b", "\x1b", "\x1b[", "[0m",
}

// player's keys that mean something, and some that do not.
var pressed = []string{
	"j", "k", "g", "G", "J", "K", "tab", "enter", "esc", "r", "R", "s", "F", "e", "w", "+", "-", "i", "/", "S", "f", "c", "C", "o", "x", "1", "2", "3", "4", "5", "m", "?", "q", "Q",
	"jjjj", "kkjj", "up", "down", "backspace", "ctrl+u", "example.com", "界", "z",
}

// worlds are streams of all demos and of some other worlds of the tree.
func worlds(tb testing.TB) (out []stream) {
	tb.Helper()
	for _, d := range demos(tb) {
		out = append(out, streamOf(tb, d.Name, d.World))
	}
	for _, dir := range []string{"worlds", "healthy"} {
		paths, err := filepath.Glob(filepath.Join("..", "testdata", dir, "*.world"))
		if err != nil || len(paths) == 0 {
			tb.Fatalf("no worlds in %s: %v", dir, err)
		}
		const every = 6
		for i := 0; i < len(paths); i += every {
			b, err := os.ReadFile(paths[i])
			if err != nil {
				tb.Fatal(err)
			}
			w, err := world.Parse(paths[i], string(b))
			if err != nil {
				tb.Fatal(err)
			}
			out = append(out, streamOf(tb, paths[i], w))
		}
	}
	return out
}

// twisted is a copy of v with other texts and numbers in places. One place in
// rare is changed.
func twisted[T any](r *rand.Rand, rare int, v T) T {
	return twist(r, rare, reflect.ValueOf(&v).Elem()).Interface().(T)
}

func twist(r *rand.Rand, rare int, v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	hit := r.IntN(rare) == 0
	switch v.Kind() {
	case reflect.String:
		if hit {
			out.SetString(hostile[r.IntN(len(hostile))])
		}
	case reflect.Int, reflect.Int64, reflect.Uint16:
		if hit && plainNumber(v.Type()) && out.CanInt() {
			out.SetInt([]int64{0, -1, 1, 1 << 40, math.MaxInt64, math.MinInt64}[r.IntN(6)])
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(twist(r, rare, v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(twist(r, rare, v.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := out.Field(i); f.CanSet() {
				f.Set(twist(r, rare, v.Field(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(twist(r, rare, v.Index(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			break
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(twist(r, rare, v.Index(i)))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for _, k := range v.MapKeys() {
			out.SetMapIndex(k, twist(r, rare, v.MapIndex(k)))
		}
	}
	return out
}

// plainNumber reports whether a type is a number of something, and no word.
func plainNumber(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[report.Severity](), reflect.TypeFor[report.Certainty](), reflect.TypeFor[report.Verdict]():
		return false
	}
	return true
}

// A storm is everything that may happen to the screens, at random.
type storm struct {
	*player

	r       *rand.Rand
	s       stream
	clock   time.Time
	pending []Update
}

func newStorm(tb testing.TB, seed uint64, all []stream) *storm {
	tb.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	x := &storm{r: r, clock: asOf}
	x.s = all[r.IntN(len(all))]
	rare := []int{1 << 30, 40, 8}[r.IntN(3)]
	x.s.report = twisted(r, rare, x.s.report)
	for _, u := range x.s.updates {
		v := twisted(r, rare, u)
		v.Kind, v.Target, v.Question = u.Kind, r.IntN(3)*r.IntN(2), u.Question
		x.pending = append(x.pending, v)
	}
	x.disorder()
	o := Options{ASCII: r.IntN(2) == 0, Colour: r.IntN(2) == 0, Theme: Themes[r.IntN(len(Themes))]}
	o.Issue, o.CAs = orderNothing, []CA{{Name: "staging", Title: "t"}, {Name: "real", Title: x.text(), Production: true}}
	o.Plan = func(Order) []string { return nil }
	o.Fault = func(context.Context, bool) error { return nil }
	if r.IntN(6) == 0 {
		o.Report = x.s.report
	}
	names := []string{x.s.target}
	for range r.IntN(3) {
		names = append(names, "a"+x.text())
	}
	x.player = play(tb, x.s, 100, 30, o, names...)
	x.Rules, x.copied = x.text(), &strings.Builder{}
	return x
}

// disorder shuffles, repeats and cuts what is going to be heard.
func (x *storm) disorder() {
	us := x.pending
	switch x.r.IntN(4) {
	case 0:
		x.r.Shuffle(len(us), func(i, j int) { us[i], us[j] = us[j], us[i] })
	case 1:
		us = append(us, us...)
	case 2:
		us = us[x.r.IntN(len(us)):]
	}
	x.pending = us
}

func (x *storm) text() string { return hostile[x.r.IntN(len(hostile))] }

// step lets one thing happen.
func (x *storm) step() {
	switch x.r.IntN(12) {
	case 0, 1, 2:
		if x.feed == nil {
			return
		}
		n := min(x.r.IntN(12), len(x.pending))
		x.hear(x.pending[:n]...)
		x.pending = x.pending[n:]
	case 3, 4:
		x.send(tea.WindowSizeMsg{Width: 40 + x.r.IntN(181), Height: 10 + x.r.IntN(51)})
	case 5, 6, 7:
		x.press(pressed[x.r.IntN(len(pressed))])
	case 8:
		x.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(x.text()), Paste: x.r.IntN(2) == 0})
	case 9:
		x.clock = x.clock.Add(time.Duration(x.r.IntN(40)) * time.Second)
		x.send(beat(x.clock))
	case 10:
		x.rare()
	case 11:
		x.send(tea.MouseMsg{X: x.r.IntN(250) - 10, Y: x.r.IntN(80) - 10, Action: tea.MouseActionPress, Button: tea.MouseButton(x.r.IntN(6))})
	}
}

func (x *storm) rare() {
	z, _ := x.top().(*wizard)
	switch n := x.r.IntN(8); {
	case n < 2 && x.feed == nil: // nothing was ever looked at
	case n == 0:
		x.send(ended{x.generation, x.s.report, nil})
	case n == 1:
		x.send(ended{x.generation, nil, errors.New(x.text())})
	case n == 2:
		x.send(tea.WindowSizeMsg{Width: x.r.IntN(4), Height: x.r.IntN(4)})
	case n == 3:
		x.send(said(safe(x.text())), explained{x.text(), x.text() + "\n" + x.text()})
	case n == 4:
		x.send(faulted{true, errors.New(x.text())})
	case z != nil && z.feed != nil && n == 5:
		x.send(progressed{z, []Progress{{time.Duration(x.r.Int64()), x.text()}}})
	case z != nil && z.feed != nil && n == 6:
		x.send(ordered{z, x.s.report, nil})
	case z != nil && z.feed == nil:
		x.send(foreseen{z, []string{x.text()}})
	default:
		x.s.report.Issuance = &report.Issuance{Certificate: &report.Certificate{Serial: x.text(), SANs: []string{x.text()}, Files: map[string]string{"cert": x.text()}}}
	}
}

// storms plays n things of a seed.
func storms(tb testing.TB, seed uint64, n int, all []stream) {
	tb.Helper()
	x := newStorm(tb, seed, all)
	defer x.cancel()
	for i := range n {
		x.step()
		x.fits()
		if tb.Failed() {
			tb.Fatalf("seed %d, step %d, %d by %d", seed, i, x.w, x.h)
		}
	}
}

// TestScreenHolds plays the same storms every time.
func TestScreenHolds(t *testing.T) {
	all := worlds(t)
	seeds := uint64(150)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		storms(t, seed, 80, all)
	}
}

// FuzzScreen plays any.
func FuzzScreen(f *testing.F) {
	for _, seed := range []uint64{1, 2, 3, 5, 8, 13, 1 << 40, math.MaxUint64} {
		f.Add(seed, uint16(50))
	}
	all := worlds(f)
	f.Fuzz(func(t *testing.T, seed uint64, n uint16) { storms(t, seed, int(n%60), all) })
}

// TestOddReports: a saved report may be of any shape that can be decoded.
func TestOddReports(t *testing.T) {
	for _, text := range []string{
		`{"schema_version":"1.0","kind":"report"}`,
		`{"schema_version":"1.0","kind":"report","targets":[{}]}`,
		`{"schema_version":"1.0","kind":"report","targets":[{"verdicts":[{}],"findings":[{}],"probes":[{}],"traces":[{}]}]}`,
		`{"schema_version":"1.0","kind":"report","targets":[{"input":"\u001b[2J","identifier":{"value":"\u202e"},"verdicts":[{"method":"http-01","verdict":"fail","findings":["f1"],"problem":{"type":":","detail":"\r\n"}}],"findings":[{"id":"f1","method":"http-01","code":"\u001b","severity":"error","certainty":"guess","evidence":[{"text":"界面","span":[1,2]},{"text":"","span":[0,0]}],"remediation":[{"for":"x","text":"y","snippet":"\u001b[31m\ttab\nline"}],"causes":[{"text":"\u0000","certainty":"likely"}]}]}]}`,
		`{"schema_version":"1.0","kind":"report","targets":[{"verdicts":[{"method":"http-01","verdict":"pass"}],"probes":[{"id":"p1","kind":"http-01","start_ms":-9223372036854775808,"duration_ms":9223372036854775807,"hops":[{"n":-3,"port":-1,"url":null,"timings_ms":{"dns":-5,"connect":9223372036854775807},"error":{"text":"\u001b"}}]}]}]}`,
		`{"schema_version":"1.0","kind":"report","targets":[{"verdicts":[{"method":"http-01","verdict":"pass"}],"traces":[{"method":"http-01","vantage":"\u001b[1m","steps":[{"id":1,"at_us":-9000000000000,"took_us":9000000000000,"kind":"dial","fact":{"to":"[::1%25eth0]:1"},"fault":{"kind":"\u001b","detail":"\u0007"}}]}]}]}`,
	} {
		r, err := report.Decode(strings.NewReader(text))
		if err != nil {
			t.Logf("refused: %v", err)
			continue
		}
		for _, size := range [][2]int{{100, 30}, {80, 24}, {60, 15}, {220, 60}} {
			p := play(t, stream{}, size[0], size[1], Options{Report: r})
			p.fits()
			for _, k := range []string{"1", "2", "3", "4", "5", "c", "esc", "C", "esc", "j", "2", "1", "jj", "5", "4", "o", "x", "esc", "S", "S", "enter"} {
				p.press(k)
				p.fits()
			}
		}
	}
}

// TestIDN: names in other scripts, and cells that are two wide.
func TestIDN(t *testing.T) {
	s := demo(t, "redirect-4434")
	p := play(t, s, 60, 20, Options{}, "bücher.example", "例え.テスト", strings.Repeat("長", 63)+".example")
	for w := 40; w <= 130; w++ {
		p.send(tea.WindowSizeMsg{Width: w, Height: 10 + w%50})
		p.fits()
	}
	if !strings.Contains(p.screen(), "xn--bcher-kva.example") {
		t.Errorf("the name is not shown as it will be in the certificate:\n%s", p.screen())
	}
}
