package judge

// This file puts together what was seen of one target.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// Options are what a user declared.
type Options struct {
	checks.Options
	AnyMethod bool // one method that passes is enough
	Vantage   string
}

// Target judges everything that was seen of a target. What does not decide is
// there for information: its findings are suppressed, with the reason.
func Target(t probes.Target, p *policy.Policy, seen []probes.Seen, o Options) report.Target {
	out := report.Target{
		Input:      t.Input,
		Identifier: report.Identifier{Type: t.Identifier.Type(), Value: string(t.Identifier)},
		Wildcard:   t.Identifier.Wildcard(),
		Verdicts:   []report.Outcome{}, Findings: []report.Finding{}, Probes: []report.Probe{}, Traces: []report.Recorded{},
	}
	if t.Source != (probes.Source{}) {
		out.Source = &report.Source{File: t.Source.File, Line: report.Natural(t.Source.Line)}
	}
	for _, s := range seen {
		outcome := Judge(In{Trace: s.Trace, Remotes: s.Remotes, Policy: p, Vantage: o.Vantage, Options: o.Options})
		outcome.Decisive = s.Decisive
		shift(&outcome, len(out.Probes))
		if !s.Decisive {
			suppress(&outcome, seen)
		}
		out.Verdicts = append(out.Verdicts, outcome)
		out.Findings = append(out.Findings, outcome.Findings...)
		out.Probes = append(out.Probes, outcome.Probes...)
		out.Traces = append(out.Traces, recorded(s, outcome, o.Vantage)...)
	}
	out.Findings = sorted(out.Findings)
	name(out)
	out.Verdict = report.Decide(out.Verdicts, o.AnyMethod)
	out.Ready = out.Verdict.Ready()
	out.Share()
	return out
}

// sorted orders findings over all methods, the worst first. What is the same
// for two of them, such as a resolver that is not there, is told once.
func sorted(fs []report.Finding) []report.Finding {
	seen := map[string]bool{}
	fs = slices.DeleteFunc(fs, func(f report.Finding) bool {
		again := seen[f.Same()]
		seen[f.Same()] = true
		return again
	})
	checks.Sort(fs)
	for i := range fs {
		fs[i].ID = fmt.Sprintf("f%d", i+1)
	}
	return fs
}

// name tells each verdict which findings are its own.
func name(t report.Target) {
	ids := map[string]string{}
	for _, f := range t.Findings {
		ids[f.Same()] = f.ID
	}
	for i := range t.Verdicts {
		o := &t.Verdicts[i]
		o.Shows = []string{}
		for _, f := range o.Findings {
			if id := ids[f.Same()]; !slices.Contains(o.Shows, id) {
				o.Shows = append(o.Shows, id)
			}
		}
	}
}

// suppress says why the findings of an outcome do not count.
func suppress(o *report.Outcome, seen []probes.Seen) {
	var decisive []string
	for _, s := range seen {
		if s.Decisive && s.Task.Method != probes.CAA {
			decisive = append(decisive, string(s.Task.Method))
		}
	}
	why := fmt.Sprintf("%s was not asked for; %s decides", o.Method, strings.Join(decisive, " and "))
	for i := range o.Findings {
		o.Findings[i].Suppressed = &why
	}
}

// shift makes the probes of an outcome different from those before it.
func shift(o *report.Outcome, before int) {
	later := func(id string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(id, "p"))
		if err != nil {
			return id
		}
		return fmt.Sprintf("p%d", n+before)
	}
	for i := range o.Probes {
		o.Probes[i].ID = later(o.Probes[i].ID)
	}
	for i := range o.Findings {
		for j := range o.Findings[i].Evidence {
			o.Findings[i].Evidence[j].Probe = later(o.Findings[i].Evidence[j].Probe)
		}
	}
}

// recorded keeps what an outcome was judged by.
func recorded(s probes.Seen, o report.Outcome, vantage string) []report.Recorded {
	if vantage == "" {
		vantage = "local"
	}
	out := []report.Recorded{{Method: s.Task.Method, For: o.For, Vantage: vantage, Steps: s.Trace}}
	for _, r := range s.Remotes {
		out = append(out, report.Recorded{Method: s.Task.Method, For: o.For, Vantage: r.Name, RIR: report.Text(r.RIR), Steps: r.Trace})
	}
	return out
}

// Seen is what a stored target was judged by, to be judged again. first is the
// id of the first vantage.
func Seen(t report.Target, first string) []probes.Seen {
	decisive := map[[2]string]bool{}
	for _, o := range t.Verdicts {
		decisive[[2]string{string(o.Method), string(o.For)}] = o.Decisive
	}
	var out []probes.Seen
	for _, r := range t.Traces {
		g, ok := r.Steps.Given()
		switch {
		case !ok:
		case r.Vantage == first:
			q := probes.Question{Task: g.Task, Proof: g.Proof, Decisive: decisive[[2]string{string(r.Method), string(r.For)}]}
			out = append(out, probes.Seen{Question: q, Trace: r.Steps})
		case len(out) > 0 && out[len(out)-1].Task.Method == r.Method && report.Text(out[len(out)-1].Task.For) == r.For:
			last := &out[len(out)-1]
			last.Remotes = append(last.Remotes, probes.Sight{Name: r.Vantage, RIR: string(r.RIR), Trace: r.Steps})
		}
	}
	return out
}
