package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
)

// TestEvidence: the part that matters is on the screen, with carets below it
// that are not cut.
func TestEvidence(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, c := range []struct {
		name string
		e    report.Evidence
		w    int
		want []string
	}{
		{"no span", report.Evidence{Text: "as it is"}, 40, []string{"  as it is"}},
		{"a span", report.Evidence{Text: "port 4434 here", Span: &[2]int{5, 9}, Label: "stops"}, 40, []string{"  port 4434 here", "       ^^^^ stops"}},
		{"no room for the label", report.Evidence{Text: "a port 4434", Span: &[2]int{7, 11}, Label: "the CA stops"}, 20, []string{"  a port 4434", "         ^^^^", "  the CA stops"}},
		{"far to the right", report.Evidence{Text: long + "4434", Span: &[2]int{100, 104}, Label: "x"}, 20, []string{"  …xxxxxxxxxxxx4434", "               ^^^^", "  x"}},
		{"empty", report.Evidence{Text: "abc", Span: &[2]int{3, 3}, Label: "ends"}, 20, []string{"  abc", "     ^ ends"}},
		{"hostile", report.Evidence{Text: "\x1b[2J4434\a", Span: &[2]int{4, 8}, Label: "\x1b"}, 40, []string{"  \\x1b[2J4434\\x07", "         ^^^^ \\x1b"}},
		{"wide", report.Evidence{Text: "界面", Span: &[2]int{3, 6}, Label: "x"}, 40, []string{"  界面", "    ^^ x"}},
		{"no such place", report.Evidence{Text: "abc", Span: &[2]int{2, 9}}, 40, []string{"  abc"}},
		{"backwards", report.Evidence{Text: "abc", Span: &[2]int{2, 1}}, 40, []string{"  abc"}},
		{"before it", report.Evidence{Text: "abc", Span: &[2]int{-1, 1}}, 40, []string{"  abc"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evidenceLines(theme{}, c.e, c.w); !slices.Equal(got, c.want) {
				t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
