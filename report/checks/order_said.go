package checks

// This file decides what a CA said to the question of a trace. The words of an
// order are about all of its names, those of an authorization about one.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// An Answer is what kind of answer a CA gave to a question.
type Answer int

// The answers.
const (
	Unasked    Answer = iota // it was not asked, or not about this
	Unanswered               // it cannot be reached, or has not come to an end
	Validated
	Refused
)

// Said is what a CA said to the question of a trace.
type Said struct {
	Answer  Answer
	Problem *probes.ACMEProblem // of a refusal, and of a CA that has no time
	// Passed is set if the CA's first perspective was satisfied, whatever came
	// after it: other perspectives, CAA, the order as a whole.
	Passed bool
	// Secondary is set if others of its perspectives were not.
	Secondary bool
	// Authorization is nil where it is not known.
	Authorization *Authorization
}

// Said returns what a CA said to the question. CAA is looked at after the
// challenge, and only its own trouble is told as such (Boulder ra/ra.go
// checkDCVAndCAA).
func (in *In) Said() Said {
	o := in.Options.Order
	if o == nil || o.Directory == "" {
		return Said{}
	}
	all := o.Authorizations()
	a, mine := authorization(all, in.Given)
	p := o.problemOf(in.Given.Identifier, a, all)
	if a == nil && mine || a == nil && len(all) > 0 && p == nil {
		return Said{} // it is asked about another method, or about other names
	}
	s := Said{Authorization: a, Secondary: p != nil && secondary(p)}
	s.Passed = a.Valid() || s.Secondary || p != nil && aboutCAA(p)
	if a == nil && p == nil && o.Sent && o.Fault == nil {
		s.Passed = true // the CA was told to look, and has nothing to say against it
	}
	if in.Given.Method == probes.CAA {
		return s.ofCAA(p, o)
	}
	return s.ofChallenge(p, o)
}

func (s Said) ofCAA(p *probes.ACMEProblem, o *Order) Said {
	switch {
	case p != nil && aboutCAA(p):
		s.Answer, s.Problem = Refused, p
		s.Passed = secondary(p)
	case s.Passed && p == nil && !o.Pebble():
		s.Answer = Validated
	default:
		s.Passed = false
	}
	return s
}

func (s Said) ofChallenge(p *probes.ACMEProblem, o *Order) Said {
	switch {
	case p != nil && ownTrouble(p), p == nil && o.Problem == nil && !s.Passed && o.silent():
		s.Answer, s.Problem = Unanswered, p
	case p != nil && !aboutCAA(p):
		s.Answer, s.Problem = Refused, p
	case s.Passed:
		s.Answer = Validated
	case p == nil && o.Problem == nil && o.Sent:
		s.Answer = Unanswered
	}
	return s
}

// problemOf is the CA's problem with an identifier: its authorization's, or the
// order's, unless that is about another name.
func (o *Order) problemOf(id probes.Identifier, own *Authorization, all []Authorization) *probes.ACMEProblem {
	if own != nil && own.Problem != nil {
		return own.Problem
	}
	if o.Problem == nil || slices.ContainsFunc(all, func(a Authorization) bool { return a.Problem != nil }) {
		return nil
	}
	others := false
	for i, s := range o.Problem.Subproblems {
		if strings.EqualFold(s.Identifier, string(id)) {
			return &o.Problem.Subproblems[i]
		}
		others = others || s.Identifier != ""
	}
	if others {
		return nil
	}
	return o.Problem
}

// silent reports that the CA gave no answer, or something else in its place.
func (o *Order) silent() bool { return o.Fault != nil || o.stranger() != nil }

// stranger is an exchange that ended the order and was not with a CA: an answer
// without its form, such as a proxy's page; nil: there was none.
func (o *Order) stranger() *Step {
	if len(o.Exchanges) == 0 {
		return nil
	}
	last := &o.Exchanges[len(o.Exchanges)-1]
	x, ok := last.Fact.(probes.Exchange)
	refused := x.Status >= 400 && x.Problem == nil
	if ok && last.Fault == nil && (refused || x.What == "directory" && x.Status == 200 && len(x.Body) == 0) {
		return last
	}
	return nil
}

// aboutCAA reports a problem with CAA: its type is often that of the look-up
// (Boulder va/caa.go, ra/ra.go recheckCAA).
func aboutCAA(p *probes.ACMEProblem) bool {
	return p.Short() == "caa" || strings.Contains(p.Detail, "While processing CAA for ") || strings.Contains(p.Detail, "rechecking caa")
}

// secondary reports a problem of remote perspectives: the first one was
// satisfied (Boulder va/va.go).
func secondary(p *probes.ACMEProblem) bool {
	return strings.Contains(p.Detail, "During secondary validation: ")
}

// ownTrouble reports a problem that the CA has with itself, or with whoever
// stands between us, and not with the order: a rate limit with status 503 is
// one that everybody shares (Boulder "Service busy; retry later.").
func ownTrouble(p *probes.ACMEProblem) bool {
	switch p.Short() {
	case "rateLimited":
		return p.Status == 503 || strings.HasPrefix(p.Detail, "Service busy")
	case "serverInternal", "badNonce":
		return !secondary(p)
	}
	return false
}
