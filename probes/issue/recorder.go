package issue

// This file is the way to a CA: one exchange at a time, limited, and written
// down.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

const (
	mostJSON    = 64 << 10 // octets of an answer in JSON
	mostOther   = 1 << 20  // octets of any other answer: a chain in PEM
	mostKept    = 4096     // URLs whose last answer is kept
	mostSteps   = 20_000   // steps that are kept; all are told
	defaultTime = 30 * time.Second
)

// A Recorder is an http.RoundTripper that makes a Step of every exchange. It
// follows no redirects, limits what it reads in octets and time, and does not
// contact Let's Encrypt's production by accident. It is safe for concurrent use
// and must not be copied. It records answers and never what was sent.
type Recorder struct {
	// Base makes the requests. Nil is a Transport of its own, which heeds no
	// proxy variables.
	Base http.RoundTripper
	// Patience is for one exchange, to its last octet. 0 is 30 seconds.
	Patience time.Duration
	// AllowProduction lets requests through to Let's Encrypt's production.
	AllowProduction bool
	// Seen hears of every step when its exchange has ended, one at a time and in
	// the order of their IDs. Nil hears nothing.
	Seen func(probes.Step)

	once sync.Once
	base http.RoundTripper // set once

	telling sync.Mutex // held while Seen hears

	mu    sync.Mutex
	start time.Time              // of the first exchange, guarded by mu
	count int                    // of exchanges, guarded by mu
	steps []probes.Step          // guarded by mu
	last  map[string]probes.Step // by URL, guarded by mu
	known map[string][]byte      // answers that need no exchange, by URL, guarded by mu
}

// RoundTrip implements http.RoundTripper. The body of its answer has been read
// and is in memory.
func (r *Recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	if b, ok := r.answers(q); ok {
		dismiss(q)
		return inMemory(q, b), nil
	}
	op := operationOf(q.Context())
	if err := errors.Join(r.refuses(q), op.begin()); err != nil {
		dismiss(q)
		op.fail(err)
		return nil, err
	}
	began := time.Now()
	e := probes.Exchange{What: op.name(q), Method: q.Method, URL: q.URL.String()}
	resp, ph, err := r.exchange(q, &e)
	s := probes.Step{Took: time.Since(began), Fact: e, Fault: faultOf(q.Context(), ph, err)}
	op.saw(r.note(began, s))
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// exchange makes one request and reads its whole answer into e.
func (r *Recorder) exchange(q *http.Request, e *probes.Exchange) (*http.Response, *phase, error) {
	patience := r.Patience
	if patience == 0 {
		patience = defaultTime
	}
	ctx, cancel := context.WithTimeout(q.Context(), patience)
	defer cancel()
	ph := &phase{}
	resp, err := r.transport().RoundTrip(q.WithContext(ph.trace(ctx)))
	if err != nil {
		return nil, ph, err
	}
	defer resp.Body.Close()
	ph.enter("body")
	describe(e, resp)
	most := mostOther
	if isJSON(e.ContentType) {
		most = mostJSON
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	switch {
	case err == nil && ctx.Err() != nil:
		// A server that sees us hang up may end its answer as if it were whole,
		// and that arrives while we close.
		err = ctx.Err()
	case err == nil && len(body) > most:
		err = fmt.Errorf("%w: more than %d octets", errTooLarge, most)
	}
	if err != nil {
		return nil, ph, err
	}
	read(e, body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, ph, nil
}

// errTooLarge is an answer without an end.
var errTooLarge = errors.New("the answer is too large")

// transport is what makes the requests.
func (r *Recorder) transport() http.RoundTripper {
	r.once.Do(func() {
		if r.base = r.Base; r.base == nil {
			r.base = NewTransport(TransportOptions{})
		}
	})
	return r.base
}

// CloseIdleConnections closes what is open to the CA and not in use. A client's
// own method of that name calls it.
func (r *Recorder) CloseIdleConnections() {
	if t, ok := r.transport().(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// ErrProduction is what a request to Let's Encrypt's production meets unless
// that is allowed. Nothing is dialled.
var ErrProduction = errors.New("a request to Let's Encrypt's production was not allowed")

// errRedirect: no resource of ACME is a redirect, and a signed request is for
// one URL (RFC 8555 §6.4).
var errRedirect = errors.New("the CA redirects, which no ACME client follows")

// errPlain: RFC 8555 §6.1.
var errPlain = errors.New("the CA leads to a URL that is not https")

func (r *Recorder) refuses(q *http.Request) error {
	switch {
	case Production(q.URL.String()) && !r.AllowProduction:
		return ErrProduction
	case q.Response != nil: // net/http sets it when it follows a redirect
		return errRedirect
	case q.URL.Scheme != "https":
		return errPlain
	}
	return nil
}

// Production reports whether a URL is of Let's Encrypt and not of its staging
// environment. What is not known to be harmless counts as production.
func Production(directory string) bool {
	u, err := url.Parse(directory)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return (host == "letsencrypt.org" || strings.HasSuffix(host, ".letsencrypt.org")) && !strings.HasPrefix(host, "acme-staging")
}

// note numbers a step, keeps it and tells of it.
func (r *Recorder) note(began time.Time, s probes.Step) probes.Step {
	r.telling.Lock()
	defer r.telling.Unlock()
	s = r.keep(began, s)
	if r.Seen != nil {
		r.Seen(s)
	}
	return s
}

func (r *Recorder) keep(began time.Time, s probes.Step) probes.Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == 0 {
		r.start = began
	}
	r.count++
	s.ID, s.At = r.count, max(0, began.Sub(r.start))
	if len(r.steps) < mostSteps {
		r.steps = append(r.steps, s)
	}
	if r.last == nil {
		r.last = map[string]probes.Step{}
	}
	at := s.Fact.(probes.Exchange).URL
	if _, ok := r.last[at]; ok || len(r.last) < mostKept {
		r.last[at] = s
	}
	return s
}

// Steps are the exchanges so far, in the order in which they ended.
func (r *Recorder) Steps() []probes.Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]probes.Step(nil), r.steps...)
}

// Requests is how many exchanges there were.
func (r *Recorder) Requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Last is the last exchange with a URL: what it said of an authorization is more
// than a library passes on.
func (r *Recorder) Last(at string) (probes.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.last[at]
	if !ok {
		return probes.Exchange{}, false
	}
	return s.Fact.(probes.Exchange), true
}
