package tui

import (
	"slices"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// A field is one line of text that is being typed.
type field struct {
	runes []rune
	at    int // of the cursor
}

func fieldOf(s string) field {
	var f field
	f.insert([]rune(s))
	return f
}

// insert puts in what can be typed. Names that were pasted stand on lines of
// their own: a line's end is a space.
func (f *field) insert(rs []rune) {
	for _, r := range rs {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if unicode.IsPrint(r) && len(f.runes) < longestField {
			f.runes = slices.Insert(f.runes, f.at, r)
			f.at++
		}
	}
}

// String is the text.
func (f *field) String() string { return string(f.runes) }

// longestField bounds what can be pasted.
const longestField = 4096

// key takes a key. Those that do not edit do nothing.
func (f *field) key(k tea.KeyMsg) {
	switch k.Type { //nolint:exhaustive // the others do not edit
	case tea.KeyRunes, tea.KeySpace:
		f.insert(k.Runes)
	case tea.KeyBackspace:
		if f.at > 0 {
			f.at--
			f.runes = slices.Delete(f.runes, f.at, f.at+1)
		}
	case tea.KeyDelete:
		if f.at < len(f.runes) {
			f.runes = slices.Delete(f.runes, f.at, f.at+1)
		}
	case tea.KeyLeft:
		f.at = max(0, f.at-1)
	case tea.KeyRight:
		f.at = min(len(f.runes), f.at+1)
	case tea.KeyHome, tea.KeyCtrlA:
		f.at = 0
	case tea.KeyEnd, tea.KeyCtrlE:
		f.at = len(f.runes)
	case tea.KeyCtrlU:
		f.runes, f.at = f.runes[f.at:], 0
	}
}

// view is the text with its cursor, and as much of both sides as w cells hold.
func (f *field) view(t theme, w int) string {
	before, under, rest := string(f.runes[:f.at]), " ", ""
	if f.at < len(f.runes) {
		under, rest = string(f.runes[f.at]), string(f.runes[f.at+1:])
	}
	if t.sgr[chosen] == "" {
		under = "_" + under
	}
	room := max(w-width(under)-1, 1)
	if n := width(before); n > room {
		before = "…" + ansi.TruncateLeft(before, n-room+1, "")
	}
	return before + t.paint(chosen, under) + ansi.Truncate(rest, max(room-width(before), 0), "…")
}
