package render

import (
	"io"

	"github.com/acmecheck/acmecheck/report"
)

// A Format is one way to write a report. The same report gives the same bytes.
type Format struct {
	Name  string // as --format takes it
	Title string // in a few words
	Write func(io.Writer, *report.Report) error
}

// Formats are all there are, in the order they are listed to users.
var Formats = []Format{
	{"text", "for people", Text},
	{"json", "one document, as acmecheck schema describes it", JSON},
	{"ndjson", "a stream of events, a line each", NDJSON},
}

// Named finds a format.
func Named(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
