package lab

// This file tells what a CA validates, and what came of it.

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/letsencrypt/pebble/v2/acme"
	"github.com/letsencrypt/pebble/v2/core"
	"github.com/letsencrypt/pebble/v2/db"
)

// A Validation is a challenge that a client asked a CA to look at.
type Validation struct {
	At      time.Time // it began
	Name    string    // without "*."
	Method  string
	Status  string // processing, valid or invalid
	Problem string // the CA's, of an invalid one: "connection: …"
}

// watch stands before a CA and looks at the challenges that pass.
type watch struct {
	next  http.Handler
	store *db.MemoryStore
	seen  func(Validation) // nil: nobody wants to know

	mu   sync.Mutex
	open map[string]Validation // begun and not known to be decided, by challenge, guarded by mu
}

// ServeHTTP implements http.Handler.
func (w *watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if w.seen == nil {
		w.next.ServeHTTP(rw, r)
		return
	}
	id, begins := strings.CutPrefix(r.URL.Path, challengePath)
	begins = begins && r.Method == http.MethodPost && !asGet(r) && w.is(id, acme.StatusPending)
	w.next.ServeHTTP(rw, r)
	if begins && !w.is(id, acme.StatusPending) {
		w.begin(id)
	}
	w.settle()
}

func (w *watch) is(id, status string) bool {
	c := w.store.GetChallengeByID(id)
	return c != nil && stateOf(c).Status == status
}

func stateOf(c *core.Challenge) acme.Challenge {
	c.RLock()
	defer c.RUnlock()
	return c.Challenge
}

// begin tells of a validation once, whoever else posted to its challenge.
func (w *watch) begin(id string) {
	c := w.store.GetChallengeByID(id)
	c.Authz.RLock()
	name := c.Authz.Identifier.Value
	c.Authz.RUnlock()
	v := Validation{At: time.Now(), Name: strings.TrimPrefix(name, "*."), Method: stateOf(c).Type, Status: acme.StatusProcessing}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, twice := w.open[id]; !twice {
		w.open[id] = v
		w.seen(v)
	}
}

// settle tells of the validations that were decided meanwhile.
func (w *watch) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, v := range w.open {
		s := stateOf(w.store.GetChallengeByID(id))
		if s.Status != acme.StatusValid && s.Status != acme.StatusInvalid {
			continue
		}
		delete(w.open, id)
		v.Status = s.Status
		if s.Error != nil {
			v.Problem = strings.TrimPrefix(s.Error.Type, "urn:ietf:params:acme:error:") + ": " + s.Error.Detail
		}
		w.seen(v)
	}
}
