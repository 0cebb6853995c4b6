package issue

// This file takes an order from its beginning to its certificate, one step at
// a time (RFC 8555 §7.4).

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mholt/acmez/v3/acme"

	"github.com/acmecheck/acmecheck/probes"
)

// A Request is what is ordered.
type Request struct {
	Identifiers []probes.Identifier
	Profile     string // empty: the CA's choice
	Replaces    string // CertID of the certificate that is renewed (RFC 9773 §5)
}

// An Order is one that a CA has taken. Its methods change it, so that one at a
// time may run, except where they are about different authorizations.
type Order struct {
	Request

	URL     string
	Status  string // as the CA said last: pending, ready, processing, valid, invalid
	Expires time.Time

	ca      *CA
	account *Account
	now     orderJSON
}

// orderJSON is an order object (RFC 8555 §7.1.3).
type orderJSON struct {
	Status, Finalize, Certificate string
	Expires                       time.Time
	Authorizations                []string
	Error                         *problemJSON
}

// The statuses that decide something (RFC 8555 §7.1.6).
const (
	statusPending    = acme.StatusPending
	statusReady      = acme.StatusReady
	statusProcessing = acme.StatusProcessing
	statusValid      = acme.StatusValid
	statusInvalid    = acme.StatusInvalid
)

// Order places an order. The errors are of type *Error, as are those of its
// methods.
func (c *CA) Order(ctx context.Context, a *Account, r Request) (*Order, error) {
	o := &Order{Request: r, ca: c, account: a}
	err := c.profile(r.Profile)
	if len(r.Identifiers) == 0 {
		err = errors.New("an order takes a name")
	}
	if err != nil {
		return nil, &Error{Stage: StageOrder, Err: err}
	}
	asked := acme.Order{Profile: r.Profile, Replaces: r.Replaces}
	for _, id := range r.Identifiers {
		asked.Identifiers = append(asked.Identifiers, identifierOf(id))
	}
	err = c.do(ctx, StageOrder, whatOrder, func(ctx context.Context) error {
		placed, err := c.acme.NewOrder(ctx, a.inner(), asked)
		if err != nil {
			return err
		}
		if o.URL = placed.Location; o.URL == "" {
			return errors.New("the CA has not said where the order is (RFC 8555 §7.4)")
		}
		return o.read(ctx)
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

func identifierOf(id probes.Identifier) acme.Identifier {
	if a := id.Addr(); a.IsValid() {
		return acme.Identifier{Type: "ip", Value: a.String()} // RFC 8738 §3
	}
	return acme.Identifier{Type: "dns", Value: string(id)}
}

// read takes in the order object of the operation's last answer. The library
// decodes into what it was given, where slices of one answer then show up in
// another; here every answer has its own.
func (o *Order) read(ctx context.Context) error {
	e, _, _ := operationOf(ctx).exchange()
	var now orderJSON
	if err := json.Unmarshal(e.Body, &now); err != nil {
		return fmt.Errorf("reading the order: %w", err)
	}
	o.now, o.Status, o.Expires = now, now.Status, now.Expires
	return nil
}

// Authorizations are what the CA wants to be shown, in the order of the
// request.
func (o *Order) Authorizations(ctx context.Context) ([]*Authorization, error) {
	out := make([]*Authorization, len(o.now.Authorizations))
	errs := make([]error, len(out))
	var wg sync.WaitGroup
	for i, at := range o.now.Authorizations {
		out[i] = &Authorization{URL: at}
		wg.Go(func() { _, errs[i] = o.look(ctx, StageAuthorizations, whatAuthorization, out[i]) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b *Authorization) int {
		return slices.Index(o.Identifiers, a.Identifier) - slices.Index(o.Identifiers, b.Identifier)
	})
	return out, nil
}

// Finalize asks for the certificate, and waits until the CA has made it. An
// order that the CA believes not to be ready yet is tried again once it is
// (RFC 8555 §7.4).
func (o *Order) Finalize(ctx context.Context, csr []byte) error {
	const mostTries = 3
	for try := 1; ; try++ {
		err := o.finalize(ctx, csr)
		if err == nil {
			break
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Problem == nil || e.Problem.Short() != "orderNotReady" || try == mostTries {
			return err
		}
		if wait(ctx, o.ca.poll.First) != nil {
			return err
		}
		if _, look := o.refresh(ctx); look != nil || o.Status != statusReady {
			return err
		}
	}
	return o.finished(ctx)
}

// finalize sends the request. The library says of a refusal for orderNotReady
// that all is well, and waits without a limit for an order under way: so it is
// told not to wait, and its answer is read from the record.
func (o *Order) finalize(ctx context.Context, csr []byte) error {
	return o.ca.do(ctx, StageFinalize, whatFinalize, func(ctx context.Context) error {
		_, err := o.ca.acme.FinalizeOrder(ctx, o.account.inner(), acme.Order{Location: o.URL, Finalize: o.now.Finalize}, csr)
		e, f, _ := operationOf(ctx).exchange()
		switch {
		case e.What == whatFinalize && f == nil && e.Status < http.StatusMultipleChoices:
			return o.read(ctx)
		case err == nil:
			err = errors.New("the CA has not finalized the order")
		}
		return err
	})
}

// finished waits until an order is decided.
func (o *Order) finished(ctx context.Context) error {
	var err error
	if o.Status != statusValid && o.Status != statusInvalid {
		err = o.ca.poll.until(ctx, func(ctx context.Context) (bool, time.Time, error) {
			again, err := o.refresh(ctx)
			return o.Status == statusValid || o.Status == statusInvalid, again, err
		})
	}
	if err != nil {
		return staged(StageFinalize, o.URL, err)
	}
	if o.Status == statusInvalid {
		return &Error{Stage: StageFinalize, URL: o.URL, Status: http.StatusOK, Problem: o.now.Error.of(), Err: o.invalid()}
	}
	return nil
}

// invalid is what to say of an order that is invalid for no reason given.
func (o *Order) invalid() error {
	if o.now.Error != nil {
		return nil
	}
	return errors.New("the CA says that the order is invalid, and not why")
}

// refresh asks what has become of the order.
func (o *Order) refresh(ctx context.Context) (again time.Time, err error) {
	return o.ca.tell(ctx, StageFinalize, whatPoll, func(ctx context.Context) error {
		if _, err := o.ca.acme.GetOrder(ctx, o.account.inner(), acme.Order{Location: o.URL}); err != nil {
			return err
		}
		return o.read(ctx)
	})
}

// Download gets the certificate with all its chains, the CA's own choice first.
func (o *Order) Download(ctx context.Context) ([]Chain, error) {
	var out []Chain
	err := o.ca.do(ctx, StageDownload, whatCertificate, func(ctx context.Context) error {
		got, err := o.ca.acme.GetCertificateChain(ctx, o.account.inner(), o.now.Certificate)
		if err != nil {
			return err
		}
		for _, c := range got {
			chain, err := readChain(c.URL, c.ChainPEM)
			if err != nil {
				return err
			}
			out = append(out, chain)
		}
		return nil
	})
	return out, err
}

// staged makes an *Error of whatever ended the waiting.
func staged(s Stage, at string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Stage: s, URL: at, Err: err}
}

// of is the problem in a problem document; nil without one.
func (p *problemJSON) of() *probes.ACMEProblem {
	if p == nil {
		return nil
	}
	out := p.problem(true)
	return &out
}
