package render

// This file prepares one target for the page.

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// targetView is what the page tells of one target.
type targetView struct {
	ID, Name, Input string
	Only            bool // it is the page's only one
	Mark            mark
	Rows            []outcomeRow
	Findings        []findingView
	Chains          []chainView
	DNS             *treeView
	Time            *timeView
	Places          *placesView
	Probes          []probeView
}

// outcomeRow is how one method fares.
type outcomeRow struct {
	Method, Why string
	Mark        mark
	Decides     bool
	Problem     string // the CA's sentence
	Predicted   bool
}

type findingView struct {
	ID, Severity, Sign, Code, Summary, Explanation string
	Place                                          string
	Evidence                                       []evidenceView
	Causes                                         []causeView
	Fixes, Others                                  []fixView // what fits best, and the rest
	NotAFix                                        []string
	CA                                             string
	Predicted                                      bool
	Try, Settle                                    string
	More                                           []string
	Suppressed                                     string
}

type evidenceView struct{ Before, Marked, After, Label string }

type causeView struct{ Certainty, Text string }

type fixView struct{ For, Text, Snippet string }

type placesView struct {
	Methods []string
	Rows    []placeRow
}

type placeRow struct {
	Name  string
	Marks []mark
}

type probeView struct {
	ID, Kind, Vantage, Status, Began, Took string
	Hops                                   []hopView
}

type hopView struct {
	N                                  int
	URL, Address, Timings, Said, Error string
	Headers                            []fact
	Body                               string
}

func sectionOf(id string, t report.Target) targetView {
	s := targetView{ID: id, Name: Safe(t.Identifier.Value, longURL), Input: Safe(t.Input, longURL), Mark: markOf(t.Verdict)}
	told := map[string]bool{}
	for _, o := range t.Verdicts {
		row := outcomeRow{Method: Safe(string(o.Method), longText), Why: Safe(o.Why, longText), Mark: markOf(o.Verdict), Decides: o.Decisive}
		if o.Verdict != report.WouldIssue {
			row.Why = Safe(reason(o), longText)
		}
		if o.Problem != nil {
			row.Problem, row.Predicted = problemText(o.Problem), o.Problem.Predicted
		}
		s.Rows = append(s.Rows, row)
		for _, f := range o.Findings {
			if !told[f.Same()] {
				told[f.Same()] = true
				s.Findings = append(s.Findings, cardOf(fmt.Sprintf("%s-f%d", id, len(s.Findings)+1), f, o))
			}
		}
		if c := chainOf(id, len(s.Chains), o); c != nil {
			s.Chains = append(s.Chains, *c)
		}
	}
	slices.SortStableFunc(s.Findings, func(a, b findingView) int { return rankOf(a) - rankOf(b) })
	s.DNS, s.Time, s.Places = treeOf(id, t), timesOf(id, t), placesOf(t)
	for _, p := range t.Probes {
		s.Probes = append(s.Probes, probeOf(p))
	}
	return s
}

// rankOf is low for findings that weigh.
func rankOf(f findingView) int {
	rank := slices.Index([]string{"error", "warning", "info"}, f.Severity)
	if f.Suppressed != "" {
		rank += 3
	}
	return rank
}

func problemText(p *report.Problem) string {
	return Safe(kind(p.Type)+": "+p.Detail, longText)
}

func cardOf(id string, f report.Finding, o report.Outcome) findingView {
	v := findingView{
		ID: id, Severity: f.Severity.String(), Sign: map[report.Severity]string{report.Error: "✗", report.Warning: "!", report.Info: "i"}[f.Severity],
		Code: Safe(f.Code, longText), Summary: Safe(f.Summary, longText), Explanation: Safe(f.Explanation, longText), Place: placeOf(f, o),
		Settle: Safe(string(f.Settle), longText), More: safely(append([]string{f.Code}, f.Topics...)), NotAFix: safely(f.NotAFix),
	}
	if f.Suppressed != nil {
		v.Suppressed = Safe(*f.Suppressed, longText)
	}
	for _, e := range f.Evidence {
		if e.Field != "status" { // the place has said it
			v.Evidence = append(v.Evidence, evidenceOf(e))
		}
	}
	for _, c := range f.Causes {
		v.Causes = append(v.Causes, causeView{c.Certainty.String(), Safe(c.Text, longText)})
	}
	for i, r := range f.Remediation {
		if i < fixes {
			v.Fixes = append(v.Fixes, fixOf(r))
		} else {
			v.Others = append(v.Others, fixOf(r))
		}
	}
	if f.Severity == report.Error {
		if o.Problem != nil {
			v.CA, v.Predicted = problemText(o.Problem), o.Problem.Predicted
		}
		if len(f.Repro) > 0 {
			v.Try = Safe(f.Repro[0], longText)
		}
	}
	return v
}

