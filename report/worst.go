package report

import (
	"cmp"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
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

// Decide is the verdict of those outcomes that decide: each has to pass, or if
// the user said so, one method together with its CAA.
func Decide(os []Outcome, anyMethod bool) Verdict {
	var all, methods []Verdict
	for _, o := range os {
		if !o.Decisive {
			continue
		}
		all = append(all, o.Verdict)
		if o.Method != probes.CAA {
			methods = append(methods, Worst(o.Verdict, permitted(os, o.Method)))
		}
	}
	if anyMethod && len(methods) > 0 {
		return Best(methods...)
	}
	return Worst(all...)
}

// permitted is the verdict of CAA about a method; addresses have none.
func permitted(os []Outcome, m probes.Method) Verdict {
	for _, o := range os {
		if o.Method == probes.CAA && o.For == Text(m) {
			return o.Verdict
		}
	}
	return WouldIssue
}

// WorstExit is that of several exits, for a run over several targets or orders;
// the zero Exit of none. Of two with the same code it is the one that has more to
// tell than that all is well.
func WorstExit(es ...Exit) Exit {
	if len(es) == 0 {
		return Exit{}
	}
	return slices.MinFunc(es, func(a, b Exit) int {
		return cmp.Or(rank(a.Code)-rank(b.Code), slices.Index(passes, b.Reason)-slices.Index(passes, a.Reason))
	})
}

// passes are the reasons of the exit code 0, the plainest first.
var passes = []string{"ok", reasonKnown, reasonIgnored, "inconclusive_allowed"}

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
