package tui

// This file makes the rows of the list from a run. Their order is that of the
// plan, so that none moves while a run goes on; what is found comes below the
// row it belongs to.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// A row is one line of the list.
type row struct {
	key    string // the same from run to run; what stands below a row has its key, a space and more
	depth  int
	state  state
	label  string
	text   string
	right  string
	target int
	asked  *asked          // nil: not about one question
	about  *report.Outcome // nil: not answered, or not about one question
	found  *report.Finding // nil: not about one finding
	sights []sighting      // of the row that sums up several vantages
}

// rows are those of a run that a filter lets through.
func rows(r *run, f filter) []row {
	var out []row
	for i := range max(len(r.targets), len(r.request.Targets)) {
		mine := targetRows(r, i)
		if f.some() {
			mine = slices.DeleteFunc(mine, func(x row) bool { return !f.fits(x) })
		}
		if many := max(len(r.targets), len(r.request.Targets)) > 1; many {
			for j := range mine {
				mine[j].depth++
			}
			mine = slices.Insert(mine, 0, heading(r, i))
		}
		out = append(out, mine...)
	}
	return out
}

// heading is the row of a target among several.
func heading(r *run, i int) row {
	out := row{key: fmt.Sprintf("%d", i), target: i, label: r.name(i), state: waiting}
	p := progressOf(r, i)
	switch {
	case p.judged != nil && answeredAll(p) && r.over:
		out.state, out.text = verdictState(p.judged.Verdict, false), p.judged.Verdict.String()
	case len(p.questions) > 0 && !r.over:
		out.state = looking
	}
	return out
}

func progressOf(r *run, i int) *progress {
	if i < len(r.targets) {
		return r.targets[i]
	}
	return &progress{}
}

func answeredAll(p *progress) bool {
	return !slices.ContainsFunc(p.questions, func(a *asked) bool { return a.known && !a.answered })
}

func targetRows(r *run, i int) []row {
	p := progressOf(r, i)
	out := []row{nameRow(r, p, i), addressRow(r, p, i)}
	for n, a := range p.questions {
		if !a.known {
			continue
		}
		q := questionRow(r, p, a, i, n)
		out = append(out, q)
		if v, some := vantageRow(p, q); some {
			out = append(out, v)
		}
		if q.about == nil {
			continue
		}
		for j := range q.about.Findings {
			if f := &q.about.Findings[j]; q.about.Decisive || f.Suppressed == nil {
				out = append(out, findingRow(q, f))
			}
		}
	}
	return out
}

// nameRow tells the identifier, as the CA has it.
func nameRow(r *run, p *progress, i int) row {
	out := row{key: fmt.Sprintf("%d name", i), target: i, label: "target", text: r.name(i), state: waiting}
	if p.seen() == nil {
		return out
	}
	out.state = ok
	for _, f := range p.seen().Findings {
		if strings.HasPrefix(f.Code, "name.") && f.Severity == report.Error && f.Suppressed == nil {
			out.state = failed
		}
	}
	return out
}

// addressRow tells where the name leads.
func addressRow(r *run, p *progress, i int) row {
	out := row{key: fmt.Sprintf("%d dns", i), target: i, label: "dns", state: waiting}
	if p.seen() == nil {
		if len(p.questions) > 0 && !r.over {
			out.state = looking
		}
		return out
	}
	for _, x := range p.seen().Probes {
		if len(x.Hops) > 0 && x.Hops[0].DNS != nil {
			out.state, out.text = ok, strings.Join(x.Hops[0].DNS.Answers, " ")
			if ms := x.Hops[0].Timings.DNS; ms != nil {
				out.right = fmt.Sprintf("%d ms", *ms)
			}
			if len(x.Hops[0].DNS.Answers) == 0 {
				out.state, out.text = failed, "no address"
			}
			return out
		}
	}
	out.state, out.text = idle, "no address was needed"
	if !answeredAll(p) {
		out.state, out.text = waiting, ""
	}
	return out
}

