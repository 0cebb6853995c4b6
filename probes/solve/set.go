package solve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// atOnce bounds the challenges that are presented at the same time: APIs count
// requests.
const atOnce = 8

// A Set presents challenges together, and remembers which were begun so that
// all of them can be cleaned up whatever happened in between. It is safe for
// concurrent use. It must not be copied.
type Set struct {
	Solver Solver
	// Net finds where the aliases of challenge names lead, so that the values
	// are written there. Nil writes them at the names themselves.
	Net *wire.Net

	mu    sync.Mutex
	begun []Challenge // guarded by mu
}

// An ordered solver takes one challenge after the other: a person, or hooks
// that were written for that.
type ordered interface{ inOrder() }

// places is how many challenges are worked on at once.
func (s *Set) places() int {
	if _, ok := s.Solver.(ordered); ok {
		return 1
	}
	return atOnce
}

// Present puts all the answers in place. If one fails, the others are stopped
// and everything that was begun is cleaned up before it returns.
func (s *Set) Present(ctx context.Context, cs []Challenge) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		place = make(chan struct{}, s.places())
		errs  = make([]error, len(cs))
		wg    sync.WaitGroup
	)
	for i, c := range together(cs) {
		place <- struct{}{}
		wg.Go(func() {
			defer func() { <-place }()
			if errs[i] = s.present(ctx, c); errs[i] != nil {
				cancel(errStopped)
			}
		})
	}
	wg.Wait()
	if err := join(errs); err != nil {
		return errors.Join(err, s.CleanUp(ctx))
	}
	return nil
}

// errStopped ends those that another's failure makes pointless.
var errStopped = errors.New("stopped, because another challenge could not be presented")

// join joins errors, without those that are only a consequence of others.
func join(errs []error) error {
	own := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return errors.Is(err, errStopped) })
	return errors.Join(own...)
}

// together tells each challenge of the others.
func together(cs []Challenge) []Challenge {
	out := slices.Clone(cs)
	all := make([]probes.Identifier, len(cs))
	for i, c := range cs {
		all[i] = c.Identifier
	}
	for i := range out {
		out[i].All, out[i].Left = all, len(cs)-1-i
	}
	return out
}

func (s *Set) present(ctx context.Context, c Challenge) error {
	err := context.Cause(ctx)
	if err == nil {
		c, err = s.follow(ctx, c)
	}
	if err != nil {
		return stopped(ctx, fmt.Errorf("%s: %w", c.Identifier, err))
	}
	s.mu.Lock()
	s.begun = append(s.begun, c)
	s.mu.Unlock()
	err = s.Solver.Present(ctx, c)
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[untouched](err); ok {
		s.forget(c)
	}
	return stopped(ctx, fmt.Errorf("%s: %w", c.Identifier, err))
}

// stopped marks an error that came of being stopped.
func stopped(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errStopped) && errors.Is(err, context.Canceled) {
		return errStopped
	}
	return err
}

// follow writes where the challenge name's aliases lead.
func (s *Set) follow(ctx context.Context, c Challenge) (Challenge, error) {
	if s.Net == nil || c.TXTName == "" {
		return c, nil
	}
	p, err := Locate(ctx, s.Net, c.TXTName)
	if err != nil {
		return c, err
	}
	if len(p.Aliases) > 0 {
		c.Asked, c.TXTName = c.TXTName, p.Target
	}
	return c, nil
}

func (s *Set) forget(c Challenge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = slices.DeleteFunc(s.begun, func(b Challenge) bool { return b.key() == c.key() })
}

// CleanUp takes away the answers of all challenges that were begun, also when
// ctx has ended. What could not be taken away is tried again the next time.
func (s *Set) CleanUp(ctx context.Context) error {
	s.mu.Lock()
	cs := slices.Clone(s.begun)
	s.mu.Unlock()
	errs := make([]error, len(cs))
	var wg sync.WaitGroup
	place := make(chan struct{}, s.places())
	for i, c := range cs {
		place <- struct{}{}
		wg.Go(func() {
			defer func() { <-place }()
			if err := s.Solver.CleanUp(ctx, c); err != nil {
				errs[i] = fmt.Errorf("cleaning up after %s: %w", c.Identifier, err)
				return
			}
			s.forget(c)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
