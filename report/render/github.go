package render

// This file tells a report to GitHub Actions: workflow commands, which become
// annotations, and the page of a step's summary.

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// GitHub writes a report as workflow commands, the worst finding first: GitHub
// shows ten annotations of a kind for a step, and the log has them all.
func GitHub(w io.Writer, r *report.Report) error {
	var b bytes.Buffer
	if r.Ready == nil { // before any other notice, for the same reason
		workflowCommand(&b, "notice", "acmecheck", nil, sayings(r))
	}
	for _, f := range worstFirst(r) {
		lines := inLines(f.of, f.Finding)
		lines[0] = Safe(nameOf(f.of), longURL) + ": " + lines[0]
		workflowCommand(&b, annotation(f.Severity), f.Code, f.of.Source, lines)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func annotation(s report.Severity) string {
	switch s {
	case report.Error:
		return "error"
	case report.Warning:
		return "warning"
	case report.Info:
	}
	return "notice"
}

// workflowCommand writes a workflow command. Everything is on its one line, so that
// nothing from the network can begin another: the runner takes "::" at the start
// of a line for a command.
func workflowCommand(b *bytes.Buffer, name, title string, at *report.Source, lines []string) {
	fmt.Fprintf(b, "::%s title=%s", name, property(title))
	if at != nil && at.File != "" {
		fmt.Fprintf(b, ",file=%s,line=%d", property(at.File), max(1, at.Line))
	}
	fmt.Fprintf(b, "::%s\n", commandData.Replace(strings.Join(lines, "\n")))
}

// What the runner takes back (actions/toolkit packages/core/src/command.ts).
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(s string) string { return commandProperty.Replace(Safe(s, longURL)) }

// summaryLimit is somewhat less than the 1 MiB that GitHub takes of a step: what
// is longer it does not show at all.
const summaryLimit = 1000 << 10

// GitHubSummary writes a report as the Markdown of a step's summary: all findings
// that count, and the verdicts that decide.
func GitHubSummary(w io.Writer, r *report.Report) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "### acmecheck: %s\n", Line(r))
	if len(r.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "- %s\n", prose(n))
	}
	summaryTable(&b, []string{"", "target", "code", "what is wrong", "what to change"}, findingRows(r))
	summaryTable(&b, []string{"", "target", "method", "verdict", "why"}, verdictRows(r))
	fmt.Fprintf(&b, "\nRules: %s, read %s.\n", code(r.Run.Policy), code(r.Run.PolicyRead))
	_, err := w.Write(b.Bytes())
	return err
}

// summaryTable writes a table of cells that are Markdown already; nothing if it is
// empty.
func summaryTable(b *bytes.Buffer, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for i, row := range rows {
		line := "| " + strings.Join(row, " | ") + " |\n"
		if b.Len()+len(line) > summaryLimit {
			fmt.Fprintf(b, "\nand %s more; `--out json=FILE` has all.\n", count(len(rows)-i, "row"))
			return
		}
		b.WriteString(line)
	}
}

func verdictRows(r *report.Report) [][]string {
	marks := map[report.Verdict]string{report.WouldIssue: "✅", report.WouldNot: "❌", report.CannotTell: "❔"}
	var rows [][]string
	for _, t := range r.Targets {
		for _, o := range t.Verdicts {
			if o.Decisive {
				rows = append(rows, []string{marks[o.Verdict], cell(nameOf(t)), cell(string(o.Method)), cell(o.Word), inRow(reason(o))})
			}
		}
	}
	return rows
}

func findingRows(r *report.Report) [][]string {
	marks := map[report.Severity]string{report.Error: "❌", report.Warning: "⚠️", report.Info: "ℹ️"}
	var rows [][]string
	for _, f := range worstFirst(r) {
		what := inRow(f.Summary)
		if p := problemOf(f.of, f.Finding); p != nil {
			what += "<br>" + cell(kind(p.Type)+": "+p.Detail)
		}
		fix := ""
		if len(f.Remediation) > 0 {
			fix = summaryFix(f.Remediation[0])
		}
		rows = append(rows, []string{marks[f.Severity], cell(nameOf(f.of)), cell(f.Code), what, fix})
	}
	return rows
}

func summaryFix(r report.Remedy) string {
	lines := []string{inRow(r.For + ": " + r.Text)}
	if r.Snippet != nil {
		for line := range strings.Lines(*r.Snippet) {
			lines = append(lines, cell(strings.TrimRight(line, "\n")))
		}
	}
	return strings.Join(lines, "<br>")
}

// inRow is prose within a table, where a bar would end the cell whatever stands
// around it.
func inRow(s string) string { return prose(strings.ReplaceAll(s, "|", "¦")) }
