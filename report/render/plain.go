package render

// This file tells a finding in plain lines, for formats that have one text and
// no place for its parts. Whatever came from outside has gone through Safe.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// inLines is a finding: what is wrong, the CA's sentence, what was seen, what to
// change, and where to read on.
func inLines(t report.Target, f report.Finding) []string {
	lines := []string{Safe(f.Summary, longText)}
	if p := problemOf(t, f); p != nil && f.Suppressed == nil {
		lines = append(lines, sentence(p))
	}
	for _, e := range f.Evidence {
		if e.Field != "status" { // a bare number tells nothing here
			lines = append(lines, "Seen: "+Safe(e.Text, longText))
		}
	}
	for _, r := range f.Remediation[:min(fixes, len(f.Remediation))] {
		lines = append(lines, remedyInLines(r)...)
	}
	if f.Settle != "" {
		lines = append(lines, "Settle it: "+Safe(string(f.Settle), longText))
	}
	return append(lines, "More: acmecheck explain "+Safe(f.Code, longText))
}

func remedyInLines(r report.Remedy) []string {
	lines := []string{fmt.Sprintf("Fix (%s): %s", Safe(r.For, longText), Safe(r.Text, longText))}
	if r.Snippet != nil {
		for line := range strings.Lines(*r.Snippet) {
			line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
			lines = append(lines, "    "+Safe(line, longText))
		}
	}
	return lines
}

// sentence is a CA's problem as a line.
func sentence(p *report.Problem) string {
	who := "The CA said: "
	if p.Predicted {
		who = "The CA would say: "
	}
	return who + Safe(kind(p.Type), longText) + ": " + Safe(p.Detail, longText)
}

// nameOf is what to call a target: never empty, and not escaped.
func nameOf(t report.Target) string {
	switch {
	case t.Identifier.Value != "":
		return t.Identifier.Value
	case t.Input != "":
		return t.Input
	}
	return "(no name)"
}

// sayings are what a report has to say beside its findings: the verdict, and the
// notes, which tell why there is none.
func sayings(r *report.Report) []string {
	lines := []string{Verdict(r)}
	for _, n := range r.Notes {
		lines = append(lines, Safe(n, longText))
	}
	return lines
}

// A toldFinding is a finding with the target it is of.
type toldFinding struct {
	report.Finding

	of report.Target
}

// worstFirst are the findings of all targets that count, in the order of their
// weight, and then of the report.
func worstFirst(r *report.Report) []toldFinding {
	var all []toldFinding
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			if f.Suppressed == nil {
				all = append(all, toldFinding{f, t})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b toldFinding) int { return int(b.Severity) - int(a.Severity) })
	return all
}
