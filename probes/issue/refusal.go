package issue

// This file says what a refusal means: whose turn it is, and when. It is a pure
// function of an error.

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// A Class is what a refusal comes down to.
type Class string

// The classes.
const (
	RateLimited     Class = "rate-limited"     // too much in too little time
	Busy            Class = "busy"             // the CA has no time for anybody
	Paused          Class = "paused"           // an account that failed for too long; its owner can lift it at URL
	Terms           Class = "terms"            // something has to be agreed to, at URL
	ExternalAccount Class = "external-account" // an account takes an external binding
	AccountUnknown  Class = "account-unknown"  // the CA does not know the account
	AccountRefused  Class = "account-refused"  // it does, and takes nothing from it; or wants no such account
	Validation      Class = "validation"       // the CA looked and did not find what it wanted
	Forbidden       Class = "forbidden"        // it will not issue for an identifier
	BadRequest      Class = "bad-request"      // it did not take what we sent
	OutOfStep       Class = "out-of-step"      // it was not the time for that
	Trouble         Class = "trouble"          // the CA's own
	NotACME         Class = "not-acme"         // something answers that is no ACME server
	Unreachable     Class = "unreachable"      // nobody answers
	Undecided       Class = "undecided"        // the CA takes longer than we wait
	Guarded         Class = "guarded"          // production, without the word for it
	Local           Class = "local"            // our own side: a solver, a file, a setting
	Interrupted     Class = "interrupted"      // we were told to stop
)

// Exit is the exit code of a command that ends with this class: 1 is not among
// them, as that is for a look that has no CA.
func (c Class) Exit() int {
	switch c {
	case RateLimited, Busy:
		return 6
	case Paused, AccountUnknown, AccountRefused, Validation, Forbidden, BadRequest, OutOfStep:
		return 5
	case Terms, Guarded:
		return 7
	case ExternalAccount, Local:
		return 2
	case Trouble, NotACME, Unreachable, Undecided:
		return 3
	case Interrupted:
		return 130
	}
	return 70
}

// A Refusal is why there is no certificate.
type Refusal struct {
	Class   Class
	Stage   Stage
	Problem *probes.ACMEProblem // the CA's words; nil: it has none
	Retry   time.Time           // when to come back; zero: nobody says
	URL     string              // where a person has something to do; empty: nowhere
	// Refused are the identifiers that it is about, with their problems, where
	// the CA says so.
	Refused []probes.ACMEProblem
}

// RefusalOf classifies the error of a stage. Of several it takes the one that
// matters most: that which a person cannot wait out. It is false for nil and for
// what is no *Error.
func RefusalOf(err error) (Refusal, bool) {
	var out Refusal
	found := false
	for _, e := range stageErrors(err) {
		r := e.refusal()
		if !found || rank(r.Class) < rank(out.Class) {
			refused := append(out.Refused, r.Refused...)
			out, found = r, true
			out.Refused = refused
			continue
		}
		out.Refused = append(out.Refused, r.Refused...)
	}
	return out, found
}

// stageErrors are the *Errors that were joined.
func stageErrors(err error) []*Error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // the tree is walked here
		return []*Error{e}
	}
	var out []*Error
	switch u := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		for _, e := range u.Unwrap() {
			out = append(out, stageErrors(e)...)
		}
	case interface{ Unwrap() error }:
		out = stageErrors(u.Unwrap())
	}
	return out
}

// rank puts first what has to be done before anything else can help.
func rank(c Class) int {
	order := []Class{
		Interrupted, Guarded, Local, Terms, ExternalAccount, AccountUnknown, AccountRefused, Paused, RateLimited,
		Forbidden, Validation, BadRequest, OutOfStep, NotACME, Busy, Trouble, Undecided, Unreachable,
	}
	for i, o := range order {
		if o == c {
			return i
		}
	}
	return len(order)
}

// refusal classifies one error.
func (e *Error) refusal() Refusal {
	r := Refusal{Class: e.class(), Stage: e.Stage, Problem: e.Problem, Retry: e.RetryAfter}
	if e.Problem == nil {
		return r
	}
	if r.Retry.IsZero() {
		r.Retry = retryIn(e.Problem.Detail)
	}
	r.URL = e.place()
	for _, s := range e.Problem.Subproblems {
		if s.Identifier != "" {
			r.Refused = append(r.Refused, s)
		}
	}
	if len(r.Refused) == 0 && e.Identifier != "" {
		own := *e.Problem
		own.Identifier = string(e.Identifier)
		r.Refused = []probes.ACMEProblem{own}
	}
	return r
}

// class is by what we know ourselves, then by the CA's problem, then by what the
// answer looks like.
func (e *Error) class() Class {
	switch {
	case errors.Is(e.Err, ErrUndecided):
		return Undecided
	case errors.Is(e.Err, ErrProduction):
		return Guarded
	case errors.Is(e.Err, ErrTerms):
		return Terms
	case errors.Is(e.Err, ErrUnknownAccount):
		return AccountUnknown
	case odd(e.Err):
		return NotACME
	case errors.Is(e.Err, context.Canceled), e.Fault != nil && e.Fault.Kind == probes.FaultCanceled:
		return Interrupted
	case errors.Is(e.Err, context.DeadlineExceeded):
		return Undecided // the caller's deadline
	case e.Problem != nil:
		return e.byProblem()
	case e.Fault != nil:
		return byFault(e.Fault)
	case e.Status != 0:
		return e.byStatus()
	}
	return Local
}

