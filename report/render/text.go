package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

const (
	width    = 98  // columns that prose is wrapped at
	longURL  = 200 // runes of a URL shown
	longText = 1000
	fixes    = 3 // remedies shown; explain has them all
)

// Text writes a report for people: what is wrong, where it was seen, why and
// what to type; the verdict first and last.
func Text(w io.Writer, r *report.Report) error {
	var b bytes.Buffer
	for i, t := range r.Targets {
		if i > 0 {
			b.WriteByte('\n')
		}
		target(&b, t, len(r.Targets) > 1)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", Safe(n, longText))
	}
	ending(&b, r)
	_, err := w.Write(b.Bytes())
	return err
}

func target(b *bytes.Buffer, t report.Target, many bool) {
	for _, o := range t.Verdicts {
		if many || o.Verdict == report.WouldIssue {
			heading(b, t, o)
		}
		if o.Verdict == report.WouldIssue {
			summary(b, o)
		}
		told := false // the CA's sentence goes with the first error
		for _, f := range o.Findings {
			if f.Severity == report.Info && f.Settle == "" {
				fmt.Fprintf(b, "info[%s]: %s\n", f.Code, Safe(f.Summary, longText))
				continue
			}
			finding(b, f, o, !told)
			told = told || f.Severity == report.Error
		}
	}
}

func heading(b *bytes.Buffer, t report.Target, o report.Outcome) {
	const column = 80
	name := Safe(t.Identifier.Value, longURL)
	fmt.Fprintf(b, "%s%*s\n", name, max(2+len(o.Verdict.String()), column+len(o.Verdict.String())-len([]rune(name))), o.Verdict)
}

// summary tells in two lines what went well.
func summary(b *bytes.Buffer, o report.Outcome) {
	if len(o.Probes) == 0 || len(o.Probes[0].Hops) == 0 {
		return
	}
	hops := o.Probes[0].Hops
	if d := hops[0].DNS; d != nil {
		fmt.Fprintf(b, "  %-9s %-5s %s\n", "dns", "ok", answers(d.Answers))
	}
	line := fmt.Sprintf("  %-9s %-5s %s", o.Method, "ok", o.Why)
	if last := hops[len(hops)-1]; last.Timings.TTFB != nil {
		line += fmt.Sprintf("   %s%s", address(last), timings(last.Timings))
	}
	fmt.Fprintln(b, line)
}

// answers are addresses with their record types.
func answers(all []string) string {
	var out []string
	for _, a := range all {
		record := "A "
		if strings.Contains(a, ":") {
			record = "AAAA "
		}
		out = append(out, record+a)
	}
	return strings.Join(out, "   ")
}

// finding writes one, in the form of a compiler's: code, place, evidence,
// cause, fixes.
func finding(b *bytes.Buffer, f report.Finding, o report.Outcome, withCA bool) {
	label := f.Severity.String()
	if o.Verdict == report.CannotTell && f.Settle != "" {
		label = "CANNOT TELL"
	}
	fmt.Fprintf(b, "%s[%s]: %s\n", label, f.Code, Safe(f.Summary, longText))
	place(b, f, o)
	for _, e := range f.Evidence {
		evidence(b, e)
	}
	if label == "CANNOT TELL" {
		paragraph(b, "why: ", f.Explanation)
	}
	if len(f.Causes) > 0 && f.Code != "" && label != "CANNOT TELL" {
		paragraph(b, "cause: ", fmt.Sprintf("(%s) %s", f.Causes[0].Certainty, f.Causes[0].Text))
	}
	remedies(b, f)
	if f.Severity == report.Error && withCA && o.Problem != nil {
		paragraph(b, "CA:    ", kind(o.Problem.Type)+": "+Safe(o.Problem.Detail, longText))
	}
	if f.Settle != "" {
		fmt.Fprintf(b, "  settle it: %s\n", Safe(string(f.Settle), longText))
	}
	if len(f.Repro) > 0 && f.Severity == report.Error {
		fmt.Fprintf(b, "  try:   %s\n", Safe(f.Repro[0], longText))
	}
	fmt.Fprintf(b, "  more:  acmecheck explain %s\n", f.Code)
	for _, t := range f.Topics {
		fmt.Fprintf(b, "         acmecheck explain %s\n", t)
	}
}

