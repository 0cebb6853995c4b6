package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// stream is a terminal, as far as programs can tell, or none.
func stream(t *testing.T, terminal bool) io.Writer {
	t.Helper()
	if !terminal {
		return &strings.Builder{}
	}
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if !isTerminal(f) {
		t.Skip("the null device is no character device here")
	}
	return f
}

// plainEnvironment has of the variables about terminals those of a list alone.
func plainEnvironment(t *testing.T, list string) {
	t.Helper()
	for _, name := range []string{"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM", "CI", "ACCESSIBLE"} {
		t.Setenv(name, "")
	}
	for v := range strings.FieldsSeq(list) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// Who decides about colour: each row is decided by its first word, whatever the
// weaker ones say.
func TestColoured(t *testing.T) {
	tests := []struct {
		flag, env string
		terminal  bool
		want      bool
	}{
		{"always", "NO_COLOR=1 CLICOLOR=0 TERM=dumb", false, true},
		{"never", "FORCE_COLOR=1 CLICOLOR_FORCE=1", true, false},
		{"auto", "NO_COLOR=1 FORCE_COLOR=1 CLICOLOR_FORCE=1", true, false},
		{"auto", "NO_COLOR=0", true, false}, // no-color.org: not empty
		{"auto", "FORCE_COLOR=1 CLICOLOR=0 TERM=dumb", false, true},
		{"auto", "CLICOLOR_FORCE=1 CLICOLOR=0 TERM=dumb", false, true},
		{"auto", "FORCE_COLOR=0", false, false},
		{"auto", "CLICOLOR_FORCE=0", false, false},
		{"auto", "CLICOLOR=0", true, false},
		{"auto", "CLICOLOR=1", false, false},
		{"auto", "TERM=dumb", true, false},
		{"auto", "", true, true},
		{"auto", "CI=true", true, true},
		{"auto", "TERM=xterm", false, false},
		{"", "", false, false},
	}
	for _, tt := range tests {
		t.Run(strings.Join([]string{tt.flag, tt.env}, " "), func(t *testing.T) {
			plainEnvironment(t, tt.env)
			if got := (&outputs{color: tt.flag}).coloured(stream(t, tt.terminal)); got != tt.want {
				t.Errorf("terminal: %v, coloured: %v, want %v", tt.terminal, got, tt.want)
			}
		})
	}
}
