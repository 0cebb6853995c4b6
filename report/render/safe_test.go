package render

import (
	"testing"
	"unicode"
)

func TestSafe(t *testing.T) {
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"plain", "nginx/1.24.0", 0, "nginx/1.24.0"},
		{"colour", "\x1b[31mred", 0, `\x1b[31mred`},
		{"lines", "a\r\nb\tc", 0, `a\x0d\x0ab\x09c`},
		{"right to left", "a\u202eb", 0, `a\u202eb`},
		{"C1 control", "a\u009bb", 0, `a\u009bb`},
		{"not UTF-8", "a\xffb", 0, `a\xffb`},
		{"a real replacement character", "a\ufffdb", 0, "a\ufffdb"},
		{"IDN", "bücher.example", 0, "bücher.example"},
		{"long", "abcdefghijkl", 10, "abcdefghij…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Safe(tt.in, tt.limit); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("\x1b]0;title\x07", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		for _, r := range Safe(s, limit) {
			if !unicode.IsPrint(r) && r != unicode.ReplacementChar {
				t.Fatalf("%q leaves %U", s, r)
			}
		}
	})
}
