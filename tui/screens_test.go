package tui

import (
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screens are those of the README; make screenshots draws them anew.
var screens = []struct {
	name, title string
	open        opener
}{
	{"finding", "acmecheck demo redirect-4434 --tui", at("redirect-4434", 3)},
	{"ready", "acmecheck demo redirect-4434 --tui, after F and r", mended},
	{"hops", "acmecheck demo redirect-4434 --tui, after 2", at("redirect-4434", 3, "2")},
	{"perspectives", "acmecheck demo geo-blocked --tui", at("geo-blocked", 3, "k")},
	{"wizard", "acmecheck tui example.com, after i", ordering("i", "j", "enter", "example.com")},
}

// mended is a demo whose fault was found, switched off and looked at again,
// while it was watched.
func mended(tb testing.TB, w, h int, o Options) *player {
	tb.Helper()
	bad, good := demo(tb, "redirect-4434"), demo(tb, "healthy")
	p := play(tb, bad, w, h, o)
	p.press("w")
	for i, s := range []stream{bad, bad, good, good, good} {
		if i > 0 {
			p.send(beat(p.now.Add(30 * time.Second)))
		}
		p.hear(s.updates...)
		p.end(s)
	}
	p.press("gjj")
	p.send(beat(p.now.Add(10 * time.Second)))
	return p
}

// TestScreens compares the screenshots with what the screens look like now.
func TestScreens(t *testing.T) {
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			p := s.open(t, 100, 30, Options{Colour: true})
			p.fits()
			image := svg(p.View(), s.title)
			wellFormed(t, image)
			golden(t, filepath.Join("..", "docs", "screens", s.name+".svg"), image)
		})
	}
}

func wellFormed(t *testing.T, image string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(image))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
