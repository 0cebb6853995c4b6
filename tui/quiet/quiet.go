// Package quiet keeps bubbletea from talking to the terminal before it is asked
// to. Version 1 of it asks for the background colour in an init function, so
// every command would write an escape sequence and wait up to five seconds for
// an answer. Go initialises packages that are ready in the order of their paths
// (Go 1.21 release notes), and this one's comes before github.com/charmbracelet/bubbletea:
// the question is answered before it is put. A test of the command watches it.
//
// It must import nothing but lipgloss, or it would not be ready in time.
package quiet

import "github.com/charmbracelet/lipgloss"

// Background is said to be dark. No theme depends on it.
var _ = answer()

func answer() bool {
	lipgloss.SetHasDarkBackground(true)
	return true
}
