package render

// This file writes a report to be pasted into the forum of Let's Encrypt
// (community.letsencrypt.org, category Help), which asks everybody the same
// questions first.

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// The forum folds nothing by itself, and takes posts of 32,000 characters.
const (
	rowsShown     = 4     // of the verdict table
	findingsShown = 2     // the others are named, and told in the folded part
	namesShown    = 5     // targets in one sentence
	foldedMost    = 24000 // octets of the folded part
)

// Markdown writes a redacted report that answers the questions of the forum as
// far as it can, with the whole text folded away. What came from the network
// stands in code alone, so it can make no link, image, mention or HTML.
func Markdown(w io.Writer, r *report.Report) error {
	r = Redacted(shownOf(r))
	var b bytes.Buffer
	ask(&b, "My domain is", domains(r))
	ask(&b, "I ran this command", command(r))
	fmt.Fprint(&b, "**It produced this output:**\n\n")
	fmt.Fprintf(&b, "**%s** Rules: %s, read %s.\n\n", prose(Line(r)), code(r.Run.Policy), prose(r.Run.PolicyRead))
	table(&b, r)
	told(&b, r)
	folded(&b, r)
	var answers []string
	for _, q := range []struct{ question, answer string }{
		{"My web server is (include version)", server(r)},
		{"The operating system my web server runs on is (include version)", ""},
		{"My hosting provider, if applicable, is", ""},
		{"I can login to a root shell on my machine (yes or no, or I don't know)", ""},
		{"I'm using a control panel to manage my site (no, or provide the name and version of the control panel)", ""},
		{"The version of my client is (e.g. output of `certbot --version` or `certbot-auto --version` if you're using Certbot)", client(r)},
	} {
		answers = append(answers, fmt.Sprintf("**%s:** %s", q.question, cmp.Or(q.answer, `(not known to acmecheck) \_\_\_\_\_\_`)))
	}
	paragraphOf(&b, answers)
	_, err := w.Write(append(bytes.TrimRight(b.Bytes(), "\n"), '\n'))
	return err
}

// paragraphOf writes lines with hard breaks between them.
func paragraphOf(b *bytes.Buffer, lines []string) {
	fmt.Fprintf(b, "%s\n\n", strings.Join(lines, "\\\n"))
}

// shownOf is a report without the targets that Markdown does not come to show:
// those that are not ready come first.
func shownOf(r *report.Report) *report.Report {
	const most = 20
	if len(r.Targets) <= most {
		return r
	}
	short := *r
	short.Targets = slices.Clone(r.Targets)
	slices.SortStableFunc(short.Targets, func(a, b report.Target) int { return weight(a) - weight(b) })
	short.Targets = short.Targets[:most]
	short.Notes = append(slices.Clone(r.Notes), fmt.Sprintf("%d of %d targets are shown here, the worst first", most, len(r.Targets)))
	return &short
}

// weight is low for a target that people should see first.
func weight(t report.Target) int {
	switch {
	case t.Ready == nil:
		return 1
	case !*t.Ready:
		return 0
	case len(t.Findings) > 0:
		return 2
	}
	return 3
}

func ask(b *bytes.Buffer, question, answer string) {
	fmt.Fprintf(b, "**%s:** %s\n\n", question, answer)
}

