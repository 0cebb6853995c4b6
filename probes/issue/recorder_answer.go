package issue

// This file reads a CA's answers for the record.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// describe takes the head of an answer in.
func describe(e *probes.Exchange, resp *http.Response) {
	const most = 20 // links
	e.Status = resp.StatusCode
	e.RetryAfter = resp.Header.Get("Retry-After")
	e.Location = resp.Header.Get("Location")
	e.Date = resp.Header.Get("Date")
	links := resp.Header.Values("Link")
	e.Link = append(e.Link, links[:min(len(links), most)]...)
	e.ContentType, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || mediaType == "application/problem+json"
}

// read takes the body of an answer in, if it is JSON.
func read(e *probes.Exchange, body []byte) {
	if !isJSON(e.ContentType) || !json.Valid(body) {
		return
	}
	if e.Status >= http.StatusBadRequest {
		e.Problem = problemIn(body)
	}
	if e.What == whatAccount && e.Problem == nil {
		body = public(body)
	}
	e.Body = append(e.Body, body...)
}

// public is what of an account's object is of no interest to thieves: CAs give
// back contacts, keys and external bindings.
func public(body []byte) []byte {
	var account struct {
		Status string `json:"status"`
	}
	_ = json.Unmarshal(body, &account)
	b, _ := json.Marshal(account) // cannot fail
	return b
}

// problemJSON is a problem document (RFC 7807, RFC 8555 §6.7.1).
type problemJSON struct {
	Type, Detail, Instance string
	Status                 int
	Identifier             struct{ Type, Value string }
	Subproblems            []problemJSON
}

// problemIn reads a problem document as far as it can be read.
func problemIn(body []byte) *probes.ACMEProblem {
	var p problemJSON
	_ = json.Unmarshal(body, &p) // a member of a wrong type leaves the others
	if p.Type == "" && p.Detail == "" {
		return nil
	}
	out := p.problem(true)
	return &out
}

func (p problemJSON) problem(top bool) probes.ACMEProblem {
	const most = 100
	out := probes.ACMEProblem{Type: p.Type, Detail: p.Detail, Status: p.Status, Instance: p.Instance, Identifier: p.Identifier.Value}
	if !top {
		return out // RFC 8555 §6.7.1: subproblems have none
	}
	for _, s := range p.Subproblems[:min(len(p.Subproblems), most)] {
		out.Subproblems = append(out.Subproblems, s.problem(false))
	}
	return out
}

// A phase is how far a request has come, for its fault to say.
type phase struct{ at atomic.Pointer[string] }

func (p *phase) enter(op string) { p.at.Store(&op) }

// op is what was going on: of a dial that has not begun, the dial.
func (p *phase) op() string {
	if at := p.at.Load(); at != nil {
		return *at
	}
	return "dial"
}

// trace listens to how a request gets on.
func (p *phase) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:          func(httptrace.DNSStartInfo) { p.enter("lookup") },
		ConnectStart:      func(_, _ string) { p.enter("dial") },
		TLSHandshakeStart: func() { p.enter("handshake") },
		GotConn:           func(httptrace.GotConnInfo) { p.enter("write") },
		WroteRequest:      func(httptrace.WroteRequestInfo) { p.enter("read") },
	})
}

// faultOf classifies why there is no answer. Whatever the error, when we were
// told to stop it says nothing about the CA.
func faultOf(ctx context.Context, ph *phase, err error) *probes.Fault {
	f := wire.FaultOf(ph.op(), err)
	switch {
	case f == nil:
	case errors.Is(ctx.Err(), context.Canceled):
		f.Kind = probes.FaultCanceled
	case errors.Is(err, errTooLarge):
		f.Kind = probes.FaultTooLarge
	}
	return f
}

// knows answers GETs of a URL from memory from now on.
func (r *Recorder) knows(at string, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string][]byte{}
	}
	r.known[at] = body
}

func (r *Recorder) answers(q *http.Request) ([]byte, bool) {
	if q.Method != http.MethodGet {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b, ok := r.known[q.URL.String()]
	return b, ok
}

// inMemory is an answer that nobody sent.
func inMemory(q *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Request: q,
	}
}

// dismiss closes the body of a request that is not made, as a RoundTripper must.
func dismiss(q *http.Request) {
	if q.Body != nil {
		_ = q.Body.Close()
	}
}

// page reports whether an answer is meant for people.
func page(mediaType string) bool { return strings.HasPrefix(mediaType, "text/html") }
