package tui

// This file measures and cuts text in cells, as a terminal does.

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/acmecheck/acmecheck/report/render"
)

// safe makes text from anywhere fit for one line of a screen.
func safe(s string) string { return render.Safe(s, longest) }

// longest is the runes of one text that are worth showing.
const longest = 2000

// width is the cells that a text takes. Most of what is measured is ASCII, our
// colours, our marks and lines of boxes; the rest is left to those who know about it.
func width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case ' ' <= c && c <= '~':
			n++
			i++
		case c == 0x1b:
			end := strings.IndexByte(s[i:], 'm')
			if end < 0 || !strings.HasPrefix(s[i:], "\x1b[") || strings.Trim(s[i+2:i+end], "0123456789;") != "" {
				return ansi.StringWidth(s)
			}
			i += end + 1
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if (r < '─' || r > '╿') && !strings.ContainsRune("✓✗▸·…", r) {
				return ansi.StringWidth(s)
			}
			n++
			i += size
		}
	}
	return n
}

// plainly ends all colours.
const plainly = "\x1b[0m"

// clip cuts or pads a line to exactly w cells. Its colours end with it.
func clip(s string, w int) string {
	n := width(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = width(s)
	}
	if strings.Contains(s, "\x1b") && !strings.HasSuffix(s, plainly) {
		s += plainly // prose that was painted may have been wrapped
	}
	return s + strings.Repeat(" ", max(0, w-n))
}

// wrap breaks prose into lines of at most w cells, at spaces where there are any.
func wrap(s string, w int) []string {
	w = max(w, 1)
	var out []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		n := width(word)
		switch {
		case line != "" && used+1+n <= w:
			line += " " + word
			used += 1 + n
			continue
		case line != "":
			out = append(out, line)
		}
		for n > w {
			head := ansi.Truncate(word, w, "")
			if head == "" {
				break
			}
			out = append(out, head)
			word = strings.TrimPrefix(word, head)
			n = width(word)
		}
		line, used = word, n
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// hang is prose behind a label, wrapped below it.
func hang(label, text string, w int) []string {
	indent := width(label)
	lines := wrap(text, w-indent)
	for i := range lines {
		if i == 0 {
			lines[i] = label + lines[i]
			continue
		}
		lines[i] = strings.Repeat(" ", indent) + lines[i]
	}
	return lines
}

// fill makes lines exactly n, and each exactly w cells wide.
func fill(lines []string, w, n int) []string {
	out := make([]string, n)
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = clip(line, w)
	}
	return out
}

// beside joins two columns of the same height.
func beside(a, b []string) []string {
	out := make([]string, len(a))
	for i := range a {
		out[i] = a[i] + b[i]
	}
	return out
}
