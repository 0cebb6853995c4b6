package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestWidth: what is counted the short way is what a terminal counts.
func TestWidth(t *testing.T) {
	pieces := append(slices.Clone(hostile), "abc", "\x1b[1;31m", plainly, "─", "┃", "┏", "✓", "▸", "…", "\u0301", "\ufe0f", "\x1b[38;5;208m", "\xe2\x94", "\x1b[3", "m")
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(5) {
			if p := pieces[r.IntN(len(pieces))]; len(p) < 100 {
				b.WriteString(p)
			}
		}
		if got, want := width(b.String()), ansi.StringWidth(b.String()); got != want {
			t.Fatalf("%q: %d cells, not %d", b.String(), got, want)
		}
	}
}

func TestClipAndWrap(t *testing.T) {
	for _, s := range hostile {
		s = safe(s)
		for w := range 80 {
			if got := width(clip(s, w)); got != w {
				t.Errorf("%.20q clipped to %d has %d cells", s, w, got)
			}
			for _, l := range hang("label ", s, w) {
				if n := width(l); w > len("label ")+2 && n > w {
					t.Errorf("%.20q hung in %d has %d cells", s, w, n)
				}
			}
		}
	}
	if got := wrap("the quick brown fox jumps", 10); !slices.Equal(got, []string{"the quick", "brown fox", "jumps"}) {
		t.Errorf("%q", got)
	}
}
