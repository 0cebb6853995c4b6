package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A list is rows with a cursor, which stays on its row, and on its line of the
// screen, whatever comes and goes around it.
type list struct {
	rows   []row
	key    string // of the row that the user put the cursor on
	cursor int
	offset int  // rows above the first one shown
	loose  bool // the last line need not hold the last row, for the cursor stays on its line
}

// set takes new rows in. A row that is gone leaves the cursor on the one it
// stood below, until it comes back.
func (l *list) set(rs []row) {
	line := l.cursor - l.offset
	l.rows = rs
	l.cursor = max(0, min(l.cursor, len(rs)-1))
	for i, r := range rs {
		if r.key == l.key || strings.HasPrefix(l.key, r.key+" ") {
			l.cursor = i
		}
	}
	l.offset, l.loose = l.cursor-line, true
	if l.key == "" {
		l.remember()
	}
}

// move moves the cursor by n rows.
func (l *list) move(n int) {
	l.cursor = max(0, min(len(l.rows)-1, l.cursor+n))
	l.loose = false
	l.remember()
}

func (l *list) remember() {
	if l.cursor < len(l.rows) {
		l.key = l.rows[l.cursor].key
	}
}

// selected is the row under the cursor; the zero row of an empty list.
func (l *list) selected() row {
	if l.cursor < len(l.rows) {
		return l.rows[l.cursor]
	}
	return row{}
}

// fit keeps the cursor within h lines.
func (l *list) fit(h int) {
	l.offset = min(l.offset, l.cursor)
	l.offset = max(l.offset, l.cursor-h+1, 0)
	if !l.loose {
		l.offset = max(0, min(l.offset, len(l.rows)-h))
	}
}

// view draws w by h cells.
func (l *list) view(t theme, w, h, beat int) []string {
	l.fit(h)
	var out []string
	for i := l.offset; i < len(l.rows) && len(out) < h; i++ {
		out = append(out, l.rows[i].view(t, w, beat, i == l.cursor))
	}
	return out
}

// The cells of a row: a margin with the cursor, the mark, the label, the text.
const labelW = 9

func (x row) view(t theme, w, beat int, under bool) string {
	point := "   "
	if under {
		point = " ▸ "
		if t.ascii {
			point = " > "
		}
	}
	label := safe(x.label)
	if x.depth < 2 && width(label) < labelW {
		label = clip(label, labelW)
	}
	line := point + strings.Repeat("  ", x.depth) + t.mark(x.state, beat) + " " + label
	line = clip(line+x.aside(t, w-width(line)), w)
	if under {
		return t.under(chosen, line)
	}
	return line
}

// aside is what stands behind a label, in w cells. What does not fit is left
// out, the time first.
func (x row) aside(t theme, w int) string {
	const least = 8 // cells of a text that tell something
	text, right := " "+safe(x.text), " "+x.right+" "
	n := width(text)
	switch {
	case x.text != "" && n > w && w < least:
		return ""
	case x.right == "" || n+len(right) > w:
		return ansi.Truncate(text, w, "…")
	}
	return clip(text, w-len(right)) + t.paint(dim, right)
}
