package checks

import (
	"testing"

	"github.com/acmecheck/acmecheck/report"
)

// The span of evidence is on the same part after what is no UTF-8 has been
// made visible.
func TestLegible(t *testing.T) {
	tests := []struct{ text, part, want, shown string }{
		{"https://example.com:4434/", "4434", "https://example.com:4434/", "4434"},
		{"\xff\xfe:4434/\x80", "4434", `\xff\xfe:4434/\x80`, "4434"},
		{"é\xffé", "\xff", `é\xffé`, `\xff`},
		{"\ufffd\xff", "\xff", "\ufffd\\xff", `\xff`},
	}
	for _, tt := range tests {
		e := legible(marked(report.Evidence{Text: tt.text}, tt.part, ""))
		if e.Text != tt.want || e.Text[e.Span[0]:e.Span[1]] != tt.shown {
			t.Errorf("%q: %q %v", tt.text, e.Text, *e.Span)
		}
	}
	if e := legible(report.Evidence{Text: "\xff"}); e.Text != `\xff` || e.Span != nil {
		t.Errorf("%+v", e)
	}
}