func domains(r *report.Report) string {
	var names []string
	for _, t := range r.Targets {
		if name := code(t.Identifier.Value); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return some(names, ", ")
}

// some joins the first of many.
func some(all []string, with string) string {
	if len(all) == 0 {
		return "(none)"
	}
	if n := len(all) - namesShown; n > 0 {
		return strings.Join(all[:namesShown], with) + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(all, with)
}

// command is how the run may have been called; the report holds no flags.
func command(r *report.Report) string {
	var words []string
	for _, t := range r.Targets {
		words = append(words, t.Input)
	}
	verb := "acmecheck "
	if r.Issuance != nil {
		verb = "acmecheck issue "
		if r.Issuance.Rehearsal {
			verb = "acmecheck rehearse "
		}
	}
	return code(verb+some(words, " ")) + " (acmecheck " + code(r.Tool.Version) + "; flags are not part of a report)"
}

func table(b *bytes.Buffer, r *report.Report) {
	fmt.Fprint(b, "| Name | Method | Verdict | Findings |\n|---|---|---|---|\n")
	n := 0
	for _, t := range r.Targets {
		for _, o := range t.Verdicts {
			if !o.Decisive {
				continue
			}
			if n++; n <= rowsShown {
				fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cell(t.Identifier.Value), cell(string(o.Method)), verdictMark(o), cells(o.Codes))
			}
		}
	}
	if n > rowsShown {
		fmt.Fprintf(b, "| and %d more | | | |\n", n-rowsShown)
	}
	fmt.Fprintln(b)
}

func verdictMark(o report.Outcome) string {
	switch o.Verdict {
	case report.WouldIssue:
		return "✓ READY"
	case report.WouldNot:
		return "✗ **NOT READY**"
	case report.CannotTell:
	}
	return "? **CANNOT TELL**"
}

// cell is code within a table, where a bar would end the cell whatever stands
// around it.
func cell(s string) string { return code(strings.ReplaceAll(s, "|", "¦")) }

func cells(codes []string) string {
	const most = 3
	var out []string
	for _, c := range codes[:min(most, len(codes))] {
		out = append(out, cell(c))
	}
	if len(codes) > most {
		out = append(out, "…")
	}
	return strings.Join(out, " ")
}

// told writes the findings that weigh most, and names the others.
func told(b *bytes.Buffer, r *report.Report) {
	n, others := 0, []string{}
	for _, want := range []report.Severity{report.Error, report.Warning, report.Info} {
		for _, t := range r.Targets {
			for _, f := range t.Findings {
				switch {
				case f.Severity != want || f.Suppressed != nil:
				case n < findingsShown && (want != report.Info || f.Settle != ""):
					n++
					findingIn(b, t, f)
				case !slices.Contains(others, code(f.Code)):
					others = append(others, code(f.Code))
				}
			}
		}
	}
	if len(others) > 0 {
		fmt.Fprintf(b, "Also found: %s; the folded part tells.\n\n", some(others, ", "))
	}
}

// findingIn writes one, with hard line breaks: a paragraph.
func findingIn(b *bytes.Buffer, t report.Target, f report.Finding) {
	lines := []string{fmt.Sprintf("**%s %s**: %s", f.Severity, code(f.Code), prose(f.Summary))}
	if p := problemOf(t, f); p != nil {
		says := "The CA would say"
		if !p.Predicted {
			says = "The CA said"
		}
		lines = append(lines, says+": "+code(kind(p.Type)+": "+p.Detail))
	}
	if len(f.Evidence) > 0 {
		lines = append(lines, "Seen: "+seen(f.Evidence))
	}
	if len(f.Causes) > 0 {
		lines = append(lines, fmt.Sprintf("Cause (%s): %s", f.Causes[0].Certainty, prose(f.Causes[0].Text)))
	}
	switch {
	case f.Settle != "":
		lines = append(lines, "To settle it: "+code(string(f.Settle)))
	case len(f.Remediation) > 0:
		lines = append(lines, fmt.Sprintf("Fix (%s): %s", prose(f.Remediation[0].For), prose(f.Remediation[0].Text)))
	}
	paragraphOf(b, lines)
}

// seen is the evidence on one line: what is marked, or the first of it.
func seen(all []report.Evidence) string {
	if e := all[0]; e.Span != nil {
		return code(e.Text) + ", here: " + strings.TrimSpace(code(e.Text[e.Span[0]:e.Span[1]])+" "+prose(string(e.Label)))
	}
	const most = 6
	var out []string
	for _, e := range all[:min(most, len(all))] {
		out = append(out, code(strings.Join(strings.Fields(e.Text), " ")))
	}
	return strings.Join(out, ", ")
}

// problemOf is what the CA says of an error.
func problemOf(t report.Target, f report.Finding) *report.Problem {
	for _, o := range t.Verdicts {
		if f.Severity == report.Error && o.Method == f.Method && o.Decisive && slices.Contains(o.Codes, f.Code) {
			return o.Problem
		}
	}
	return nil
}

// folded is the whole report as text, with every walk.
func folded(b *bytes.Buffer, r *report.Report) {
	var text bytes.Buffer
	_ = TextOptions{Verbose: true}.Write(&text, r) // a buffer takes everything
	s := text.String()
	if len(s) > foldedMost {
		s = s[:strings.LastIndexByte(s[:foldedMost], '\n')+1] + "… and so on: the JSON report has all of it\n"
	}
	fence := ticks(s, 3)
	fmt.Fprintf(b, "<details><summary>The whole report, with every request</summary>\n\n%stext\n%s%s\n\n</details>\n\n", fence, s, fence)
}

// server is what the web server says it is.
func server(r *report.Report) string {
	for _, t := range r.Targets {
		for _, p := range t.Probes {
			for _, h := range p.Hops {
				if h.HTTP != nil && h.HTTP.Headers["server"] != "" && p.Kind == string(probes.HTTP01) {
					return code(h.HTTP.Headers["server"]) + " (by its Server header)"
				}
			}
		}
	}
	return ""
}

// client is who ordered: acmecheck itself, if it did.
func client(r *report.Report) string {
	if r.Issuance == nil {
		return ""
	}
	return code(r.Tool.Name + " " + r.Tool.Version)
}
