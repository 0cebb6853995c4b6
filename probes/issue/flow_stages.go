package issue

// This file is the middle and the end of a flow: the CA is shown that the names
// are ours, and makes the certificate.

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// validate answers all authorizations that the CA has not decided, and takes the
// answers away again.
func (r *run) validate(ctx context.Context) error {
	open, answers, err := r.choose()
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return nil
	}
	sets := map[probes.Method]*solve.Set{}
	for _, c := range answers {
		if s := r.Solvers[c.Method]; s != nil && sets[c.Method] == nil {
			sets[c.Method] = &solve.Set{Solver: s, Net: r.Net}
		}
	}
	defer r.cleanUp(ctx, sets)
	if err := r.present(ctx, sets, answers); err != nil {
		return err
	}
	return r.decide(ctx, open)
}

// choose picks a challenge of each authorization that is open.
func (r *run) choose() (open []*Authorization, answers []solve.Challenge, err error) {
	for _, a := range r.authzs {
		if a.Status == statusValid {
			continue
		}
		c, err := r.order.Choose(a, r.methodsFor(a.Identifier))
		if err != nil {
			return nil, nil, err
		}
		open, answers = append(open, a), append(answers, c)
	}
	return open, answers, nil
}

// present puts the answers in place and waits until they can be seen.
func (r *run) present(ctx context.Context, sets map[probes.Method]*solve.Set, answers []solve.Challenge) error {
	if err := r.enter(ctx, StagePresent); err != nil {
		return err
	}
	for _, m := range probes.Methods { // in their order: a person may be asked
		if sets[m] == nil {
			continue
		}
		var own []solve.Challenge
		for _, c := range answers {
			if c.Method == m {
				own = append(own, c)
			}
		}
		if err := sets[m].Present(ctx, own); err != nil {
			return &Error{Stage: StagePresent, Err: ended(ctx, err)}
		}
	}
	if err := r.enter(ctx, StageAwait); err != nil || r.hooks.Await == nil {
		return err
	}
	if err := r.hooks.Await(ctx, answers); err != nil {
		return &Error{Stage: StageAwait, Err: ended(ctx, err)}
	}
	return nil
}

// decide has the CA look, at all identifiers at once, and waits. One that fails
// does not stop the others: what is wrong with them is worth knowing too.
func (r *run) decide(ctx context.Context, open []*Authorization) error {
	if err := r.enter(ctx, StageChallenge); err != nil {
		return err
	}
	errs := each(open, func(a *Authorization) error { return r.order.Challenge(ctx, a) })
	if err := r.enter(ctx, StageWait); err != nil {
		return cmp.Or(errors.Join(errs...), err)
	}
	var telling sync.Mutex
	waited := each(open, func(a *Authorization) error {
		if errs[slices.Index(open, a)] != nil {
			return nil // the CA has not begun
		}
		err := r.order.Wait(ctx, a)
		if r.hooks.OnAuthorization != nil && a.Status != statusPending {
			telling.Lock()
			defer telling.Unlock()
			r.hooks.OnAuthorization(*a)
		}
		return err
	})
	return errors.Join(append(errs, waited...)...)
}

// each does something with all authorizations at once.
func each(as []*Authorization, f func(*Authorization) error) []error {
	errs := make([]error, len(as))
	var wg sync.WaitGroup
	for i, a := range as {
		wg.Go(func() { errs[i] = f(a) })
	}
	wg.Wait()
	return errs
}

// cleanUp takes the answers away, also after ctx has ended: solvers have a
// deadline of their own.
func (r *run) cleanUp(ctx context.Context, sets map[probes.Method]*solve.Set) {
	if r.hooks.Before != nil {
		r.hooks.Before(StageCleanUp)
	}
	for _, m := range probes.Methods {
		if sets[m] != nil {
			r.result.LeftBehind = errors.Join(r.result.LeftBehind, sets[m].CleanUp(ctx))
		}
	}
}

// giveUp gives up what a rehearsal has proved, even if it was interrupted: not
// for long, somebody waits. Should it fail, the next rehearsal does it first.
func (r *run) giveUp(ctx context.Context) {
	if !slices.ContainsFunc(r.authzs, proved) {
		return
	}
	const patience = 10 * time.Second
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if r.hooks.Before != nil {
		r.hooks.Before(StageDeactivate)
	}
	errs := each(r.authzs, func(a *Authorization) error { return r.order.Deactivate(late, a) })
	r.result.LeftBehind = errors.Join(append(errs, r.result.LeftBehind)...)
}

// collect finalizes the order and downloads what was made.
func (r *run) collect(ctx context.Context) error {
	if err := r.enter(ctx, StageFinalize); err != nil {
		return err
	}
	key, err := r.Key, error(nil)
	if key == nil {
		key, err = r.KeyType.New()
	}
	if err != nil {
		return &Error{Stage: StageFinalize, Err: err}
	}
	csr, err := CSR(key, r.order.Identifiers)
	if err != nil {
		return &Error{Stage: StageFinalize, Err: err}
	}
	if err := r.order.Finalize(ctx, csr); err != nil {
		return err
	}
	if err := r.enter(ctx, StageDownload); err != nil {
		return err
	}
	chains, err := r.order.Download(ctx)
	if err != nil {
		return err
	}
	chain, preferred := Prefer(chains, r.Chain)
	if err := mismatch(chain.Leaf(), key, r.order.Identifiers); err != nil {
		return &Error{Stage: StageDownload, URL: chain.URL, Err: err}
	}
	r.result.Chain, r.result.Preferred, r.result.Chains, r.result.Key = chain, preferred || r.Chain == "", chains, key
	return nil
}
