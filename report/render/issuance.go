package render

// This file tells an order: what was foreseen, the way it went, what arrived
// here while the CA looked, and what came of it.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// issuance writes what came of an order; nothing if there was none.
func issuance(b *sheet, r *report.Report) {
	i := r.Issuance
	if i == nil {
		return
	}
	if len(r.Targets) > 0 { // there was a look
		fmt.Fprintf(b, "%-11s %s   (rules of %s, read %s)\n", "preflight", preflight(r), Safe(r.Run.Policy, longText), Safe(r.Run.PolicyRead, longText))
	}
	what := "issue"
	if i.Rehearsal {
		what = "rehearse"
	}
	fmt.Fprintf(b, "%-11s %s %s%s\n", what, Safe(i.CA.Name, longText), Safe(i.CA.Directory, longURL), trust(i.CA))
	steps(b, i)
	arrived(b, i)
	authorizations(b, i)
	uncounted(b, r)
	fmt.Fprintf(b, "%-11s %s\n", "outcome", outcome(i))
	files(b, i)
}

// preflight is the verdict of our own look, which the CA's has taken the place
// of: the first vantage still has it.
func preflight(r *report.Report) report.Verdict {
	if len(r.Run.Vantages) == 0 {
		return report.CannotTell
	}
	first := r.Run.Vantages[0].ID
	var all []report.Verdict
	for _, t := range r.Targets {
		for _, o := range t.Verdicts {
			switch {
			case !o.Decisive:
			case slices.Contains(o.Vantages.Fail, first):
				all = append(all, report.WouldNot)
			case slices.Contains(o.Vantages.Pass, first):
				all = append(all, report.WouldIssue)
			default:
				all = append(all, report.CannotTell)
			}
		}
	}
	return report.Worst(all...)
}

func trust(ca report.CA) string {
	if ca.Trusted != nil && !*ca.Trusted {
		return "   TEST CA, browsers do not trust it"
	}
	return ""
}

// steps writes them in order, those that went alike on one line.
func steps(b *sheet, i *report.Issuance) {
	marks := map[string]string{"ok": "ok", "refused": "no", "no_answer": "-"}
	words := map[string]string{"refused": ", refused", "no_answer": ", no answer"}
	var line []string
	for n, s := range i.Steps {
		line = append(line, fmt.Sprintf("%s %s%s", Safe(s.Name, longText), lasted(s.MS), words[s.Status]))
		if n+1 == len(i.Steps) || i.Steps[n+1].Status != s.Status {
			paragraph(b, fmt.Sprintf("%-5s ", marks[s.Status]), strings.Join(line, ", "))
			line = nil
		}
	}
}

func lasted(ms int64) string {
	const second = 1000
	if ms >= second {
		return fmt.Sprintf("%.1f s", float64(ms)/second)
	}
	return fmt.Sprintf("%d ms", ms)
}

// arrived tells how many requests came, and how many perspectives the rules
// want. It does not tell from where: nobody could say which are missing, and
// somebody would make a list of them.
func arrived(b *sheet, i *report.Issuance) {
	at := slices.IndexFunc(i.Steps, func(s report.IssuanceStep) bool { return s.Name == "challenge" })
	if !i.Watched || at < 0 {
		return
	}
	from := map[string]bool{}
	for _, f := range i.Steps[at].CAFetches {
		from[f.From] = true
	}
	text := count(len(i.Steps[at].CAFetches), "request") + " arrived"
	switch {
	case len(from) == 1:
		text += ", from 1 address"
	case len(from) > 1:
		text += fmt.Sprintf(", from %d addresses", len(from))
	}
	if i.Perspectives > 0 {
		text += fmt.Sprintf("; the rules expect at least %d perspectives", i.Perspectives)
	}
	paragraph(b, "      ", text)
}

// authorizations are told one by one where there are several, or where one is
// not valid.
func authorizations(b *sheet, i *report.Issuance) {
	const few = 20
	for n, a := range i.Authorizations {
		if len(i.Authorizations) == 1 && a.Status == "valid" {
			return
		}
		if n == few {
			paragraph(b, "      ", fmt.Sprintf("and %d more", len(i.Authorizations)-few))
			return
		}
		name := a.Identifier.Value
		if a.Wildcard {
			name = "*." + name
		}
		text := strings.Join(strings.Fields(Safe(name, longURL)+" "+Safe(string(a.Method), longText)+" "+Safe(a.Status, longText)), " ")
		if a.Problem != nil {
			text += ": " + Safe(kind(a.Problem.Type), longText)
		}
		paragraph(b, "      ", text)
	}
}

// uncounted tells which errors were foreseen, and are none.
func uncounted(b *sheet, r *report.Report) {
	for _, t := range r.Targets {
		for _, o := range t.Verdicts {
			for _, f := range o.Findings {
				if o.Decisive && f.Suppressed != nil && f.Severity == report.Error {
					paragraph(b, "note  ", fmt.Sprintf("from here %s was seen, and does not count: %s", f.Code, *f.Suppressed))
				}
			}
		}
	}
}

func outcome(i *report.Issuance) string {
	validated := len(i.Authorizations) > 0 && !slices.ContainsFunc(i.Authorizations, func(a report.Authorization) bool { return a.Status != "valid" })
	switch c := i.Certificate; {
	case c != nil:
		return fmt.Sprintf("issued: serial %s, valid until %s, for %s", Safe(c.Serial, longText), c.NotAfter.UTC().Format(time.DateOnly), Safe(strings.Join(c.SANs, ", "), longText))
	case i.Problem != nil:
		return "the CA refused (" + Safe(kind(i.Problem.Type), longText) + ")"
	case validated && i.Rehearsal:
		return "the CA validated; nothing was issued, as it was a rehearsal"
	case validated:
		return "the CA validated, and no certificate has come of it yet"
	}
	return "the CA has not come to an answer"
}

func files(b *sheet, i *report.Issuance) {
	if i.Certificate == nil {
		return
	}
	for _, what := range slices.Sorted(maps.Keys(i.Certificate.Files)) {
		fmt.Fprintf(b, "  %-10s %s\n", Safe(what, longText), Safe(i.Certificate.Files[what], longText))
	}
}
