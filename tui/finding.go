package tui

// This file tells one finding: what is wrong, where it shows, why, what to
// change, and what the CA says.

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/acmecheck/acmecheck/report"
)

func findingLines(t theme, x row, w int) []string {
	f := x.found
	out := paintAll(t, strong, wrap(safe(f.Summary), w))
	if f.Suppressed != nil {
		out = append(out, paintAll(t, dim, hang("does not count: ", safe(*f.Suppressed), w))...)
	}
	out = append(out, "")
	for _, e := range f.Evidence {
		out = append(out, evidenceLines(t, e, w)...)
	}
	out = append(out, "")
	for i, c := range f.Causes {
		label := "Why   "
		if i > 0 {
			label = "or    "
		}
		const few = 2
		if i < few {
			out = append(out, hang(label, fmt.Sprintf("(%s) %s", c.Certainty, safe(c.Text)), w)...)
		}
	}
	out = append(out, remedyLines(t, f, w)...)
	if p := x.about.Problem; p != nil && f.Severity == report.Error {
		out = append(out, hang("CA    ", problem(p), w)...)
	}
	if f.Settle != "" {
		out = append(out, hang("Settle it: ", safe(string(f.Settle)), w)...)
	}
	if len(f.Repro) > 0 {
		out = append(out, hang("Try   ", safe(f.Repro[0]), w)...)
	}
	if f.Explanation != "" {
		out = append(out, hang("Rule  ", safe(f.Explanation), w)...)
	}
	return append(out, t.paint(dim, clip("More  o opens the page of "+safe(f.Code), w)))
}

// problem is what a CA says, without the namespace of its type.
func problem(p *report.Problem) string {
	return safe(p.Type[strings.LastIndexByte(p.Type, ':')+1:] + ": " + p.Detail)
}

func remedyLines(t theme, f *report.Finding, w int) []string {
	var out []string
	for i, r := range f.Remediation {
		label := "Fix   "
		if i > 0 {
			label = "Or    "
		}
		out = append(out, hang(label, "("+safe(r.For)+") "+safe(r.Text), w)...)
		if r.Snippet == nil {
			continue
		}
		for line := range strings.Lines(*r.Snippet) {
			text := safe(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "))
			out = append(out, "        "+t.paint(hint, text))
		}
	}
	for _, n := range f.NotAFix {
		out = append(out, hang("Not   ", safe(n), w)...)
	}
	return out
}

// evidenceLines show what was seen, cut so that the part that matters is on
// the screen, and marked below.
func evidenceLines(t theme, e report.Evidence, w int) []string {
	const margin = "  "
	if e.Span == nil || !within(*e.Span, e.Text) {
		return hang(margin, safe(e.Text), w)
	}
	before, part, after := safe(e.Text[:e.Span[0]]), safe(e.Text[e.Span[0]:e.Span[1]]), safe(e.Text[e.Span[1]:])
	room := w - len(margin)
	part = ansi.Truncate(part, max(room-2, 1), "…")
	n := width(part)
	if keep := room - n - min(width(after), room/4) - 1; width(before) > keep {
		before = "…" + ansi.TruncateLeft(before, width(before)-max(keep-1, 0), "")
	}
	indent := width(margin + before)
	carets, label := strings.Repeat("^", max(n, 1)), safe(string(e.Label))
	lines := []string{margin + before + t.paint(bad, part) + after}
	if indent+len(carets)+1+width(label) <= w {
		return append(lines, strings.Repeat(" ", indent)+t.paint(bad, carets+" "+label))
	}
	lines = append(lines, strings.Repeat(" ", indent)+t.paint(bad, carets))
	return append(lines, paintAll(t, bad, hang(margin, label, w))...) // where there is room for it
}

// within reports whether a span lies in a text. One that does not marks nothing.
func within(span [2]int, text string) bool {
	return 0 <= span[0] && span[0] <= span[1] && span[1] <= len(text)
}
