package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
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
func Text(w io.Writer, r *report.Report) error { return TextOptions{}.Write(w, r) }

// TextOptions are how a report for people is written. The zero TextOptions are
// those of Text.
type TextOptions struct {
	Colour  bool // for a terminal that has it; it never is the only sign
	Verbose bool // every walk and its requests, not only those that a finding tells
}

// Write writes a report as Text does.
func (o TextOptions) Write(w io.Writer, r *report.Report) error {
	b := sheet{colour: o.Colour}
	brief := true // nothing, or a heading alone, came before
	for i, t := range r.Targets {
		one := sheet{colour: o.Colour}
		target(&one, t, len(r.Targets) > 1)
		if o.Verbose {
			walks(&one, t)
		}
		before := brief
		brief = bytes.Count(one.Bytes(), []byte("\n")) == 1
		if i > 0 && (!brief || !before) {
			b.WriteByte('\n')
		}
		b.Write(one.Bytes())
	}
	issuance(&b, r)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", Safe(n, longText))
	}
	ending(&b, r)
	_, err := w.Write(b.Bytes())
	return err
}

// target tells one; of many, only the verdict and what there is to say about it.
func target(b *sheet, t report.Target, many bool) {
	ready := t.Ready != nil && *t.Ready
	if many || ready {
		heading(b, t)
	}
	if ready && !many {
		addresses(b, t)
		rows(b, t, func(o report.Outcome) bool { return o.Decisive })
	}
	seen := map[string]bool{}
	for _, o := range t.Verdicts {
		if o.Decisive {
			findings(b, o, seen)
		}
	}
	if !many {
		rows(b, t, func(o report.Outcome) bool { return !o.Decisive })
	}
}

// findings writes those of an outcome that count and were not told before. The
// CA's sentence goes with the first error.
func findings(b *sheet, o report.Outcome, seen map[string]bool) {
	told := false
	for _, f := range o.Findings {
		switch {
		case seen[f.Same()], f.Suppressed != nil && !f.Waived():
		case f.Waived():
			setAside(b, f)
		case f.Severity == report.Info && f.Settle == "":
			fmt.Fprintf(b, "info[%s]: %s\n", Safe(f.Code, longText), Safe(f.Summary, longText))
		default:
			finding(b, f, o, !told)
			told = told || f.Severity == report.Error
		}
		seen[f.Same()] = true
	}
}

// setAside tells a finding that the user does not want to count, in short.
func setAside(b *sheet, f report.Finding) {
	if f.Severity > report.Info || f.Settle != "" {
		fmt.Fprintf(b, "%s[%s]: %s\n  %s\n", f.Severity, Safe(f.Code, longText), Safe(f.Summary, longText), Safe(*f.Suppressed, longText))
	}
}

// heading is the name, and the verdict where its user looks for it.
func heading(b *sheet, t report.Target) {
	const column = 80
	name, word := Safe(t.Identifier.Value, longURL), t.Verdict.String()
	gap := max(2, column-len([]rune(name)))
	fmt.Fprintf(b, "%s%*s%s\n", b.paint(bold, name), gap, "", b.paint(hues[word], word))
}

// addresses tells where the name leads.
func addresses(b *sheet, t report.Target) {
	for _, p := range t.Probes {
		if len(p.Hops) > 0 && p.Hops[0].DNS != nil {
			fmt.Fprintf(b, "  %-9s %-5s %s\n", "dns", "ok", answers(p.Hops[0].DNS.Answers))
			return
		}
	}
}

// rows tell in a line each how methods fare. What does not decide and does not
// pass is no fault: a dash.
func rows(b *sheet, t report.Target, which func(report.Outcome) bool) {
	for _, o := range t.Verdicts {
		if !which(o) {
			continue
		}
		mark, text := "ok", o.Why
		if o.Verdict != report.WouldIssue {
			mark, text = "-", reason(o)
		}
		line := fmt.Sprintf("  %-9s %-5s %s", short(o.Method), mark, Safe(text, longText))
		if last, ok := lastHop(o); ok && last.Timings.TTFB != nil {
			line += fmt.Sprintf("   %s%s", address(last), timings(last.Timings))
		}
		fmt.Fprintln(b, line)
	}
}