func safely(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, Safe(s, longText))
	}
	return out
}

// placeOf says where a finding was seen, as the text report does.
func placeOf(f report.Finding, o report.Outcome) string {
	var b sheet
	place(&b, f, o)
	said := strings.TrimPrefix(strings.TrimSpace(b.String()), "--> ")
	return strings.ReplaceAll(said, "\n   |  ", "\n")
}

func evidenceOf(e report.Evidence) evidenceView {
	if e.Span == nil {
		return evidenceView{Before: Safe(e.Text, longText)}
	}
	from, to := e.Span[0], e.Span[1]
	return evidenceView{Safe(e.Text[:from], longText), Safe(e.Text[from:to], longText), Safe(e.Text[to:], longText), Safe(string(e.Label), longText)}
}

func fixOf(r report.Remedy) fixView {
	v := fixView{For: Safe(r.For, longText), Text: Safe(r.Text, longText)}
	if r.Snippet == nil {
		return v
	}
	var lines []string
	for line := range strings.Lines(*r.Snippet) {
		lines = append(lines, Safe(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "), longText))
	}
	v.Snippet = strings.Join(lines, "\n")
	return v
}

// placesOf is who saw what, where several looked.
func placesOf(t report.Target) *placesView {
	v := placesView{}
	rows := map[string]int{}
	for i, o := range t.Verdicts {
		v.Methods = append(v.Methods, Safe(string(o.Method), longText))
		for _, said := range []struct {
			names   []string
			verdict report.Verdict
		}{{o.Vantages.Pass, report.WouldIssue}, {o.Vantages.Fail, report.WouldNot}, {o.Vantages.Inconclusive, report.CannotTell}} {
			for _, name := range said.names {
				n, ok := rows[name]
				if !ok {
					n = len(v.Rows)
					rows[name] = n
					v.Rows = append(v.Rows, placeRow{Name: Safe(name, longText), Marks: make([]mark, len(t.Verdicts))})
				}
				v.Rows[n].Marks[i] = markOf(said.verdict)
			}
		}
	}
	if len(v.Rows) < 2 {
		return nil
	}
	slices.SortStableFunc(v.Rows, func(a, b placeRow) int { return first(a) - first(b) })
	return &v
}

// first puts this machine before the others.
func first(r placeRow) int {
	if r.Name == "local" {
		return 0
	}
	return 1
}

func probeOf(p report.Probe) probeView {
	v := probeView{
		ID: Safe(p.ID, longText), Kind: Safe(p.Kind, longText), Vantage: Safe(p.Vantage, longText), Status: Safe(p.Status, longText),
		Began: strconv.FormatInt(p.StartMS, 10), Took: lasted(p.DurationMS),
	}
	for _, h := range p.Hops {
		hop := hopView{N: h.N, URL: Safe(string(h.URL), longURL), Address: Safe(address(h), longText), Timings: strings.TrimSpace(timings(h.Timings)), Said: Safe(h.Decision, longText)}
		if h.Error != nil {
			hop.Error = Safe(h.Error.Text, longText)
		}
		if h.HTTP != nil {
			hop.Said = strconv.Itoa(h.HTTP.Status) + ", " + hop.Said
			hop.Body = Safe(string(h.HTTP.Body), longText)
			for _, name := range slices.Sorted(maps.Keys(h.HTTP.Headers)) {
				hop.Headers = append(hop.Headers, fact{Safe(name, longText), Safe(h.HTTP.Headers[name], longText)})
			}
		}
		v.Hops = append(v.Hops, hop)
	}
	return v
}
