package issue

// This file bounds what the library does with one request of ours. It sends a
// request again after network errors, although it may have arrived, and after
// 503 without regard to Retry-After; it tries ten nonces, and follows "up" links
// for ever. An operation ends all of that by ending the context it works under.

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// What exchanges are for (probes.Exchange.What).
const (
	whatDirectory     = "directory"
	whatNonce         = "nonce"
	whatAccount       = "account"
	whatOrder         = "order"
	whatAuthorization = "authorization"
	whatChallenge     = "challenge"
	whatPoll          = "poll"
	whatFinalize      = "finalize"
	whatCertificate   = "certificate"
	whatRenewal       = "renewal"
)

const (
	mostExchanges = 40 // in one operation: a chain, its alternates, and nonces
	mostBadNonces = 5  // in a row; one is normal, two may happen (RFC 8555 §6.5)
)

// An operation is one thing that is asked of a CA.
type operation struct {
	what string
	end  context.CancelFunc

	mu        sync.Mutex
	exchanges int         // guarded by mu
	badNonces int         // guarded by mu
	last      probes.Step // guarded by mu
	ended     time.Time   // when the last exchange did, guarded by mu
	err       error       // that of ours which ended it, guarded by mu
}

type operationKey struct{}

// begin is a context under which exchanges are for one thing. The caller calls
// the operation's end.
func begin(ctx context.Context, what string) (context.Context, *operation) {
	ctx, cancel := context.WithCancel(ctx)
	op := &operation{what: what, end: cancel}
	return context.WithValue(ctx, operationKey{}, op), op
}

// operationOf is the operation that a request is part of; one of its own
// without.
func operationOf(ctx context.Context) *operation {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		return op
	}
	return &operation{what: whatDirectory, end: func() {}}
}

// errEndless is what a CA that leads in circles meets.
var errEndless = errors.New("the CA has led from one request to the next too often")

// begin counts an exchange.
func (op *operation) begin() error {
	op.mu.Lock()
	defer op.mu.Unlock()
	if op.exchanges++; op.exchanges > mostExchanges {
		return errEndless
	}
	return nil
}

// name is what a request is for: the library fetches nonces in between.
func (op *operation) name(q *http.Request) string {
	if q.Method == http.MethodHead {
		return whatNonce
	}
	return op.what
}

// fail ends an operation for a reason of ours.
func (op *operation) fail(err error) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.err = err
	op.end()
}

// saw takes an exchange in, and ends the operation where trying again would not
// help, or may do harm.
func (op *operation) saw(s probes.Step) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.last, op.ended = s, time.Now()
	e := s.Fact.(probes.Exchange)
	if e.Problem != nil && e.Problem.Short() == "badNonce" {
		op.badNonces++
	}
	switch {
	case s.Fault != nil, // it may have arrived
		e.Status == http.StatusTooManyRequests, e.Status == http.StatusServiceUnavailable, // there is a Retry-After to obey
		op.badNonces >= mostBadNonces:
		op.end()
	}
}

// exchange is the operation's last, with its fault and the time of its end.
func (op *operation) exchange() (probes.Exchange, *probes.Fault, time.Time) {
	op.mu.Lock()
	defer op.mu.Unlock()
	e, _ := op.last.Fact.(probes.Exchange)
	return e, op.last.Fault, op.ended
}

// failure is the reason of ours that ended the operation.
func (op *operation) failure() error {
	op.mu.Lock()
	defer op.mu.Unlock()
	return op.err
}
