package tui

// This file is the only one that knows the terminal.

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"github.com/acmecheck/acmecheck/report"
)

// A terminal is written to by the program and, for a copy, by us.
type terminal struct {
	*os.File

	mu sync.Mutex
}

// Write writes all of b, and nothing of anybody else's in between.
func (t *terminal) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.File.Write(b)
}

// longestCopy is what terminals take in one OSC 52, the smallest of them.
const longestCopy = 74_000

// hand gives a text to the terminal's clipboard, through tmux too. Nobody tells
// whether it took it, so the text is shown as well.
func (a *app) hand(what, text string) tea.Cmd {
	a.open(newPage(what+", sent to the terminal", text))
	if len(text) > longestCopy || a.copied == nil {
		return nil
	}
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	return func() tea.Msg {
		if _, err := fmt.Fprint(a.copied, seq); err != nil {
			return said("not copied: " + safe(err.Error()))
		}
		return nil
	}
}

func (a *app) ring() tea.Cmd {
	return func() tea.Msg {
		if a.copied != nil {
			fmt.Fprint(a.copied, "\a")
		}
		return nil
	}
}

// pointedAt is the finding that a key is about; nil: none is selected.
func (a *app) pointedAt() (*report.Finding, row) {
	x := a.list.selected()
	if x.found == nil && x.about != nil {
		return worstFinding(x.about), x
	}
	return x.found, x
}

func (a *app) copyFinding() tea.Cmd {
	f, x := a.pointedAt()
	if f == nil {
		a.said = "select a finding: c copies it"
		return nil
	}
	x.found = f
	const fence = "~~~~~~~~" // longer than any that a line of it would have
	return a.hand("The finding", fmt.Sprintf("### %s\n\n%s\n%s\n%s\n", safe(f.Code), fence, strings.Join(findingLines(theme{}, x, 96), "\n"), fence))
}

func (a *app) copyCommand() tea.Cmd {
	f, _ := a.pointedAt()
	if f == nil || len(f.Repro) == 0 {
		a.said = "no command shows this"
		return nil
	}
	return a.hand("The command", safe(f.Repro[0]))
}

// IsTerminal reports whether a file is a terminal; nil is none.
func IsTerminal(f *os.File) bool { return f != nil && term.IsTerminal(f.Fd()) }
