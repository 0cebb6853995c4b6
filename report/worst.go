package report

import "slices"

// severity orders exit codes, the worst first: with many targets the worst
// one is the process's.
var severity = []int{70, 2, 9, 6, 5, 1, 3, 8, 4, 0}

// Worst returns the worst of several verdicts; CannotTell of none.
func Worst(vs ...Verdict) Verdict {
	if len(vs) == 0 {
		return CannotTell
	}
	return slices.MinFunc(vs, func(a, b Verdict) int {
		return slices.Index(severity, a.ExitCode()) - slices.Index(severity, b.ExitCode())
	})
}

// Best returns the best of several verdicts; CannotTell of none.
func Best(vs ...Verdict) Verdict {
	if len(vs) == 0 {
		return CannotTell
	}
	return slices.MaxFunc(vs, func(a, b Verdict) int {
		return slices.Index(severity, a.ExitCode()) - slices.Index(severity, b.ExitCode())
	})
}

// A Gate is how verdicts become an exit code.
type Gate struct {
	Strict            bool // warnings fail
	AllowInconclusive bool // what cannot be told passes, with a warning
	ExitZero          bool // never fail
}

// ExitOf is the exit of a run whose worst verdict is v.
func (g Gate) ExitOf(v Verdict, warnings int) Exit {
	e := Exit{Code: v.ExitCode(), Reason: map[Verdict]string{WouldIssue: "ok", WouldNot: "not_ready", CannotTell: "inconclusive"}[v]}
	switch {
	case v == CannotTell && g.AllowInconclusive:
		e.Code, e.Reason = 0, "inconclusive_allowed"
	case v == WouldIssue && warnings > 0 && g.Strict:
		e = Exit{Code: 4, Reason: "warnings"}
	}
	if g.ExitZero {
		e.Code = 0
	}
	return e
}

// Summarize counts findings that are not suppressed.
func Summarize(fs []Finding) Summary {
	var s Summary
	for _, f := range fs {
		switch {
		case f.Suppressed != nil:
		case f.Severity == Error:
			s.Error++
		case f.Severity == Warning:
			s.Warning++
		default:
			s.Info++
		}
	}
	return s
}

// Add adds the counts of another summary.
func (s *Summary) Add(o Summary) {
	s.Error += o.Error
	s.Warning += o.Warning
	s.Info += o.Info
}
