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

// ExitOf is the exit of a run whose worst verdict is v.
func ExitOf(v Verdict) Exit {
	return Exit{Code: v.ExitCode(), Reason: map[Verdict]string{WouldIssue: "ok", WouldNot: "not_ready", CannotTell: "inconclusive"}[v]}
}
