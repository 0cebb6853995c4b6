package render

// This file is the end of a report for people: the verdict, the counts, and what
// to type next.

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// ending is the last line: the verdict, the counts, and whose rules they are.
func ending(b *sheet, r *report.Report) {
	hue := hues["READY"]
	if r.Exit.Code != 0 {
		hue = hues["NOT READY"]
	}
	fmt.Fprintf(b, "%s Rules: %s, read %s.\n", b.paint(hue, Line(r)), Safe(r.Run.Policy, longText), Safe(r.Run.PolicyRead, longText))
	if next := Next(r); next != "" {
		fmt.Fprintf(b, "next: %s\n", next)
	}
}

// Line is the verdict with the counts, on one line: what people see where the
// report itself is for machines.
func Line(r *report.Report) string {
	about := ""
	if n := len(r.Targets); n > 1 {
		about = count(n, "target") + ", "
	}
	return fmt.Sprintf("%s %s%s, %s, %.1f s.", Verdict(r), about, count(r.Summary.Error, "error"), count(r.Summary.Warning, "warning"), float64(r.Run.DurationMS)/1000)
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Verdict is a report's verdict in a sentence or two.
func Verdict(r *report.Report) string {
	switch r.Exit.Reason {
	case "ignored":
		return said(r) + " What stands against it is ignored."
	case "known":
		return said(r) + " Nothing of it is new."
	}
	return said(r)
}

// said is Verdict, whatever the user does not want to count.
func said(r *report.Report) string {
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
		name := Safe(t.Identifier.Value, longURL)
		switch {
		case !o.Decisive || o.Proof != probes.ProofPath:
		case o.Method == probes.HTTP01:
			return "acmecheck --webroot DIR " + name + "    shows it with a real token"
		case o.Method == probes.DNS01:
			return "acmecheck --expect-txt VALUE 'dns-01@" + name + "'    shows it with a real value"
		}
	}
	return ""
}
