package report

import (
	"path"
	"slices"
	"strings"
	"time"
)

// A Gate is how verdicts become an exit code, and what a user decided not to
// count. It changes no verdict: what the CA would say stays what it is.
//
// A target that is not ready passes only if the user waived everything that
// stands against it: in every outcome that decides (or with AnyMethod, in those
// of one method) each finding that makes the CA refuse, or that leaves its answer
// open, is ignored or known from the Baseline. An outcome without such a finding
// is never waived, and neither is a look that was cut off: nobody knows what it
// would have found.
type Gate struct {
	Strict            bool // warnings fail
	AllowInconclusive bool // what cannot be told passes, with a warning
	ExitZero          bool // never fail
	AnyMethod         bool // one method that passes is enough

	Ignore    []string            // patterns of codes that do not count
	IgnoreFor map[string][]string // the same, of one identifier alone
	Only      []string            // patterns of the codes that count; nil: all do
	Baseline  *Baseline           // what is not new does not count; nil: nothing is known
	// Opens reports whether a finding leaves the CA's answer open; nil: each does.
	Opens func(Finding) bool
}

// cutOff is the code of a look that did not come to its end.
const cutOff = "local.look.cut-off"

// How the reason begins for which a finding does not count, by who said so.
const (
	becauseIgnored = "ignored: "
	becauseKnown   = "known since "
)

// Reasons of an exit that passes because of what was waived.
const (
	reasonIgnored = "ignored"
	reasonKnown   = "known"
)

// Waived reports whether the user said that a finding does not count, by
// ignoring it or by a baseline. It is shown all the same.
func (f Finding) Waived() bool { return f.ignored() || f.known() }

func (f Finding) ignored() bool { return f.suppressedAs(becauseIgnored) }
func (f Finding) known() bool   { return f.suppressedAs(becauseKnown) }

func (f Finding) suppressedAs(because string) bool {
	return f.Suppressed != nil && strings.HasPrefix(*f.Suppressed, because)
}

// MatchesCode reports whether a pattern is about a code: it is the code, the
// beginning of it up to a dot, or a pattern of path.Match.
func MatchesCode(pattern, code string) bool {
	globbed, _ := path.Match(pattern, code)
	return globbed || strings.HasPrefix(code, pattern+".")
}

// Apply marks what the user waived of a target, and returns the exit that the
// target amounts to by itself. Exit makes the run's of all of them.
func (g Gate) Apply(t *Target) Exit {
	g.waive(t)
	all := g.exitOf(t.Verdict, warnings(t, func(f Finding) bool { return f.Suppressed == nil || f.Waived() }))
	left := g.exitOf(g.tolerated(t), warnings(t, func(f Finding) bool { return f.Suppressed == nil }))
	if left.Code == 0 && all.Code != 0 {
		left.Reason = reasonKnown
		if slices.ContainsFunc(t.Findings, Finding.ignored) {
			left.Reason = reasonIgnored
		}
	}
	return left
}

// Exit is the exit of a run over targets that amount to these; of none nothing
// can be told.
func (g Gate) Exit(es ...Exit) Exit {
	if len(es) == 0 {
		es = []Exit{g.exitOf(CannotTell, 0)}
	}
	e := WorstExit(es...)
	if g.ExitZero {
		e.Code = 0
	}
	return e
}

// ExitOf is the exit of a run whose worst verdict is v.
func (g Gate) ExitOf(v Verdict, warnings int) Exit { return g.Exit(g.exitOf(v, warnings)) }

// exitOf is ExitOf without ExitZero.
func (g Gate) exitOf(v Verdict, warnings int) Exit {
	switch {
	case v == CannotTell && g.AllowInconclusive:
		return Exit{Reason: "inconclusive_allowed"}
	case v == WouldIssue && warnings > 0 && g.Strict:
		return Exit{Code: 4, Reason: "warnings"}
	}
	return Exit{Code: v.ExitCode(), Reason: map[Verdict]string{WouldIssue: "ok", WouldNot: "not_ready", CannotTell: "inconclusive"}[v]}
}

// warnings counts those of a target's warnings that are in question.
func warnings(t *Target, counts func(Finding) bool) int {
	n := 0
	for _, f := range t.Findings {
		if f.Severity == Warning && counts(f) {
			n++
		}
	}
	return n
}

// waive marks the findings of a target that do not count.
func (g Gate) waive(t *Target) {
	marked := false
	for i := range t.Findings {
		f := &t.Findings[i]
		if why := g.waiver(*f, t.Identifier.Value); why != "" && f.Suppressed == nil {
			f.Suppressed, marked = &why, true
		}
	}
	if marked {
		t.Share()
	}
}

// waiver is why a finding does not count; empty: it does.
func (g Gate) waiver(f Finding, target string) string {
	matches := func(pattern string) bool { return MatchesCode(pattern, f.Code) }
	if f.Code == cutOff {
		return ""
	}
	if i := slices.IndexFunc(g.Ignore, matches); i >= 0 {
		return becauseIgnored + "--ignore " + g.Ignore[i]
	}
	if i := slices.IndexFunc(g.IgnoreFor[target], matches); i >= 0 {
		return becauseIgnored + g.IgnoreFor[target][i] + ", for " + target
	}
	if len(g.Only) > 0 && !slices.ContainsFunc(g.Only, matches) {
		return becauseIgnored + "not among --only " + strings.Join(g.Only, ",")
	}
	if since, ok := g.Baseline.Since(f); ok {
		return becauseKnown + since
	}
	return ""
}

// tolerated is a target's verdict as if what was waived did not stand against it.
func (g Gate) tolerated(t *Target) Verdict {
	if t.Verdict == WouldIssue {
		return WouldIssue
	}
	os := slices.Clone(t.Verdicts)
	for i, o := range os {
		if g.waived(o) {
			os[i].Verdict = WouldIssue
		}
	}
	return Decide(os, g.AnyMethod)
}

// waived reports whether everything that makes an outcome what it is was waived.
func (g Gate) waived(o Outcome) bool {
	some := false
	for _, f := range o.Findings {
		open := o.Verdict == CannotTell && (g.Opens == nil || g.Opens(f))
		switch {
		case f.Severity != Error && !open:
		case f.Waived():
			some = true
		case f.Suppressed == nil:
			return false
		}
	}
	return some
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
