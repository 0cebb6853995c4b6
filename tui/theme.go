package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A hue is what a colour is for.
type hue int

const (
	plain hue = iota
	strong
	dim
	good
	bad
	careful
	hint
	chosen // under the cursor
)

// A theme is how things look. The words and marks say everything; colour only
// repeats it.
type theme struct {
	sgr   map[hue]string // parameters of SGR (ECMA-48 §8.3.117); absent: none
	ascii bool
}

// The themes. None sets a background but under the cursor.
var palettes = map[string]map[hue]string{
	"dark":       {strong: "1", dim: "2", good: "32", bad: "1;31", careful: "33", hint: "36", chosen: "7"},
	"light":      {strong: "1", dim: "2", good: "32", bad: "1;31", careful: "35", hint: "34", chosen: "7"},
	"colorblind": {strong: "1", dim: "2", good: "38;5;33", bad: "1;38;5;208", careful: "38;5;208", hint: "38;5;33", chosen: "7"},
	"mono":       {strong: "1", chosen: "7"},
}

// Themes are the names that Options.Theme takes.
var Themes = []string{"auto", "dark", "light", "mono", "colorblind"}

func themeOf(name string, ascii bool) theme {
	if name == "auto" || name == "" {
		name = "dark" // 16 colours of the user's own, which suit their screen
	}
	return theme{palettes[name], ascii}
}

func (t theme) paint(h hue, s string) string {
	how := t.sgr[h]
	if how == "" || s == "" {
		return s
	}
	return "\x1b[" + how + "m" + s + plainly
}

// under paints a whole line, and whatever was painted in it before.
func (t theme) under(h hue, s string) string { return t.paint(h, ansi.Strip(s)) }

// A state is how something fares.
type state int

const (
	waiting state = iota
	looking
	ok
	warned
	failed
	unknown  // it cannot be told
	idle     // nothing to tell: it does not decide, and does not pass
	informed // worth knowing
)

type look struct {
	mark, word string
	hue        hue
}

var looks = map[state]look{
	waiting:  {"·", "..", dim},
	ok:       {"✓", "ok", good},
	warned:   {"!", "warn", careful},
	failed:   {"✗", "FAIL", bad},
	unknown:  {"?", "??", careful},
	idle:     {"-", "-", dim},
	informed: {"i", "info", hint},
}

// markWidth is the cells that a mark takes.
func (t theme) markWidth() int {
	if t.ascii {
		return len("FAIL")
	}
	return 1
}

// mark shows a state; what is being looked at turns with the beat.
func (t theme) mark(s state, beat int) string {
	if s == looking {
		return clip(t.paint(hint, string(`|/-\`[beat%4])), t.markWidth())
	}
	l := looks[s]
	if t.ascii {
		return t.paint(l.hue, clip(l.word, t.markWidth()))
	}
	return t.paint(l.hue, l.mark)
}

// A border is the corners and lines of a box.
type border struct{ h, v, tl, tr, bl, br string }

// border is drawn heavier around what takes the keys.
func (t theme) border(focus bool) border {
	switch {
	case t.ascii && focus:
		return border{"=", "|", "+", "+", "+", "+"}
	case t.ascii:
		return border{"-", "|", "+", "+", "+", "+"}
	case focus:
		return border{"━", "┃", "┏", "┓", "┗", "┛"}
	}
	return border{"─", "│", "┌", "┐", "└", "┘"}
}

// box draws a frame of w by h cells around lines, with a title and a word at
// the right.
func (t theme) box(title, right string, lines []string, w, h int, focus bool) []string {
	b := t.border(focus)
	how := dim
	if focus {
		how = plain
	}
	inner := max(w-2, 0)
	title = ansi.Truncate(b.h+" "+title+" ", inner, "")
	if right != "" {
		right = " " + right + " " + b.h
	}
	rest := inner - width(title) - width(right)
	if rest < 0 {
		right, rest = "", inner-width(title)
	}
	out := []string{t.paint(how, b.tl+title+strings.Repeat(b.h, rest)+right+b.tr)}
	for _, l := range fill(lines, inner, max(h-2, 0)) {
		out = append(out, t.paint(how, b.v)+l+t.paint(how, b.v))
	}
	return append(out, t.paint(how, b.bl+strings.Repeat(b.h, inner)+b.br))
}