func questionRow(r *run, p *progress, a *asked, i, n int) row {
	out := row{
		key: fmt.Sprintf("%d q%d", i, n), target: i, asked: a, about: p.about(a),
		label: method(a), state: waiting,
	}
	if o := out.about; o != nil {
		out.state, out.text = outcomeState(o), o.Why
		if worst := worstFinding(o); worst != nil && o.Verdict != report.WouldIssue {
			out.text = worst.Summary
		}
		if len(o.Probes) > 0 {
			out.right = lasted(o.Probes[0].DurationMS)
		}
	}
	switch {
	case a.answered:
	case r.over:
		out.state, out.text, out.right = waiting, "not answered", ""
	case len(a.walks) > 0:
		out.state, out.text, out.right = looking, a.walks[len(a.walks)-1].now, ""
	default:
		out.state = waiting
	}
	return out
}

// vantageRow sums up the places that a question was looked at from, if there
// are several.
func vantageRow(p *progress, q row) (out row, some bool) {
	all := sightings(p, q.asked)
	if len(all) < 2 {
		return out, false
	}
	out = row{key: q.key + " vantages", depth: 1, label: "vantages", target: q.target, asked: q.asked, about: q.about, sights: all, state: looking}
	if !q.asked.answered || q.about == nil {
		done := 0
		for _, s := range all {
			if s.state != looking {
				done++
			}
		}
		out.text = fmt.Sprintf("%d of %d have looked", done, len(all))
		return out, true
	}
	out.text = fmt.Sprintf("%d of %d pass", len(q.about.Vantages.Pass), len(all))
	out.state = ok
	if met := q.about.Vantages.QuorumMet; met != nil && !*met {
		out.state = failed
	}
	return out, true
}

func findingRow(q row, f *report.Finding) row {
	s := map[report.Severity]state{report.Error: failed, report.Warning: warned, report.Info: informed}[f.Severity]
	if f.Suppressed != nil {
		s = idle
	}
	if q.about.Verdict == report.CannotTell && f.Settle != "" {
		s = unknown
	}
	return row{key: q.key + " " + f.Code + " " + f.Subject, depth: 1, state: s, label: f.Code, text: f.Subject, target: q.target, asked: q.asked, about: q.about, found: f}
}

// method is a question's name where room is scarce.
func method(a *asked) string {
	if a.Task.Method == probes.CAA {
		return "caa"
	}
	if name := string(a.Task.Method); len(name) > len("http-01") {
		return strings.TrimSuffix(name, "-01")
	}
	return string(a.Task.Method)
}

func outcomeState(o *report.Outcome) state {
	if !o.Decisive && o.Verdict != report.WouldIssue {
		return idle
	}
	return verdictState(o.Verdict, o.Word == "pass_with_warnings")
}

func verdictState(v report.Verdict, warnings bool) state {
	switch {
	case v == report.WouldNot:
		return failed
	case v == report.CannotTell:
		return unknown
	case warnings:
		return warned
	}
	return ok
}

// worstFinding is the first error of an outcome, or else what leaves it open,
// or else the first that counts; nil: none.
func worstFinding(o *report.Outcome) *report.Finding {
	var first *report.Finding
	for i := range o.Findings {
		f := &o.Findings[i]
		switch {
		case f.Suppressed != nil && o.Decisive:
		case f.Severity == report.Error || f.Settle != "":
			return f
		case first == nil:
			first = f
		}
	}
	return first
}

func lasted(ms int64) string {
	const second = 1000
	if ms >= second {
		return fmt.Sprintf("%.1f s", float64(ms)/second)
	}
	return fmt.Sprintf("%d ms", ms)
}

// A filter says which rows are shown. The zero filter shows all.
type filter struct {
	text     string
	severity report.Severity // Info: everything
}

func (f filter) some() bool { return f.text != "" || f.severity > report.Info }

func (f filter) fits(x row) bool {
	if f.severity > report.Info && (x.found == nil && x.state != failed && x.state != unknown || x.found != nil && x.found.Severity < f.severity) {
		return false
	}
	return f.text == "" || strings.Contains(strings.ToLower(x.label+" "+x.text+" "+x.key), strings.ToLower(f.text))
}
