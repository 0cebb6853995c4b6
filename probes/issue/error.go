package issue

// This file is how a stage fails.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// A Stage is a part of the way to a certificate.
type Stage string

// The stages, in order. CleanUp comes as soon as the CA has decided, or when it
// will not. Deactivate is a rehearsal's.
const (
	StageDirectory      Stage = "directory"
	StageAccount        Stage = "account"
	StageRenewal        Stage = "renewal"
	StageOrder          Stage = "order"
	StageAuthorizations Stage = "authorizations"
	StagePresent        Stage = "present"
	StageAwait          Stage = "await"
	StageChallenge      Stage = "challenge"
	StageWait           Stage = "wait"
	StageCleanUp        Stage = "clean-up"
	StageDeactivate     Stage = "deactivate"
	StageFinalize       Stage = "finalize"
	StageDownload       Stage = "download"
)

// Stages are those of a Flow, in order.
var Stages = []Stage{
	StageOrder, StageAuthorizations, StagePresent, StageAwait, StageChallenge, StageWait,
	StageCleanUp, StageFinalize, StageDownload,
}

// An Error is why a stage did not succeed. It wraps the CA's problem, or the
// error that came instead.
type Error struct {
	Stage      Stage
	Identifier probes.Identifier // that it is about; empty: the stage as a whole
	URL        string            // that was asked; empty: none was

	Status      int                 // of HTTP; 0 without an answer
	ContentType string              // of the answer
	Problem     *probes.ACMEProblem // what the CA says, if it says something
	Fault       *probes.Fault       // why there is no answer, if there is none
	RetryAfter  time.Time           // when the CA wants to be asked again; zero: it does not say
	Link        []string            // as sent
	Err         error               // what went wrong otherwise
}

// Error names who could not have what, and the cause.
func (e *Error) Error() string {
	about := string(e.Stage)
	if e.Identifier != "" {
		about = string(e.Identifier) + ": " + about
	}
	return fmt.Sprintf("%s: %v", about, e.cause())
}

// Unwrap is the CA's problem, or the cause without one.
func (e *Error) Unwrap() error { return e.cause() }

// Hint is what can be done about it; "" where the error does not say.
func (e *Error) Hint() string {
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](e.Err); ok {
		return h.Hint()
	}
	return ""
}

func (e *Error) cause() error {
	switch {
	case e.Err != nil:
		return e.Err
	case e.Problem != nil:
		return e.Problem
	case e.Fault != nil:
		return fmt.Errorf("%s (%s): %s", e.Fault.Kind, e.Fault.Op, e.Fault.Detail)
	}
	return fmt.Errorf("HTTP %d with %s", e.Status, told(e.ContentType))
}

func told(mediaType string) string {
	if mediaType == "" {
		return "no content type"
	}
	return mediaType
}

// hinted is an error with a hint.
type hinted struct {
	error
	hint string
}

func (h hinted) Hint() string  { return h.hint }
func (h hinted) Unwrap() error { return h.error }

// fault is an error with a hint.
func fault(hint, format string, a ...any) error {
	return hinted{fmt.Errorf(format, a...), hint}
}

// An endedError is one under a context that has ended. Its text is the cause's.
type endedError struct {
	error
	by error // context.Canceled or context.DeadlineExceeded
}

func (e endedError) Unwrap() []error { return []error{e.error, e.by} }

// ended marks an error with how its context ended, if it did: its own cause may
// hide that.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return endedError{err, ctx.Err()}
}

// explain makes the error of an operation out of what was exchanged. What the
// library says is only for answers that look good and cannot be used: it
// swallows orderNotReady, wraps problems of orders so that they cannot be
// found, and quotes whole pages.
func (op *operation) explain(ctx context.Context, stage Stage, err error) *Error {
	e, f, at := op.exchange()
	out := &Error{
		Stage: stage, URL: e.URL, Status: e.Status, ContentType: e.ContentType, Problem: e.Problem, Fault: f,
		RetryAfter: retryAfter(e.RetryAfter, at), Link: e.Link,
	}
	switch own := op.failure(); {
	case ctx.Err() != nil:
		out.Err = ended(ctx, context.Cause(ctx))
	case own != nil:
		out.Err = own
	case e.Problem == nil && f == nil && e.Status < http.StatusMultipleChoices:
		out.Err = err
	}
	return out
}

// retryAfter reads a Retry-After header (RFC 9110 §10.2.3) that came at a time;
// the zero time if there is nothing to read.
func retryAfter(header string, came time.Time) time.Time {
	const most = 366 * 24 * 60 * 60
	if s, err := strconv.Atoi(header); err == nil && s >= 0 {
		return came.Add(time.Duration(min(s, most)) * time.Second)
	}
	t, err := http.ParseTime(header)
	if err != nil {
		return time.Time{}
	}
	return t
}
