package policy

// This file is the corroboration by remote network perspectives (BRs 3.2.2.9;
// Boulder va/va.go doRemoteOperation).

import (
	"slices"
	"time"
)

// MPIC is how a CA corroborates. The zero value does not.
type MPIC struct {
	Primary string // the name of its first perspective
	Remotes int    // the fewest it works with
	RIRs    int    // the fewest regional registries among those that pass
	Quorum  []Quorum
	// Timeout bounds a remote perspective's time, which is otherwise what is
	// left of the first one's.
	Timeout time.Duration
	Source  string
}

// A Quorum says how many remote perspectives may fail, from a number of them on.
type Quorum struct{ From, May int }

// A Remote is what one remote perspective decided.
type Remote struct {
	Perspective string   `json:"perspective"`
	RIR         string   `json:"rir"` // its Regional Internet Registry
	Decision    Decision `json:"-"`
}

// May is how many of n remote perspectives may fail.
func (m MPIC) May(n int) int {
	may := 0
	for _, q := range m.Quorum {
		if n >= q.From {
			may = max(may, q.May)
		}
	}
	return may
}

// TooFew is the CA's problem with having no more than n remote perspectives;
// nil: they are enough. It is found before any of them is asked.
func (p *Policy) TooFew(n int) *Problem {
	if n >= p.MPIC.Remotes {
		return nil
	}
	return p.Says.MPIC.TooFew(p.MPIC.Remotes)
}

// Corroborate is the CA's problem with what its remote perspectives decided,
// and the rule behind it; nil: they corroborate. None of them may be undecided.
func (p *Policy) Corroborate(remotes []Remote) (*Problem, Rule) {
	var rirs []string
	var failed []Remote
	for _, r := range remotes {
		switch {
		case !r.Decision.Valid:
			failed = append(failed, r)
		case !slices.Contains(rirs, r.RIR):
			rirs = append(rirs, r.RIR)
		}
	}
	quorum := len(failed) <= p.MPIC.May(len(remotes))
	switch {
	case quorum && len(rirs) >= p.MPIC.RIRs:
		return nil, RuleAccepted
	case len(failed) == 0:
		return p.Says.MPIC.NoProblem(), RuleRIR
	}
	// The failure that arrives first is the one that is told.
	first := slices.MinFunc(failed, func(a, b Remote) int { return int(a.Decision.Spent - b.Decision.Spent) })
	rule := RuleQuorum
	if quorum {
		rule = RuleRIR
	}
	return p.Says.MPIC.Secondary(first.Decision.Problem), rule
}

// Remotely is the policy of a remote perspective that begins when the first
// one has spent some of the time.
func (p *Policy) Remotely(spent time.Duration) *Policy {
	r := *p
	r.Budget = min(p.MPIC.Timeout, p.Budget-spent)
	return &r
}