// short is a method's name where room is scarce.
func short(m probes.Method) string {
	if name := string(m); len(name) > len("http-01") {
		return Safe(strings.TrimSuffix(name, "-01"), longText)
	}
	return Safe(string(m), longText)
}

// reason is why an outcome is not a pass, in a few words.
func reason(o report.Outcome) string {
	for _, f := range o.Findings {
		if f.Severity == report.Error || f.Settle != "" {
			return f.Summary
		}
	}
	return o.Why
}

func lastHop(o report.Outcome) (report.Hop, bool) {
	if len(o.Probes) == 0 || len(o.Probes[0].Hops) == 0 {
		return report.Hop{}, false
	}
	return o.Probes[0].Hops[len(o.Probes[0].Hops)-1], true
}

// answers are addresses with their record types.
func answers(all []string) string {
	var out []string
	for _, a := range all {
		record := "A "
		if strings.Contains(a, ":") {
			record = "AAAA "
		}
		out = append(out, record+Safe(a, longURL))
	}
	return strings.Join(out, "   ")
}

// finding writes one, in the form of a compiler's: code, place, evidence,
// cause, fixes.
func finding(b *sheet, f report.Finding, o report.Outcome, withCA bool) {
	label := f.Severity.String()
	if o.Verdict == report.CannotTell && f.Settle != "" {
		label = "CANNOT TELL"
	}
	fmt.Fprintf(b, "%s: %s\n", b.paint(hues[label], fmt.Sprintf("%s[%s]", label, Safe(f.Code, longText))), b.paint(bold, Safe(f.Summary, longText)))
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
	fmt.Fprintf(b, "  more:  acmecheck explain %s\n", Safe(f.Code, longText))
	for _, t := range f.Topics {
		fmt.Fprintf(b, "         acmecheck explain %s\n", Safe(t, longText))
	}
}

func remedies(b *sheet, f report.Finding) {
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
func place(b *sheet, f report.Finding, o report.Outcome) {
	h, ok := hopOf(f, o)
	if !ok {
		fmt.Fprintf(b, "  --> %s\n", Safe(f.Subject, longURL))
		return
	}
	if h.URL == "" {
		fmt.Fprintf(b, "  --> TLS handshake of %s   %s%s\n", Safe(string(o.Method), longText), address(h), timings(h.Timings))
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
func evidence(b *sheet, e report.Evidence) {
	if e.Field == "status" {
		return // the place has said it
	}
	fmt.Fprintf(b, "   |  %s\n", Safe(e.Text, longText))
	if e.Span == nil {
		return
	}
	before, part := Safe(e.Text[:e.Span[0]], 0), Safe(e.Text[e.Span[0]:e.Span[1]], 0)
	carets := b.paint(hues["error"], strings.Repeat("^", len([]rune(part)))+" "+Safe(string(e.Label), longText))
	fmt.Fprintf(b, "   |  %s%s\n", strings.Repeat(" ", len([]rune(before))), carets)
}

func address(h report.Hop) string {
	switch {
	case h.Address == nil:
		return ""
	case strings.Contains(*h.Address, ":"):
		return fmt.Sprintf("[%s]:%d", Safe(*h.Address, longURL), h.Port)
	}
	return fmt.Sprintf("%s:%d", Safe(*h.Address, longURL), h.Port)
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

// paragraph writes prose behind a label, wrapped and indented below it. It is
// safe: also the catalogue's prose may come out of a stranger's report.
func paragraph(b *sheet, label, text string) {
	label = Safe(label, longText)
	indent := 2 + len(label)
	line := "  " + label
	used := indent
	for i, word := range strings.Fields(text) {
		word = Safe(word, 0)
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
