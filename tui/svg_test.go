package tui

// This file draws a frame as an SVG image, cell by cell, for the README.

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// The size of a cell, and the space around the screen.
const (
	cellW, cellH = 8.4, 18.0
	padX, padY   = 14.0, 40.0
)

// A style is how a run of cells looks.
type style struct {
	fg      string
	bold    bool
	reverse bool
}

const paper, ink = "#0d1117", "#c9d1d9"

// sgrHues are the colours of the themes on a dark screen.
var sgrHues = map[string]string{"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff", "36": "#56d4dd", "38;5;33": "#58a6ff", "38;5;208": "#ffa657"}

// styled is a style after an SGR sequence (ECMA-48 §8.3.117).
func styled(s style, params string) style {
	if params == "0" || params == "" {
		return style{fg: ink}
	}
	if rest, isBold := strings.CutPrefix(params, "1;"); isBold {
		s.bold, params = true, rest
	}
	switch params {
	case "1":
		s.bold, s.fg = true, "#f0f6fc"
	case "2":
		s.fg = "#8b949e"
	case "7":
		s.reverse = true
	default:
		s.fg = sgrHues[params]
	}
	return s
}

// svg draws a frame. Lines of boxes are drawn and not written: fonts leave gaps
// between them.
func svg(frame, title string) string {
	lines := strings.Split(frame, "\n")
	w := padX*2 + cellW*float64(ansi.StringWidth(lines[0]))
	h := padY + cellH*float64(len(lines)) + 12
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n", w, h, w, h, escaped(title))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%.0f" height="%.0f" rx="8" fill="%s" stroke="#30363d"/>`+"\n", w-1, h-1, paper)
	for i, hue := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="18" r="5.5" fill="%s"/>`+"\n", 20+18*i, hue)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="22" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#8b949e">%s</text>`+"\n", w/2, escaped(title))
	b.WriteString(`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="14">` + "\n")
	for i, l := range lines {
		drawLine(&b, l, padY+cellH*float64(i))
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// drawLine draws runs of cells that look the same.
func drawLine(b *strings.Builder, line string, y float64) {
	now, at := style{fg: ink}, 0
	for line != "" {
		if rest, isSGR := strings.CutPrefix(line, "\x1b["); isSGR {
			params, after, _ := strings.Cut(rest, "m")
			now, line = styled(now, params), after
			continue
		}
		n := strings.IndexByte(line, 0x1b)
		if n < 0 {
			n = len(line)
		}
		at = drawText(b, line[:n], now, at, y)
		line = line[n:]
	}
}

// drawText draws a text of one style from a cell on, and returns the cell after
// it.
func drawText(b *strings.Builder, text string, s style, at int, y float64) int {
	fg := s.fg
	if n := ansi.StringWidth(text); s.reverse {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x(at), y, cellW*float64(n), cellH, ink)
		fg = paper
	}
	for text != "" {
		box := strings.IndexFunc(text, isBox)
		switch {
		case box < 0:
			box = len(text)
		case box == 0:
			r, size := utf8.DecodeRuneInString(text)
			n := len(text) - len(strings.TrimLeft(text, string(r)))
			drawBox(b, r, n/size, fg, at, y)
			at, text = at+n/size, text[n:]
			continue
		}
		at = drawWords(b, text[:box], style{fg: fg, bold: s.bold}, at, y)
		text = text[box:]
	}
	return at
}

// drawWords writes text. Of several spaces viewers make one, so what stands
// between them is placed by itself.
func drawWords(b *strings.Builder, text string, s style, at int, y float64) int {
	weight := ""
	if s.bold {
		weight = ` font-weight="700"`
	}
	for part := range strings.SplitAfterSeq(text, "  ") {
		if words := strings.Trim(part, " "); words != "" {
			from := at + len(part) - len(strings.TrimLeft(part, " "))
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f"%s fill="%s">%s</text>`+"\n", x(from), y+13.5, cellW*float64(ansi.StringWidth(words)), weight, s.fg, escaped(words))
		}
		at += ansi.StringWidth(part)
	}
	return at
}

func x(cell int) float64 { return padX + cellW*float64(cell) }

func isBox(r rune) bool { return r >= '─' && r <= '╿' }

// boxArms are the arms of a cell's cross that a rune has, from one end to the
// other: left, right, up, down.
var boxArms = map[rune]string{
	'─': "lr", '│': "ud", '┌': "rd", '┐': "ld", '└': "ru", '┘': "lu", '├': "udr",
	'━': "LR", '┃': "UD", '┏': "RD", '┓': "LD", '┗': "RU", '┛': "LU",
}

// drawBox draws n times the same rune of a box as one stroke.
func drawBox(b *strings.Builder, r rune, n int, fg string, at int, y float64) {
	arms, stroke := boxArms[r], 1.0
	if arms != strings.ToLower(arms) {
		stroke = 2
	}
	midX, midY := (x(at)+x(at+n))/2, y+cellH/2
	ends := map[rune]string{
		'l': fmt.Sprintf("%.1f %.1f", x(at), midY), 'r': fmt.Sprintf("%.1f %.1f", x(at+n), midY),
		'u': fmt.Sprintf("%.1f %.1f", midX, y), 'd': fmt.Sprintf("%.1f %.1f", midX, y+cellH),
	}
	path := ""
	for i, arm := range strings.ToLower(arms) {
		if i > 0 {
			path += fmt.Sprintf("L%.1f %.1fL%s", midX, midY, ends[arm])
			continue
		}
		path = "M" + ends[arm]
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="%g"/>`+"\n", path, fg, stroke)
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
