package render

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/acmecheck/acmecheck/report"
)

// What a hostile server sends cannot paint the terminal that a JSON report is
// shown on, and is still in the report.
func TestJSONIsPlain(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", `nginx/1.24.0 "é" <&>`, `nginx/1.24.0 \"é\" <&>`},
		{"C0", "\x1b[31m\r\n", `\u001b[31m\r\n`},
		{"DEL", "a\x7fb", `a\u007fb`},
		{"C1", "a\u009bb\u0080", `a\u009bb\u0080`},
		{"bidi", "\u200f\u061c\u202e\u2066", `\u200f\u061c\u202e\u2066`},
		{"lines", "a\u2028b\u2029c\u0085", `a\u2028b\u2029c\u0085`},
		{"hidden", "a\u200bb\ufeffc\u00ad", `a\u200bb\ufeffc\u00ad`},
		{"tags, beyond 16 bits", "a\U000e0041b", `a\udb40\udc41b`},
		{"no UTF-8", "a\xffb", `a\ufffdb`},
		{"a name", "bücher.example 例え", "bücher.example 例え"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := report.Report{Notes: []string{tt.in}}
			var b bytes.Buffer
			if err := JSON(&b, &r); err != nil {
				t.Fatal(err)
			}
			if want := `"` + tt.want + `"`; !bytes.Contains(b.Bytes(), []byte(want)) {
				t.Errorf("%s is not in %s", want, b.Bytes())
			}
		})
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add("\x1b]0;title\x07\u202e\x7f\U000e0041\xff")
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		out := escaped(doc)
		if bytes.ContainsFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }) || !utf8.Valid(out) {
			t.Errorf("%q is not plain", out)
		}
		var before, after string
		if err := json.Unmarshal(doc, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &after); err != nil || before != after {
			t.Errorf("%q has become %q: %v", before, after, err)
		}
	})
}

// A document written target by target is the one that is written at once.
func TestJSONIsOneDocument(t *testing.T) {
	for n := range 4 {
		r := report.Report{Notes: []string{"a \"targets\": [", "\n  \"targets\": []"}, Targets: []report.Target{}}
		for i := range n {
			r.Targets = append(r.Targets, report.Target{Input: string(rune('a' + i)), Findings: []report.Finding{{Code: "dns.a.missing"}}})
		}
		var got, want bytes.Buffer
		if err := JSON(&got, &r); err != nil {
			t.Fatal(err)
		}
		if err := document(&want, &r, "  "); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%d targets:\n%s\nwant\n%s", n, got.String(), want.String())
		}
	}
}
