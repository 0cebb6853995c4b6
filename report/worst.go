package report

import (
	"slices"
	"time"
)

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

// How an order ended that was no matter of the verdict alone; the codes are
// those of Exit.
const (
	ExitRefused      = 5 // the CA refused after a good preflight
	ExitRateLimited  = 6 // a rate limit is reached, or would be
	ExitNotConfirmed = 7 // a person has to say yes first
	ExitWaitEnded    = 8 // the time for waiting was over
)

// reasons are those of the exit codes that an order may end with.
var reasons = map[int]string{
	2: "usage", 3: "inconclusive", 130: "interrupted",
	ExitRefused: "ca_refused", ExitRateLimited: "rate_limited", ExitNotConfirmed: "not_confirmed", ExitWaitEnded: "wait_ended",
}

// Ended is the exit of a run that ended with one of the codes of an order,
// whatever its verdict. retry is when the CA is to be asked again; the zero
// time: nobody says. Nothing was done for want of a confirmation, so that fails
// even where nothing is to fail.
func (g Gate) Ended(code int, retry time.Time) Exit {
	e := Exit{Code: code, Reason: reasons[code]}
	if !retry.IsZero() {
		e.RetryAfter = Text(retry.UTC().Format(time.RFC3339))
	}
	if g.ExitZero && code != ExitNotConfirmed {
		e.Code = 0
	}
	return e
}

// WorstExit is that of several exits, for a run over several orders; the zero
// Exit of none.
func WorstExit(es ...Exit) Exit {
	if len(es) == 0 {
		return Exit{}
	}
	return slices.MinFunc(es, func(a, b Exit) int { return rank(a.Code) - rank(b.Code) })
}

// rank is low for what is bad; a code of no place in the order is the worst.
func rank(code int) int { return slices.Index(severity, code) }

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
