package issue

// This file asks when to renew (RFC 9773).

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"time"

	"github.com/mholt/acmez/v3/acme"
)

// CertID names a certificate to its CA (RFC 9773 §4.1).
func CertID(c *x509.Certificate) (string, error) {
	if len(c.AuthorityKeyId) == 0 {
		return "", errors.New("the certificate does not name its issuer's key, so that it cannot be named itself (RFC 9773 §4.1)")
	}
	return acme.ARIUniqueIdentifier(c)
}

// A Window is when a CA wants a certificate to be renewed.
type Window struct {
	Start, End  time.Time
	Explanation string    // URL of a page; empty: there is none
	Again       time.Time // not to be asked before; zero: it does not say
}

// ErrNoRenewal is a CA that does not tell when to renew.
var ErrNoRenewal = errors.New("the CA does not tell when to renew")

// Renewal asks once when to renew a certificate. A window that ends before it
// begins is an error (RFC 9773 §4.2).
func (c *CA) Renewal(ctx context.Context, cert *x509.Certificate) (Window, error) {
	id, err := CertID(cert)
	if c.renewal == "" {
		err = ErrNoRenewal
	}
	if err != nil {
		return Window{}, &Error{Stage: StageRenewal, Err: err}
	}
	at := strings.TrimSuffix(c.renewal, "/") + "/" + id
	var got struct {
		SuggestedWindow struct{ Start, End time.Time }
		ExplanationURL  string
	}
	if err := c.get(ctx, StageRenewal, whatRenewal, at, &got); err != nil {
		return Window{}, err
	}
	w := Window{Start: got.SuggestedWindow.Start, End: got.SuggestedWindow.End, Explanation: got.ExplanationURL}
	if !w.Start.Before(w.End) {
		return Window{}, &Error{Stage: StageRenewal, URL: at, Err: errors.New("the CA's renewal window has no length")}
	}
	if e, ok := c.recorder.Last(at); ok {
		w.Again = retryAfter(e.RetryAfter, time.Now())
	}
	return w, nil
}