// odd reports whether a CA did what no ACME server does.
func odd(err error) bool {
	for _, e := range []error{errPlain, errRedirect, errEndless, errToken, errNotJSON, errNoDirectory} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// byFault: where TLS or HTTP is not spoken there is no ACME server either.
func byFault(f *probes.Fault) Class {
	switch f.Kind { //nolint:exhaustive // the others are of a CA that is not there
	case probes.FaultPlain, probes.FaultNotTLS, probes.FaultNotHTTP, probes.FaultTooLarge, probes.FaultEncoding:
		return NotACME
	}
	return Unreachable
}

// byStatus is for answers without a problem document.
func (e *Error) byStatus() Class {
	switch {
	case e.Status == http.StatusTooManyRequests:
		return RateLimited
	case e.Status == http.StatusServiceUnavailable && (!page(e.ContentType) || !e.RetryAfter.IsZero()):
		return Busy
	case e.Status >= http.StatusInternalServerError && !page(e.ContentType):
		return Trouble
	}
	return NotACME
}

// classes are those of the types of RFC 8555 §6.7, RFC 9773 §7.4 and
// draft-ietf-acme-profiles.
var classes = map[string]Class{
	"accountDoesNotExist":     AccountUnknown,
	"alreadyReplaced":         BadRequest,
	"alreadyRevoked":          BadRequest,
	"badCSR":                  BadRequest,
	"badNonce":                Trouble, // five fresh ones in a row
	"badPublicKey":            BadRequest,
	"badRevocationReason":     BadRequest,
	"badSignatureAlgorithm":   BadRequest,
	"caa":                     Validation,
	"compound":                BadRequest, // unless its parts agree
	"connection":              Validation,
	"dns":                     Validation,
	"externalAccountRequired": ExternalAccount,
	"incorrectResponse":       Validation,
	"invalidContact":          AccountRefused,
	"invalidProfile":          BadRequest,
	"malformed":               BadRequest,
	"orderNotReady":           OutOfStep,
	"rateLimited":             RateLimited,
	"rejectedIdentifier":      Forbidden,
	"serverInternal":          Trouble,
	"tls":                     Validation,
	"unauthorized":            Validation,
	"unsupportedContact":      AccountRefused,
	"unsupportedIdentifier":   Forbidden,
	"userActionRequired":      Terms,
}

func (e *Error) byProblem() Class {
	short := e.Problem.Short()
	c, known := classes[short]
	switch {
	case short == "rateLimited" && e.Status == http.StatusServiceUnavailable:
		return Busy // Boulder's "Service busy; retry later."
	case short == "rateLimited" && pause(e.Problem.Detail) != "":
		return Paused
	case short == "unauthorized" && e.Status >= http.StatusBadRequest:
		return AccountRefused // the request itself, and not what was validated
	case short == "compound":
		return agreed(e.Problem.Subproblems)
	case !known:
		return e.byUnknown()
	}
	return c
}

// byUnknown is for types that are not in any list: RFC 8555 §6.7 lets CAs have
// their own.
func (e *Error) byUnknown() Class {
	if c := e.byStatus(); c != NotACME {
		return c
	}
	return BadRequest
}

// agreed is the class that all parts of a compound problem have.
func agreed(parts []probes.ACMEProblem) Class {
	out := Class("")
	for i := range parts {
		c, ok := classes[parts[i].Short()]
		if !ok || out != "" && c != out {
			return BadRequest
		}
		out = c
	}
	if out == "" {
		return BadRequest
	}
	return out
}

// place is where a person has something to do: the problem's own URL (RFC 8555
// §7.3.3), the terms of service, or the page that lifts a pause.
func (e *Error) place() string {
	if u := pause(e.Problem.Detail); u != "" && e.Problem.Short() == "rateLimited" {
		return u
	}
	if u, err := url.Parse(e.Problem.Instance); err == nil && u.Scheme == "https" {
		return e.Problem.Instance
	}
	for _, l := range e.Link {
		target, parameters, ok := strings.Cut(strings.TrimPrefix(l, "<"), ">")
		if ok && strings.Contains(parameters, `rel="terms-of-service"`) {
			return target
		}
	}
	return ""
}

// paused is what Boulder says of an account that it has paused (ra/ra.go
// checkIdentifiersPaused).
var paused = regexp.MustCompile(`temporarily prevented from requesting certificates.*(https://\S+)`)

func pause(detail string) string {
	if m := paused.FindStringSubmatch(detail); m != nil {
		return m[1]
	}
	return ""
}

// later is how Boulder says when (ratelimits/limiter.go).
var later = regexp.MustCompile(`retry after (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC`)

func retryIn(detail string) time.Time {
	m := later.FindStringSubmatch(detail)
	if m == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.DateTime, m[1])
	if err != nil {
		return time.Time{}
	}
	return t
}
