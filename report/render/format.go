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
	{"sarif", "SARIF 2.1.0, for code scanning", SARIF},
	{"junit", "JUnit XML, for a CI's list of tests", JUnit},
	{"github", "annotations of GitHub Actions", GitHub},
	{"nagios", "a plugin of Nagios or Icinga, with its exit codes", Nagios},
	{"prometheus", "gauges for the textfile collector", Prometheus},
	{"markdown", "for the forum of Let's Encrypt, redacted", Markdown},
	{"html", "one page with drawings, to keep, mail and print", HTML},
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
