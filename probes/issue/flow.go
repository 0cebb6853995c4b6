package issue

// This file goes all the way from an order to its certificate.

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A Flow is one way to a certificate. It is for one use.
type Flow struct {
	CA      *CA
	Account *Account
	// Targets are the identifiers, each once, and the methods for each, the
	// preferred one first. Without methods it is the first of probes.Methods for
	// which there is a solver.
	Targets []probes.Target
	// Solvers put the answers in place. dns-persist-01 needs none: its record may
	// be there already.
	Solvers map[probes.Method]solve.Solver
	// Net finds where the aliases of challenge names lead (solve.Set). Nil: they
	// are not followed.
	Net *wire.Net

	Profile string // empty: the CA's choice
	// Replaces is the certificate that is renewed; nil: none. The CA has to be
	// the one that issued it.
	Replaces *x509.Certificate
	// Key is that of the certificate. Nil makes a new one of KeyType.
	Key     crypto.Signer
	KeyType KeyType
	// Chain is the common name of an issuer that the chain should have; empty, or
	// if there is none such: the CA's choice.
	Chain string
}

// Hooks let a caller see and have a say. Every one may be nil; they are called
// one at a time.
type Hooks struct {
	// Before hears of each stage as it begins.
	Before func(Stage)
	// Await waits until the answers can be seen (solve.Await). Its error ends the
	// flow.
	Await func(context.Context, []solve.Challenge) error
	// OnAuthorization hears of each authorization that the CA has decided.
	OnAuthorization func(Authorization)
	// StopBefore ends the flow before a stage, and that is success. Before
	// StageFinalize it is a rehearsal: authorizations that were valid from the
	// beginning are given up first, so that the CA validates, and those that have
	// become valid are given up afterwards.
	StopBefore Stage
}

// A Result is what came of a flow, also of one that failed.
type Result struct {
	Trace          probes.Trace // Given, then what was exchanged with the CA since Connect
	Order          string       // URL; empty: there is none
	Status         string       // of the order
	Authorizations []Authorization
	Requests       int // to the CA, since Connect

	Chain  Chain   // that was chosen; the zero Chain without a certificate
	Chains []Chain // all of them
	Key    crypto.Signer
	// Preferred is whether Chain is what Flow.Chain asked for.
	Preferred bool

	// LeftBehind is what could not be cleaned up. It is no reason not to use the
	// certificate.
	LeftBehind error
}

// Leaf is the certificate; nil: there is none.
func (r *Result) Leaf() *x509.Certificate {
	if len(r.Chain.Certificates) == 0 {
		return nil
	}
	return r.Chain.Leaf()
}

// errStop ends a flow where the caller wants it to end.
var errStop = errors.New("stopped as asked")

// Run takes the flow to its end. Whatever happens, what the solvers put in place
// is taken away before it returns. Errors of the CA are of type *Error, several
// of them joined where several authorizations failed.
func (f *Flow) Run(ctx context.Context, h Hooks) (Result, error) {
	r := &run{Flow: f, hooks: h, began: time.Now()}
	err := r.all(ctx)
	if errors.Is(err, errStop) {
		err = nil
	}
	return r.finish(), err
}

// A run is a flow under way.
type run struct {
	*Flow

	hooks  Hooks
	began  time.Time
	order  *Order
	authzs []*Authorization
	result Result
}

// all is every stage in order.
func (r *run) all(ctx context.Context) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := r.place(ctx); err != nil {
		return err
	}
	err := r.validate(ctx)
	if r.hooks.StopBefore == StageFinalize {
		r.giveUp(ctx)
	}
	if err != nil {
		return err
	}
	return r.collect(ctx)
}

// enter begins a stage, unless the flow ends before it.
func (r *run) enter(ctx context.Context, s Stage) error {
	if r.hooks.StopBefore == s {
		return errStop
	}
	if r.hooks.Before != nil {
		r.hooks.Before(s)
	}
	if ctx.Err() != nil {
		return &Error{Stage: s, Err: ended(ctx, context.Cause(ctx))}
	}
	return nil
}

// check finds what is wrong with the flow before the CA hears of it.
func (r *run) check() error {
	seen := map[probes.Identifier]bool{}
	for _, t := range r.Targets {
		if seen[t.Identifier] {
			return fmt.Errorf("%s is there twice", t.Identifier)
		}
		seen[t.Identifier] = true
		if len(r.methods(t)) == 0 {
			return fmt.Errorf("nothing can answer for %s", t.Identifier)
		}
		for _, m := range t.Methods {
			if r.Solvers[m] == nil && m != probes.DNSPersist01 {
				return fmt.Errorf("nothing can answer %s for %s", m, t.Identifier)
			}
		}
	}
	if len(seen) == 0 {
		return errors.New("an order takes a name")
	}
	return nil
}

// methods are those for a target, the preferred one first.
func (r *run) methods(t probes.Target) []probes.Method {
	if len(t.Methods) > 0 {
		return t.Methods
	}
	return slices.DeleteFunc(slices.Clone(probes.Methods), func(m probes.Method) bool { return r.Solvers[m] == nil })
}

// methodsFor are those for an authorization.
func (r *run) methodsFor(id probes.Identifier) []probes.Method {
	for _, t := range r.Targets {
		if identifierOf(t.Identifier) == identifierOf(id) {
			return r.methods(t)
		}
	}
	return nil
}

// place places the order and reads its authorizations. A rehearsal that finds a
// valid one would show nothing: it is given up, and the order placed again.
func (r *run) place(ctx context.Context) error {
	q := Request{Profile: r.Profile}
	for _, t := range r.Targets {
		q.Identifiers = append(q.Identifiers, t.Identifier)
	}
	if r.Replaces != nil {
		id, err := CertID(r.Replaces)
		if err != nil {
			return &Error{Stage: StageOrder, Err: err}
		}
		q.Replaces = id
	}
	if err := r.placeOnce(ctx, q); err != nil {
		return err
	}
	if r.hooks.StopBefore != StageFinalize || !slices.ContainsFunc(r.authzs, proved) {
		return nil
	}
	for _, a := range r.authzs {
		if err := r.order.Deactivate(ctx, a); err != nil {
			return err
		}
	}
	return r.placeOnce(ctx, q)
}

func proved(a *Authorization) bool { return a.Status == statusValid }

func (r *run) placeOnce(ctx context.Context, q Request) error {
	err := r.enter(ctx, StageOrder)
	if err != nil {
		return err
	}
	if r.order, err = r.CA.Order(ctx, r.Account, q); err != nil {
		return err
	}
	if err = r.enter(ctx, StageAuthorizations); err != nil {
		return err
	}
	r.authzs, err = r.order.Authorizations(ctx)
	return err
}

// finish sums up.
func (r *run) finish() Result {
	out := r.result
	given := probes.Given{AsOf: r.began, Order: true, Proof: probes.ProofToken}
	if len(r.Targets) > 0 {
		given.Identifier = r.Targets[0].Identifier
	}
	if r.Account != nil {
		given.Account = r.Account.URL
	}
	if r.order != nil {
		out.Order, out.Status = r.order.URL, r.order.Status
	}
	for _, a := range r.authzs {
		out.Authorizations = append(out.Authorizations, *a)
	}
	if len(r.authzs) > 0 {
		given.Method = r.authzs[0].Method
	}
	out.Trace = append(probes.Trace{{Fact: given}}, r.CA.recorder.Steps()...)
	out.Requests = r.CA.recorder.Requests()
	return out
}
