package issue_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// errWanted is why these tests stop: a signal, as far as the flow knows.
var errWanted = errors.New("interrupt")

// Stopped as a stage begins, a flow leaves nothing in place, and the next one
// works.
func TestCanceledBefore(t *testing.T) {
	for _, stage := range issue.Stages {
		t.Run(string(stage), func(t *testing.T) {
			c := newCustomer(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			r, err := c.under(ctx, issue.Hooks{Before: func(s issue.Stage) {
				if s == stage {
					cancel(errWanted)
				}
			}})
			if stage == issue.StageCleanUp { // too late to stop what the CA has decided, and in time to stop the rest
				stage = issue.StageFinalize
			}
			interrupted(t, err, stage)
			if r.Leaf() != nil {
				t.Error("there is a certificate")
			}
			c.next(t)
		})
	}
}

// Stopped in the middle of a request, the same.
func TestCanceledDuring(t *testing.T) {
	for path, stage := range map[string]issue.Stage{
		"/dir": issue.StageDirectory, "/nonce": issue.StageAccount, "/account": issue.StageAccount, "/order": issue.StageOrder,
		"/authz/0": issue.StageAuthorizations, "/chal/0": issue.StageChallenge, "/fin": issue.StageFinalize,
		"/o": issue.StageFinalize, "/cert": issue.StageDownload,
	} {
		t.Run(path, func(t *testing.T) {
			c := newCustomer(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			c.on(path, func(w http.ResponseWriter, r *http.Request) {
				cancel(errWanted)
				stall(w, r)
			})
			_, err := c.under(ctx, issue.Hooks{})
			interrupted(t, err, stage)
			c.on(path, nil)
			c.next(t)
		})
	}
}

// Stopped while the CA validates, or while we wait for name servers.
func TestCanceledWaiting(t *testing.T) {
	t.Run("poll", func(t *testing.T) {
		c := newCustomer(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		c.on("/chal/0", text(200, "application/json", "{}"))
		c.first(3, "/authz/0", func(w http.ResponseWriter, r *http.Request) {
			if c.count("/authz/0") == 3 {
				cancel(errWanted)
			}
			c.usual(w, r)
		})
		_, err := c.under(ctx, issue.Hooks{})
		interrupted(t, err, issue.StageWait)
		c.on("/chal/0", nil)
		c.next(t)
	})
	t.Run("await", func(t *testing.T) {
		c := newCustomer(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := c.under(ctx, issue.Hooks{Await: func(ctx context.Context, cs []solve.Challenge) error {
			if len(cs) != 1 || c.solver.left() != 1 {
				t.Errorf("%d challenges, %d in place", len(cs), c.solver.left())
			}
			cancel(errWanted)
			<-ctx.Done()
			return context.Cause(ctx)
		}})
		interrupted(t, err, issue.StageAwait)
		c.next(t)
	})
	t.Run("deadline", func(t *testing.T) {
		c := newCustomer(t)
		c.on("/chal/0", text(200, "application/json", "{}"))
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := c.under(ctx, issue.Hooks{})
		if r, _ := issue.RefusalOf(err); r.Class != issue.Undecided || r.Stage != issue.StageWait {
			t.Errorf("%v: %+v", err, r)
		}
		c.on("/chal/0", nil)
		c.next(t)
	})
	t.Run("a solver that panics", func(t *testing.T) {
		c := newCustomer(t)
		func() {
			defer func() { _ = recover() }()
			_, _ = c.under(t.Context(), issue.Hooks{Await: func(context.Context, []solve.Challenge) error { panic("bug") }})
		}()
		c.next(t)
	})
}

func interrupted(t *testing.T, err error, stage issue.Stage) {
	t.Helper()
	r, _ := issue.RefusalOf(err)
	if r.Class != issue.Interrupted || r.Stage != stage || !errors.Is(err, errWanted) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v: %+v, want an interruption at %s", err, r, stage)
	}
}

// next requires that nothing is left, and that the next flow works.
func (c *customer) next(t *testing.T) {
	t.Helper()
	if n := c.solver.left(); n != 0 {
		t.Errorf("%d answers left behind", n)
	}
	whole(t, c.store.Dir)
	c.options.Recorder = c.recorder()
	if _, err := c.order(t); err != nil {
		t.Errorf("the next flow: %v", err)
	}
	c.clean(t)
}

// whole requires that a directory has no unfinished files, and that nobody else
// can read those it has.
func whole(t *testing.T, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm() != 0o600 || strings.HasPrefix(d.Name(), ".") {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
		if b, err := os.ReadFile(path); err != nil || len(b) == 0 || b[len(b)-1] != '\n' {
			t.Errorf("%s is half written: %q, %v", path, b, err)
		}
		return nil
	}))
}
