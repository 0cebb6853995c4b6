package tui

import (
	"cmp"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// A run is one look as far as it has come. It is what the views show, and only
// hear and end change it.
type run struct {
	request Request
	began   time.Time
	last    time.Duration // when the newest event was, since it began
	targets []*progress
	report  *report.Report // of the run once it has ended; until then of the one before, or nil
	err     error
	over    bool
	steps   int
}

// progress is how far one target is.
type progress struct {
	questions []*asked
	judged    *report.Target // as far as it has been seen; nil: nothing was answered yet
	before    *report.Target // as the run before saw it; nil: there was none
}

// seen is what there is to show of a target, new or old; nil: nothing.
func (p *progress) seen() *report.Target { return cmp.Or(p.judged, p.before) }

// asked is one question of a target's plan.
type asked struct {
	probes.Question

	known    bool // the question has been heard of
	answered bool
	walks    []*walked       // in the order in which they began
	before   *report.Outcome // as the run before saw it; nil: there was none
}

// walked is one vantage's look at a question.
type walked struct {
	vantage string
	at      time.Duration // when it began, since the run did
	over    bool
	now     string // what was tried last, in a few words
	steps   []timed
}

// timed is one step, as a timeline shows it.
type timed struct {
	kind     string
	beyond   probes.Beyond
	at, took time.Duration // at: since the run began
}

// opened is the run of a saved report.
func opened(r *report.Report) *run {
	out := &run{began: r.Run.StartedAt}
	for _, t := range r.Targets {
		out.request.Targets = append(out.request.Targets, t.Input)
	}
	out.end(r, nil)
	return out
}

// again is a run that begins anew. What the run before saw is shown until it is
// answered again. With a request for one question, only that one is.
func (r *run) again(q Request, now time.Time) *run {
	out := &run{request: q, began: now}
	if q.Only != nil {
		out.report = r.report
	}
	for i, p := range r.targets {
		was := &progress{before: p.seen()}
		if q.Only != nil && i != q.Only.Target {
			was.judged = p.judged
		}
		for _, a := range p.questions {
			b := asked{Question: a.Question, known: a.known, before: p.about(a)}
			if q.Only != nil && (i != q.Only.Target || !a.is(q.Only)) {
				b.answered, b.walks = a.answered, a.walks
			}
			was.questions = append(was.questions, &b)
		}
		out.targets = append(out.targets, was)
	}
	return out
}

func (a *asked) is(q *Question) bool { return a.Task.Method == q.Method && a.Task.For == q.For }

// walk finds or makes the place of a vantage's look.
func (a *asked) walk(vantage string) *walked {
	i := slices.IndexFunc(a.walks, func(w *walked) bool { return w.vantage == vantage })
	if i < 0 {
		i = len(a.walks)
		a.walks = append(a.walks, &walked{vantage: vantage})
	}
	return a.walks[i]
}

// hear takes in what happened.
func (r *run) hear(u Update) {
	r.last = max(r.last, u.At)
	a := r.question(u)
	switch u.Kind {
	case probes.EventAsked:
		a.Question, a.known, a.answered = u.Asked, true, false
		*a.walk(u.Vantage) = walked{vantage: u.Vantage, at: u.At}
	case probes.EventStep:
		r.steps++
		a.walk(u.Vantage).step(u.Step)
	case probes.EventLooked:
		a.walk(u.Vantage).over = true
	case probes.EventAnswered:
		a.answered = true
		if u.Judged != nil {
			r.target(u.Target).judged = u.Judged
		}
	}
}

// shown is how many steps of a look a timeline has room for.
const shown = 200

func (w *walked) step(s probes.Step) {
	if s.Fact == nil {
		return
	}
	w.now = doing(s)
	if len(w.steps) < shown {
		w.steps = append(w.steps, timed{s.Fact.Kind(), s.Beyond, w.at + s.At, s.Took})
	}
}

// target finds or makes the place of a target.
func (r *run) target(n int) *progress {
	for len(r.targets) <= n {
		r.targets = append(r.targets, &progress{})
	}
	return r.targets[n]
}

// question finds or makes the place of a question.
func (r *run) question(u Update) *asked {
	p := r.target(u.Target)
	if r.request.Only != nil {
		if i := slices.IndexFunc(p.questions, func(a *asked) bool { return a.is(r.request.Only) }); i >= 0 {
			return p.questions[i]
		}
	}
	for len(p.questions) <= u.Question {
		p.questions = append(p.questions, &asked{})
	}
	return p.questions[u.Question]
}

// end takes in the report of a run, or why there is none. Whatever was left
// open is answered by a report.
func (r *run) end(rep *report.Report, err error) {
	r.err, r.over = err, true
	if rep == nil {
		return
	}
	r.report = rep
	r.targets = nil
	for i := range rep.Targets {
		p := &progress{judged: &rep.Targets[i]}
		for _, o := range rep.Targets[i].Verdicts {
			q := probes.Question{Task: probes.Task{Method: o.Method, For: probes.Method(o.For)}, Proof: o.Proof, Decisive: o.Decisive}
			p.questions = append(p.questions, &asked{Question: q, known: true, answered: true})
		}
		r.targets = append(r.targets, p)
	}
}

// counts are the questions so far, and those answered.
func (r *run) counts() (all, answered int) {
	for _, p := range r.targets {
		for _, a := range p.questions {
			if a.known {
				all++
			}
			if a.answered {
				answered++
			}
		}
	}
	return all, answered
}

// outcome is what came of a question so far; nil: nothing.
func (p *progress) outcome(a *asked) *report.Outcome {
	if p.judged == nil || !a.answered {
		return nil
	}
	i := slices.IndexFunc(p.judged.Verdicts, func(o report.Outcome) bool {
		return o.Method == a.Task.Method && o.For == report.Text(a.Task.For)
	})
	if i < 0 {
		return nil
	}
	return &p.judged.Verdicts[i]
}

// about is the outcome that is shown for a question: this run's, or that of the
// run before; nil: there is none.
func (p *progress) about(a *asked) *report.Outcome { return cmp.Or(p.outcome(a), a.before) }

// name is what a target is called.
func (r *run) name(n int) string {
	if n < len(r.targets) && r.targets[n].seen() != nil {
		return r.targets[n].seen().Identifier.Value
	}
	if n >= len(r.request.Targets) {
		return ""
	}
	if t, err := probes.ParseTarget(r.request.Targets[n]); err == nil {
		return string(t.Identifier)
	}
	return r.request.Targets[n]
}

// vantages are those that look, or looked, each once, this machine first.
func (r *run) vantages() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if r.report != nil {
		for _, v := range r.report.Run.Vantages {
			add(v.ID)
		}
	}
	for _, p := range r.targets {
		for _, a := range p.questions {
			for _, w := range a.walks {
				add(w.vantage)
			}
		}
	}
	if len(out) > 1 {
		slices.Sort(out[1:])
	}
	return out
}

// verdict is the worst of the targets so far, and how many findings weigh. Some
// says whether it is to be shown: what stands against a certificate is told as
// soon as it is seen, that all is well when all has been seen.
func (r *run) verdict() (v report.Verdict, s report.Summary, some bool) {
	var all []report.Verdict
	for _, p := range r.targets {
		if p.judged != nil {
			s.Add(report.Summarize(p.judged.Findings))
			all = append(all, p.judged.Verdict)
		}
	}
	v = report.Worst(all...)
	return v, s, len(all) > 0 && (v == report.WouldNot || r.over && r.err == nil)
}

// doing tells a step in a few words.
func doing(s probes.Step) string {
	switch f := s.Fact.(type) {
	case probes.Lookup:
		return f.Type + " " + f.Name
	case probes.Dial:
		return "connect " + f.To.String()
	case probes.Handshake:
		return "TLS " + f.To.String()
	case probes.Fetch:
		return "GET " + cmp.Or(f.URL, f.To.String())
	}
	return s.Fact.Kind()
}
