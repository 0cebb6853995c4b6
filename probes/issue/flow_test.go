package issue_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// What the CA has validated already is not shown again, except in a rehearsal.
func TestValidAlready(t *testing.T) {
	w := newTown(t, lab.CAOptions{ReuseAuthorizations: true})
	for range 2 {
		f := w.flow(t, issue.Registration{}, "http-01@www.lab.test")
		r, err := f.Run(t.Context(), issue.Hooks{})
		must(t, err)
		verify(t, w, f, r)
		if a := r.Authorizations[0]; a.Method != probes.HTTP01 || a.Status != "valid" {
			t.Errorf("authorization %+v", a)
		}
	}
	if len(w.solver.placed) != 1 {
		t.Errorf("%d answers were put in place", len(w.solver.placed))
	}
}

// An interrupted rehearsal gives up what it has proved.
func TestRehearsalIsInterrupted(t *testing.T) {
	c := newCustomer(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	r, err := c.under(ctx, issue.Hooks{
		StopBefore:      issue.StageFinalize,
		OnAuthorization: func(issue.Authorization) { cancel(errWanted) },
	})
	if err != nil && !errors.Is(err, errWanted) {
		t.Error(err)
	}
	if a := r.Authorizations[0]; !a.Deactivated || r.LeftBehind != nil || c.count("/fin") != 0 {
		t.Errorf("%+v, %v", a, r.LeftBehind)
	}
	c.clean(t)
}

// A rehearsal that cannot give up what it has proved says so, and is a
// rehearsal all the same.
func TestRehearsalLeavesSomething(t *testing.T) {
	c := newCustomer(t)
	r, err := c.under(t.Context(), issue.Hooks{StopBefore: issue.StageFinalize, OnAuthorization: func(issue.Authorization) {
		c.on("/authz/0", problem(500, "serverInternal"))
	}})
	must(t, err)
	if r.LeftBehind == nil || r.Authorizations[0].Deactivated || r.Authorizations[0].Status != "valid" {
		t.Errorf("%+v", r)
	}
	c.clean(t)
}

// broken can put one answer in place and not a second.
type broken struct{ tally }

var errFull = errors.New("no room")

func (b *broken) Present(ctx context.Context, c solve.Challenge) error {
	return errors.Join(b.tally.Present(ctx, c), errFull)
}

func TestSolverFails(t *testing.T) {
	c := newCustomer(t)
	ca, err := issue.Connect(t.Context(), c.options)
	must(t, err)
	a, err := c.store.Account(t.Context(), ca, agreed)
	must(t, err)
	b := &broken{}
	f := c.flow(ca, a, "a.example.com", "b.example.com")
	f.Solvers[probes.HTTP01] = b
	r, err := f.Run(t.Context(), issue.Hooks{})
	refusal, _ := issue.RefusalOf(err)
	if !errors.Is(err, errFull) || refusal.Class != issue.Local || refusal.Stage != issue.StagePresent || b.left() != 0 || r.Order == "" || c.count("/chal/0") != 0 {
		t.Errorf("%v: %+v, %d left", err, refusal, b.left())
	}
	ca.Close()
	c.clean(t)
}

// What cannot work is said before the CA hears of it.
func TestFlowIsChecked(t *testing.T) {
	c := newCustomer(t)
	ca, err := issue.Connect(t.Context(), c.options)
	must(t, err)
	a, err := c.store.Account(t.Context(), ca, agreed)
	must(t, err)
	name := probes.Target{Identifier: "www.example.com"}
	dns := probes.Target{Identifier: "www.example.com", Methods: []probes.Method{probes.DNS01}}
	only := map[probes.Method]solve.Solver{probes.HTTP01: &c.solver}
	for _, f := range []*issue.Flow{
		{CA: ca, Account: a, Solvers: only},
		{CA: ca, Account: a, Solvers: only, Targets: []probes.Target{name, name}},
		{CA: ca, Account: a, Solvers: only, Targets: []probes.Target{dns}},
		{CA: ca, Account: a, Targets: []probes.Target{name}},
		{CA: ca, Account: a, Solvers: only, Targets: []probes.Target{name}, Profile: "none"},
	} {
		if _, err := f.Run(t.Context(), issue.Hooks{}); err == nil {
			t.Errorf("%+v was run", f.Targets)
		}
	}
	if c.count("/order") != 0 {
		t.Error("the CA has heard of it")
	}
	ca.Close()
	c.clean(t)
}

// A directory that has changed is seen by the next connection.
func TestDirectoryIsFresh(t *testing.T) {
	c := newCustomer(t)
	_, err := c.order(t)
	must(t, err)
	c.on("/dir", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"newNonce": c.URL + "/nonce", "newAccount": c.URL + "/account", "newOrder": c.URL + "/moved"})
	})
	c.on("/moved", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/order"
		c.usual(w, r)
	})
	_, err = c.order(t)
	must(t, err)
	if c.count("/order") != 1 || c.count("/moved") != 1 {
		t.Errorf("%d and %d orders", c.count("/order"), c.count("/moved"))
	}
	c.clean(t)
}

// A certificate that is not what was ordered is not taken.
func TestWrongCertificate(t *testing.T) {
	c := newCustomer(t)
	c.on("/cert", func(w http.ResponseWriter, r *http.Request) {
		k, err := issue.P256.New()
		must(t, err)
		csr, err := issue.CSR(k, []probes.Identifier{"www.example.com"})
		must(t, err)
		c.mu.Lock()
		c.sign(base64url(csr))
		c.mu.Unlock()
		c.usual(w, r)
	})
	r, err := c.order(t)
	if refusal, _ := issue.RefusalOf(err); refusal.Stage != issue.StageDownload || r.Leaf() != nil {
		t.Errorf("%v: %+v", err, refusal)
	}
	c.clean(t)
}
