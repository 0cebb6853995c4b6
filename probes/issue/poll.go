package issue

// This file decides when to ask again. The library follows any Retry-After,
// also one of years, and does not grow tired.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A Poll is how a CA is asked whether it has decided (RFC 8555 §7.5.1).
type Poll struct {
	First time.Duration // before the first question; 0: 250 ms. The CA cannot make it shorter
	Most  time.Duration // between two, whatever the CA says; 0: a minute
	Total time.Duration // for one decision; 0: 10 minutes
}

// slow is where intervals stop growing by themselves.
const slow = 5 * time.Second

func (p Poll) complete() Poll {
	if p.First == 0 {
		p.First = 250 * time.Millisecond
	}
	if p.Most == 0 {
		p.Most = time.Minute
	}
	if p.Total == 0 {
		p.Total = 10 * time.Minute
	}
	return p
}

// ErrUndecided is the end of our patience with a CA that does not decide.
var ErrUndecided = errors.New("the CA has not decided")

// until asks until done. The question says when it wants to be asked again; it
// may go without an answer a few times in a row.
func (p Poll) until(ctx context.Context, ask func(context.Context) (done bool, again time.Time, err error)) error {
	const mostMissed = 3
	within, cancel := context.WithTimeoutCause(ctx, p.Total, fmt.Errorf("%w within %s", ErrUndecided, p.Total))
	defer cancel()
	missed, own := 0, p.First
	next := own
	for {
		if err := wait(within, next); err != nil {
			return err
		}
		done, again, err := ask(within)
		switch {
		case err != nil && (!passing(err) || missed == mostMissed || within.Err() != nil):
			return err
		case err != nil:
			missed++
		case done:
			return nil
		default:
			missed = 0
		}
		own = min(max(own, own*3/2), max(slow, p.First))
		if next = own; !again.IsZero() {
			next = min(max(time.Until(again), p.First), p.Most)
		}
	}
}

// passing reports whether asking the same again may help: a question that only
// reads does no harm.
func passing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Err == nil && (e.Fault != nil || e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError)
}

// wait is over after d, or when ctx is.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ended(ctx, context.Cause(ctx))
	}
}
