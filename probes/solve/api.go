package solve

// This file talks to the HTTP APIs of DNS providers.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	mostReply   = 1 << 20 // octets of a reply
	apiPatience = 30 * time.Second
	apiTries    = 5
	longestWait = time.Minute // that an API may ask of us
)

// An APIError is an API's refusal.
type APIError struct {
	Service string
	Request string // method and path
	Status  int
	Code    string // the API's own, if it gave one
	Message string // the API's own, shortened
	Advice  string // what to do about it, if that is known
}

func (e *APIError) Error() string {
	out := fmt.Sprintf("%s answers %s with %d", e.Service, e.Request, e.Status)
	if e.Code != "" {
		out += " " + e.Code
	}
	if e.Message != "" {
		out += ": " + e.Message
	}
	return out
}

// Hint is what to do about it.
func (e *APIError) Hint() string {
	switch {
	case e.Advice != "":
		return e.Advice
	case e.Status == http.StatusTooManyRequests:
		return "wait; the API counts requests"
	}
	return ""
}

// An api is one service.
type api struct {
	service string
	base    string            // the URL in front of every path
	http    http.RoundTripper // nil: Go's own
	// sign adds the credentials.
	sign func(r *http.Request, body []byte) error
	// explain reads the service's own code and message from a reply.
	explain func(body []byte) (code, message string)
	// transient reports whether a refusal passes by itself; 429 and 503 do.
	transient func(code string) bool
	first     time.Duration // before the second try; 0: a second
}

// A call is one request.
type call struct {
	method, path string
	query        url.Values
	kind         string // content type of the body
	body         []byte
}

// A reply is what came back with a status of 2xx.
type reply struct {
	header http.Header
	body   []byte
}

// do makes a call, again if the service is only busy: after the time it says,
// or else ever longer. A call that may have been received is not repeated.
func (a *api) do(ctx context.Context, c call) (reply, error) {
	pause := a.first
	if pause == 0 {
		pause = time.Second
	}
	for try := 1; ; try++ {
		r, err := a.once(ctx, c)
		refused, is := errors.AsType[*APIError](err)
		if !is || try == apiTries || !a.passes(refused) {
			return r, err
		}
		if wait(ctx, retryAfter(r.header, pause)) != nil {
			return r, fmt.Errorf("%w (%w)", err, context.Cause(ctx))
		}
		pause *= 2
	}
}

func (a *api) passes(e *APIError) bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable ||
		a.transient != nil && a.transient(e.Code)
}

// retryAfter is what the service asks for (RFC 9110 §10.2.3), within reason.
func retryAfter(h http.Header, otherwise time.Duration) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(v, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(at), 0), longestWait)
	}
	return otherwise
}

func (a *api) once(ctx context.Context, c call) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, apiPatience)
	defer cancel()
	r, err := a.request(ctx, c)
	if err != nil {
		return reply{}, err
	}
	client := http.Client{
		Transport: a.http,
		// A redirect would take the credentials somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return reply{}, a.unreached(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostReply+1))
	switch {
	case err != nil:
		return reply{}, a.unreached(ctx, err)
	case len(body) > mostReply:
		return reply{}, fmt.Errorf("%s sends more than %d octets", a.service, mostReply)
	case resp.StatusCode/100 == 2:
		return reply{resp.Header, body}, nil
	}
	return reply{resp.Header, nil}, a.refusal(c, resp.StatusCode, body)
}

func (a *api) request(ctx context.Context, c call) (*http.Request, error) {
	u := strings.TrimSuffix(a.base, "/") + c.path
	if len(c.query) > 0 {
		u += "?" + c.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, c.method, u, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	if c.kind != "" {
		r.Header.Set("Content-Type", c.kind)
	}
	r.Header.Set("User-Agent", "acmecheck")
	if a.sign != nil {
		err = a.sign(r, c.body)
	}
	return r, err
}

// unreached words an error of the network, without the URL that net/http puts
// in front: it is of no use and long.
func (a *api) unreached(ctx context.Context, err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return fault("the API is reached through HTTPS_PROXY, if that is set", "asking %s: %w", a.service, err)
	}
	return fmt.Errorf("asking %s: %w", a.service, err)
}

func (a *api) refusal(c call, status int, body []byte) error {
	e := &APIError{Service: a.service, Request: c.method + " " + c.path, Status: status}
	if a.explain != nil {
		e.Code, e.Message = a.explain(body)
	}
	if e.Code+e.Message == "" {
		e.Message = short(string(body))
	}
	e.Message = short(e.Message)
	return e
}

// checkURL wants the credentials encrypted on their way, except to this very
// machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is not a URL", short(text))
	}
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("%s would send the credentials in the clear: use https", u.Redacted())
	}
	return nil
}
