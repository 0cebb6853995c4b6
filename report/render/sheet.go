package render

import (
	"bytes"
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

// A sheet is what a text is written on, in colour or without. What comes from
// the network has gone through Safe, so the only escapes on it are ours.
type sheet struct {
	bytes.Buffer

	colour bool
}

// The parameters of SGR (ECMA-48 §8.3.117), of those colours that are readable
// on dark and on light screens.
const (
	bold   = "1"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
	cyan   = "36"
)

// hues are the colours of words that weigh.
var hues = map[string]string{
	"error": red, "warning": yellow, "info": cyan, "CANNOT TELL": yellow, "READY": green, "NOT READY": red,
}

func (s *sheet) paint(how, text string) string {
	if !s.colour || how == "" {
		return text
	}
	return fmt.Sprintf("\x1b[%sm%s\x1b[0m", how, text)
}

// walks tells every walk with its requests, also those that no finding is about.
func walks(b *sheet, t report.Target) {
	for _, p := range t.Probes {
		fmt.Fprintf(b, "  %-4s %s from %s: %s, %s\n", Safe(p.ID, longText), Safe(p.Kind, longText), Safe(p.Vantage, longText), Safe(p.Status, longText), lasted(p.DurationMS))
		for _, h := range p.Hops {
			line := fmt.Sprintf("hop %d  %s  %s", h.N, Safe(string(h.URL), longURL), address(h))
			if h.HTTP != nil {
				line += fmt.Sprintf("  %d", h.HTTP.Status)
			}
			line += timings(h.Timings) + "  " + Safe(h.Decision, longText)
			if h.Error != nil {
				line += ": " + Safe(h.Error.Text, longText)
			}
			fmt.Fprintf(b, "       %s\n", line)
		}
	}
}
