package render

// This file tells a report as a plugin of Nagios, Icinga and their kin: a line
// with the state and the figures, and behind it what people read
// (monitoring-plugins.org/doc/guidelines.html).

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// The states of a plugin, which are its exit codes.
const (
	nagiosOK = iota
	nagiosWarning
	nagiosCritical
	nagiosUnknown
)

// NagiosCode is the exit code of a plugin for a report: 0 OK, 1 WARNING,
// 2 CRITICAL, 3 UNKNOWN. It says what was found, whatever the report's own exit
// code makes of it; but what the user waived raises no alarm.
func NagiosCode(r *report.Report) int {
	switch r.Exit.Reason {
	case "interrupted", "not_confirmed":
		return nagiosUnknown
	case "ca_refused", "rate_limited":
		return nagiosCritical
	case "inconclusive_allowed":
		return nagiosWarning
	}
	waived := r.Exit.Reason == "ignored" || r.Exit.Reason == "known"
	switch {
	case waived && r.Summary.Warning == 0:
		return nagiosOK
	case waived:
		return nagiosWarning
	case r.Ready == nil:
		return nagiosUnknown
	case !*r.Ready:
		return nagiosCritical
	case r.Summary.Warning > 0:
		return nagiosWarning
	}
	return nagiosOK
}

// Nagios writes a report as a plugin does.
func Nagios(w io.Writer, r *report.Report) error {
	state := []string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[NagiosCode(r)]
	var b bytes.Buffer
	fmt.Fprintf(&b, "ACMECHECK %s - %s | %s\n", state, unpiped(nagiosLine(r)), perfdata(r))
	for _, f := range worstFirst(r) {
		for i, line := range inLines(f.of, f.Finding) {
			if i == 0 {
				line = fmt.Sprintf("%s[%s] %s: %s", f.Severity, Safe(f.Code, longText), Safe(nameOf(f.of), longURL), line)
			}
			fmt.Fprintln(&b, unpiped(line))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintln(&b, unpiped("note: "+Safe(n, longText)))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// nagiosLine is the verdict with what is worst: many see nothing else.
func nagiosLine(r *report.Report) string {
	line := Verdict(r)
	if len(r.Targets) == 1 {
		line = Safe(nameOf(r.Targets[0]), longURL) + ": " + line
	} else if len(r.Targets) > 1 {
		line = count(len(r.Targets), "target") + ": " + line
	}
	switch all := worstFirst(r); {
	case len(all) > 0 && all[0].Severity > report.Info:
		line += " " + Safe(all[0].Code, longText) + ": " + Safe(all[0].Summary, longText)
	case len(r.Notes) > 0 && r.Ready == nil:
		line += " " + Safe(r.Notes[0], longText)
	}
	return line
}

// perfdata are the figures. ready counts targets, of which a graph of the others
// would say nothing.
func perfdata(r *report.Report) string {
	ready := 0
	for _, t := range r.Targets {
		if t.Ready != nil && *t.Ready {
			ready++
		}
	}
	return fmt.Sprintf("time=%.3fs ready=%d errors=%d warnings=%d", float64(r.Run.DurationMS)/1000, ready, r.Summary.Error, r.Summary.Warning)
}

// unpiped is a line without the sign that begins the figures.
func unpiped(line string) string { return strings.ReplaceAll(line, "|", `\x7c`) }