func remedies(b *bytes.Buffer, f report.Finding) {
	for i, r := range f.Remediation[:min(fixes, len(f.Remediation))] {
		label := "fix:   "
		if i > 0 {
			label = "or:    "
		}
		paragraph(b, label, "("+r.For+") "+Safe(r.Text, longText))
		if r.Snippet != nil {
			for line := range strings.Lines(*r.Snippet) {
				fmt.Fprintf(b, "           %s\n", Safe(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "), longText))
			}
		}
	}
	for _, n := range f.NotAFix {
		fmt.Fprintf(b, "  not a fix here: %s\n", Safe(n, longText))
	}
}

// place says where it was seen: the CA's request, or what it is about.
func place(b *bytes.Buffer, f report.Finding, o report.Outcome) {
	h, ok := hopOf(f, o)
	if !ok {
		fmt.Fprintf(b, "  --> %s\n", Safe(f.Subject, longURL))
		return
	}
	fmt.Fprintf(b, "  --> hop %d of %d  GET %s   %s\n", h.N, h.Of, Safe(string(h.URL), longURL), address(h))
	if h.HTTP != nil {
		line := fmt.Sprintf("%d", h.HTTP.Status)
		if server := h.HTTP.Headers["server"]; server != "" {
			line += "   " + Safe(server, 40)
		}
		fmt.Fprintf(b, "   |  %s%s\n", line, timings(h.Timings))
	}
}

func hopOf(f report.Finding, o report.Outcome) (report.Hop, bool) {
	if len(f.Evidence) == 0 || f.Evidence[0].Hop == 0 || len(o.Probes) == 0 {
		return report.Hop{}, false
	}
	for _, h := range o.Probes[0].Hops {
		if report.Natural(h.N) == f.Evidence[0].Hop {
			return h, true
		}
	}
	return report.Hop{}, false
}

// evidence writes what was seen, with the part that matters underlined.
func evidence(b *bytes.Buffer, e report.Evidence) {
	if e.Field == "status" {
		return // the place has said it
	}
	fmt.Fprintf(b, "   |  %s\n", Safe(e.Text, longText))
	if e.Span == nil {
		return
	}
	before, part := Safe(e.Text[:e.Span[0]], 0), Safe(e.Text[e.Span[0]:e.Span[1]], 0)
	fmt.Fprintf(b, "   |  %s%s %s\n", strings.Repeat(" ", len([]rune(before))), strings.Repeat("^", len([]rune(part))), e.Label)
}

func address(h report.Hop) string {
	switch {
	case h.Address == nil:
		return ""
	case strings.Contains(*h.Address, ":"):
		return fmt.Sprintf("[%s]:%d", *h.Address, h.Port)
	}
	return fmt.Sprintf("%s:%d", *h.Address, h.Port)
}

func timings(t report.Timings) string {
	var s strings.Builder
	for _, p := range []struct {
		name string
		ms   *int64
	}{{"dns", t.DNS}, {"connect", t.Connect}, {"tls", t.TLS}, {"ttfb", t.TTFB}} {
		if p.ms != nil {
			fmt.Fprintf(&s, "  %s %d", p.name, *p.ms)
		}
	}
	if s.Len() == 0 {
		return ""
	}
	return " " + s.String() + " ms"
}

// kind is a problem type without its URN prefix.
func kind(t string) string { return t[strings.LastIndexByte(t, ':')+1:] }

// paragraph writes prose behind a label, wrapped and indented below it.
func paragraph(b *bytes.Buffer, label, text string) {
	indent := 2 + len(label)
	line := "  " + label
	used := indent
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		if i > 0 && used+1+n > width {
			fmt.Fprintln(b, line)
			line, used = strings.Repeat(" ", indent), indent
		} else if i > 0 {
			line += " "
			used++
		}
		line += word
		used += n
	}
	fmt.Fprintln(b, line)
}

// ending is the last line: the verdict, the counts, and whose rules they are.
func ending(b *bytes.Buffer, r *report.Report) {
	fmt.Fprintf(b, "%s %s, %s, %.1f s. Rules: %s, read %s.\n", Verdict(r), count(r.Summary.Error, "error"), count(r.Summary.Warning, "warning"),
		float64(r.Run.DurationMS)/1000, r.Run.Policy, r.Run.PolicyRead)
	if next := Next(r); next != "" {
		fmt.Fprintf(b, "next: %s\n", next)
	}
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Verdict is a report's verdict in a sentence or two.
func Verdict(r *report.Report) string {
	switch {
	case r.Exit.Reason == "interrupted":
		return "Interrupted."
	case r.Ready == nil && r.Exit.Reason == "inconclusive_allowed":
		return "Cannot tell, and allowed to pass. Warning: what the CA will see was not seen."
	case r.Ready == nil:
		return "Cannot tell."
	case *r.Ready:
		return "Ready."
	}
	return "Not ready: a real order now would be refused."
}

// Next is what to type after a report; empty if nothing suggests itself.
func Next(r *report.Report) string {
	if r.Ready == nil || !*r.Ready || len(r.Targets) != 1 {
		return ""
	}
	t := r.Targets[0]
	for _, o := range t.Verdicts {
		if o.Proof == "path" {
			return "acmecheck --webroot DIR " + Safe(t.Identifier.Value, longURL) + "    shows it with a real token"
		}
	}
	return ""
}
