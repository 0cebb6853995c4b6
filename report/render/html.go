package render

// This file writes a report as one page that needs nothing else: no script, no
// font, no picture from elsewhere, so that it can be mailed, kept and printed.

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// sections is how many targets a page tells in full; of more it tells those
// that weigh most, and lists all.
const sections = 25

// page is what the template shows. Text in it has gone through Safe; the
// template escapes it for HTML.
type page struct {
	Style    template.CSS // ours
	Policy   string       // Content-Security-Policy
	Title    string
	Verdict  mark
	Line     string
	Facts    []fact
	Small    []fact    // at the end
	Index    []indexed // empty: one target
	Left     int       // targets that have no section
	Targets  []targetView
	Issuance string
	Notes    []string
	Next     string
}

type fact struct{ Name, Value string }

// A mark is a verdict: a sign, a word and a colour, never the colour alone.
type mark struct{ Class, Sign, Word string }

// indexed is a line of the list of targets.
type indexed struct {
	Name, Link string // no link: it has no section
	Mark       mark
	Why        string
}

func markOf(v report.Verdict) mark {
	switch v {
	case report.WouldIssue:
		return mark{"good", "✓", v.String()}
	case report.WouldNot:
		return mark{"bad", "✗", v.String()}
	case report.CannotTell:
	}
	return mark{"open", "?", v.String()}
}

// HTML writes a report as one self-contained page.
func HTML(w io.Writer, r *report.Report) error {
	// Parsed for each page: a parsed template is state, and it takes a
	// millisecond.
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, pageOf(r)); err != nil {
		return fmt.Errorf("filling the page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func pageOf(r *report.Report) page {
	sum := sha256.Sum256([]byte(pageCSS))
	p := page{
		Style:   template.CSS(pageCSS), //nolint:gosec // it is ours, and the policy below names its hash
		Policy:  "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
		Title:   titleOf(r),
		Verdict: markOf(worstOf(r)),
		Line:    summaryOf(r),
		Facts:   factsOf(r),
		Small:   smallOf(r),
		Next:    strings.Join(strings.Fields(Next(r)), " "),
	}
	for _, n := range r.Notes {
		p.Notes = append(p.Notes, Safe(n, longText))
	}
	var b sheet
	issuance(&b, r)
	p.Issuance = b.String()
	shown := shownFully(r)
	for i, t := range r.Targets {
		link := ""
		if shown[i] {
			link = fmt.Sprintf("t%d", i+1)
			p.Targets = append(p.Targets, sectionOf(link, t))
			p.Targets[len(p.Targets)-1].Only = len(r.Targets) == 1
		}
		if len(r.Targets) > 1 {
			p.Index = append(p.Index, indexed{Safe(t.Identifier.Value, longURL), link, markOf(t.Verdict), Safe(whyOf(t), longText)})
		}
	}
	p.Left = len(r.Targets) - len(p.Targets)
	return p
}

// worstOf is the verdict of a whole report.
func worstOf(r *report.Report) report.Verdict {
	switch {
	case r.Ready == nil:
		return report.CannotTell
	case *r.Ready:
		return report.WouldIssue
	}
	return report.WouldNot
}

// summaryOf is the last line of the text report after its verdict, which the
// page shows larger.
func summaryOf(r *report.Report) string {
	line := Line(r)
	for _, word := range []string{"Not ready: ", "Ready. ", "Cannot tell. "} {
		line = strings.TrimPrefix(line, word)
	}
	return strings.ToUpper(line[:1]) + line[1:]
}

func titleOf(r *report.Report) string {
	if len(r.Targets) == 1 {
		return Safe(r.Targets[0].Identifier.Value, longURL)
	}
	return count(len(r.Targets), "target")
}

// factsOf is who looked, when and by which rules.
func factsOf(r *report.Report) []fact {
	var from []string
	for _, v := range r.Run.Vantages {
		from = append(from, v.ID)
	}
	return []fact{
		{"Looked at", r.Run.StartedAt.UTC().Format("2 January 2006, 15:04:05 UTC")},
		{"Took", lasted(r.Run.DurationMS)},
		{"From", Safe(strings.Join(from, ", "), longText)},
		{"Rules", Safe(r.Run.Policy, longText) + ", read " + Safe(r.Run.PolicyRead, longText)},
	}
}

// smallOf is what a machine, or whoever mends acmecheck, wants to know.
func smallOf(r *report.Report) []fact {
	return []fact{
		{"Exit code", fmt.Sprintf("%d (%s)", r.Exit.Code, Safe(strings.ReplaceAll(r.Exit.Reason, "_", " "), longText))},
		{"Made by", Safe(r.Tool.Name+" "+r.Tool.Version, longText)},
		{"Run", Safe(r.Run.ID, longText)},
	}
}

// shownFully picks the targets that get a section.
func shownFully(r *report.Report) map[int]bool {
	order := make([]int, len(r.Targets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return weight(r.Targets[a]) - weight(r.Targets[b]) })
	shown := map[int]bool{}
	for _, i := range order[:min(sections, len(order))] {
		shown[i] = true
	}
	return shown
}

// whyOf is a target in a sentence.
func whyOf(t report.Target) string {
	for _, f := range t.Findings {
		if f.Suppressed == nil {
			return f.Summary
		}
	}
	for _, o := range t.Verdicts {
		if o.Decisive {
			return o.Why
		}
	}
	return ""
}

// micro is a duration for people, in the unit that suits it.
func micro(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
