// Package run carries questions to the places that look, and brings back what
// the CA would make of the answers: one validation over several network
// perspectives (Validate), or everything there is to know about a target
// (Examine).
package run

import (
	"context"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/walk"
)

// A Vantage is a place that looks: a network perspective (BRs 3.2.2.9). It may
// be used by several goroutines at once.
type Vantage interface {
	// Perspective is its name, and the Regional Internet Registry it is under;
	// "" if that is not known.
	Perspective() (name, rir string)
	// Look performs a task and returns what was seen. When ctx ends first, the
	// trace is cut off.
	Look(ctx context.Context, a Assignment) probes.Trace
}

// An Assignment is a task, and all that is needed to perform it somewhere else.
type Assignment struct {
	Task   probes.Task
	Policy *policy.Policy
	Proof  probes.Proof
	AsOf   time.Time
	Order  bool // ask for what the whole CA says, not only its validation authority
	// Heard hears of every step when it ends, by one goroutine at a time. It
	// does not travel; nil: nobody listens.
	Heard func(probes.Step)
}

// given is the question as a fact.
func (a Assignment) given() probes.Given {
	return probes.Given{Task: a.Task, AsOf: a.AsOf, Proof: a.Proof, Order: a.Order}
}

// Local is the vantage of a walker. Its zero Name is "local".
type Local struct {
	Name, RIR string
	// Walker looks. Its policy is replaced by the assignment's.
	Walker walk.Walker
}

// Perspective implements Vantage.
func (l *Local) Perspective() (name, rir string) {
	if l.Name == "" {
		return "local", l.RIR
	}
	return l.Name, l.RIR
}

// Look implements Vantage.
func (l *Local) Look(ctx context.Context, a Assignment) probes.Trace {
	w := l.Walker
	w.Policy, w.Emit = a.Policy, a.Heard
	if a.Task.Method != probes.HTTP01 {
		w.Served = nil // our server is a web server
	}
	return w.Walk(ctx, a.given())
}
