package lab

// This file mends what would mislead a user of Pebble v2.10.1. Every mend has
// a test that goes red without it.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/letsencrypt/pebble/v2/acme"
	"github.com/letsencrypt/pebble/v2/core"
	"github.com/letsencrypt/pebble/v2/db"
)

// Pebble's paths, on purpose not Boulder's (wfe/wfe.go).
const (
	noncePath     = "/nonce-plz"
	newOrderPath  = "/order-plz"
	authzPath     = "/authZ/"
	challengePath = "/chalZ/"
)

// mend stands before Pebble.
type mend struct {
	next    http.Handler
	store   *db.MemoryStore
	blocked []string
	reuse   bool
	profile string // of orders that name none
}

// ServeHTTP implements http.Handler.
func (m *mend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, isAuthz := strings.CutPrefix(r.URL.Path, authzPath)
	challenge, isChallenge := strings.CutPrefix(r.URL.Path, challengePath)
	switch {
	case r.URL.Path == newOrderPath:
		m.newOrder(w, r)
	case isAuthz:
		m.authz(w, r, id)
	case isChallenge:
		m.challenge(w, r, challenge)
	default:
		m.next.ServeHTTP(w, r)
	}
}

// newOrder lets Pebble answer, and looks at the order it made before the client
// does. What is refused then stays behind in the store, where nobody looks.
func (m *mend) newOrder(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		problem(w, acme.MalformedProblem("unable to read the request"))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	b := &buffer{header: w.Header()}
	m.next.ServeHTTP(b, r)
	var order acme.Order
	if b.status != http.StatusCreated || json.Unmarshal(b.Bytes(), &order) != nil {
		b.send(w)
		return
	}
	if p := m.forbidden(&order); p != nil {
		refuse(w, p)
		return
	}
	if !m.reuse && m.reused(&order) {
		// PEBBLE_AUTHZREUSE=0 still reuses one authorization in a hundred. A
		// client must try again after badNonce (RFC 8555 §6.5), and the next
		// order will do.
		refuse(w, acme.BadNonceProblem("the order would have reused an authorization; try again"))
		return
	}
	if m.choose(&order, b.header.Get("Location"), body) {
		b.Reset()
		_ = json.NewEncoder(&b.Buffer).Encode(order) // it came from JSON
		b.header.Del("Content-Length")
	}
	b.send(w)
}

// refuse answers instead of Pebble, with the nonce that it gave.
func refuse(w http.ResponseWriter, p *acme.ProblemDetails) {
	for _, name := range []string{"Location", "Content-Length"} {
		w.Header().Del(name)
	}
	problem(w, p)
}

// forbidden is the blocklist, with Pebble's words. Pebble's own panics when a
// name has fewer labels than a blocked one (db/memorystore.go
// IsDomainBlocked), which looks like trouble with nonces to a client.
func (m *mend) forbidden(o *acme.Order) *acme.ProblemDetails {
	for _, id := range o.Identifiers {
		for _, b := range m.blocked {
			b = strings.ToLower(strings.TrimSuffix(b, "."))
			if id.Type == acme.IdentifierDNS && (id.Value == b || strings.HasSuffix(id.Value, "."+b)) {
				return acme.RejectedIdentifierProblem(id, `Order included an identifier for which issuance is forbidden by policy: "`+id.Value+`"`)
			}
		}
	}
	return nil
}

// reused reports whether a new order has an authorization of another's.
func (m *mend) reused(o *acme.Order) bool {
	return slices.ContainsFunc(o.Authorizations, func(url string) bool {
		a := m.store.GetAuthorizationByID(last(url))
		return a != nil && status(a) != acme.StatusPending
	})
}

// choose gives an order the default profile if the request named none; Pebble
// picks one at random.
func (m *mend) choose(o *acme.Order, url string, request []byte) bool {
	var signed acme.JSONSigned
	var asked acme.Order
	if json.Unmarshal(request, &signed) != nil {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(signed.Payload)
	stored := m.store.GetOrderByID(last(url))
	if err != nil || json.Unmarshal(payload, &asked) != nil || asked.Profile != "" || stored == nil {
		return false
	}
	stored.Lock()
	defer stored.Unlock()
	stored.Profile, o.Profile = m.profile, m.profile
	return true
}

// authz gives back the locks that Pebble keeps. When it shows an authorization
// that is no longer pending, it leaves every challenge that it does not show
// locked for reading (wfe/wfe.go prepAuthorizationForDisplay); the next one to
// write to such a challenge waits for ever, and in time so does everybody.
func (m *mend) authz(w http.ResponseWriter, r *http.Request, id string) {
	b := &buffer{header: w.Header()}
	m.next.ServeHTTP(b, r)
	var shown acme.Authorization
	if a := m.store.GetAuthorizationByID(id); a != nil && b.status == http.StatusOK && json.Unmarshal(b.Bytes(), &shown) == nil && shown.Status != acme.StatusPending {
		for _, c := range a.Challenges { // they do not change once a is in the store
			if !slices.ContainsFunc(shown.Challenges, func(s acme.Challenge) bool { return s.URL == c.URL }) {
				c.RUnlock()
			}
		}
	}
	b.send(w)
}

// challenge refuses to begin a challenge of an authorization that is decided,
// as Boulder does (ra/ra.go PerformValidation). Pebble would validate it, and
// could turn an invalid authorization into a valid one.
func (m *mend) challenge(w http.ResponseWriter, r *http.Request, id string) {
	c := m.store.GetChallengeByID(id)
	if c == nil || r.Method != http.MethodPost || asGet(r) || status(c.Authz) == acme.StatusPending {
		m.next.ServeHTTP(w, r)
		return
	}
	m.nonce(w, r)
	problem(w, acme.MalformedProblem("Unable to update challenge :: authorization must be pending"))
}

// asGet reports whether a request only reads: its payload is empty (RFC 8555
// §6.3). The request can be read again.
func asGet(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var signed acme.JSONSigned
	return err != nil || json.Unmarshal(body, &signed) != nil || signed.Payload == ""
}

// nonce puts a fresh nonce into an answer that Pebble has no part in.
func (m *mend) nonce(w http.ResponseWriter, r *http.Request) {
	ask := r.Clone(r.Context())
	ask.Method, ask.URL.Path, ask.Body = http.MethodHead, noncePath, http.NoBody
	m.next.ServeHTTP(&buffer{header: w.Header()}, ask)
}

func status(a *core.Authorization) string {
	a.RLock()
	defer a.RUnlock()
	return a.Status
}

// last is the last part of a URL's path.
func last(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

func problem(w http.ResponseWriter, p *acme.ProblemDetails) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.HTTPStatus)
	_ = json.NewEncoder(w).Encode(p)
}

// A buffer holds an answer back.
type buffer struct {
	header http.Header // of the answer that it holds back
	status int
	bytes.Buffer
}

// Header implements http.ResponseWriter.
func (b *buffer) Header() http.Header { return b.header }

// WriteHeader implements http.ResponseWriter.
func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffer) send(w http.ResponseWriter) {
	if b.status == 0 {
		b.status = http.StatusOK
	}
	w.WriteHeader(b.status)
	_, _ = w.Write(b.Bytes())
}
