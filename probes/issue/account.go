package issue

// This file has an account at a CA (RFC 8555 §7.3).

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"time"

	"github.com/mholt/acmez/v3/acme"
)

// A Kind says what an account is for. Failed validations count against an
// account, so rehearsals have one of their own.
type Kind string

// The kinds of account.
const (
	Orders    Kind = "orders"
	Rehearsal Kind = "rehearsal"
)

// A Registration is how an account is had where there is none.
type Registration struct {
	Kind    Kind // empty: Orders
	Key     KeyType
	Contact []string // URLs such as mailto:hostmaster@example.com
	// AgreeTerms says that the subscriber agrees to Meta.Terms.
	AgreeTerms bool
	EAB        *EAB // nil: none
	// Again registers anew if the CA no longer knows an account that it once
	// gave us. Without it that is ErrUnknownAccount.
	Again bool
}

// An Account is one that the CA knows.
type Account struct {
	URL     string
	Kind    Kind
	Created time.Time // when we registered it

	account acme.Account
}

// inner is the account for the library, which changes its copies.
func (a *Account) inner() acme.Account { return a.account }

// Thumbprint is that of the account's key (RFC 7638): key authorizations end
// with it.
func (a *Account) Thumbprint() string {
	t, _ := a.account.Thumbprint() // fails for keys that DecodeKey does not return
	return t
}

// ErrTerms means that an account takes an agreement to the CA's terms of
// service, which nobody gave. Nothing was sent.
var ErrTerms = errors.New("the CA's terms of service were not agreed to")

// ErrUnknownAccount means that the CA does not know an account that it once
// gave us. Test CAs forget theirs; others do not.
var ErrUnknownAccount = errors.New("the CA does not know the account that it gave us")

// lookUp asks the CA for the account of a key (RFC 8555 §7.3.1). known is false
// if it has none.
func (c *CA) lookUp(ctx context.Context, key crypto.Signer) (a acme.Account, known bool, err error) {
	err = c.do(ctx, StageAccount, whatAccount, func(ctx context.Context) error {
		a, err = c.acme.GetAccount(ctx, acme.Account{PrivateKey: key})
		return located(a, err)
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Err == nil && e.Problem != nil && e.Problem.Short() == "accountDoesNotExist" {
		return a, false, nil
	}
	if err == nil && a.Status != "" && a.Status != statusValid {
		why := fault("remove its files to register another one", "the account is %.40q", a.Status)
		err = &Error{Stage: StageAccount, URL: a.Location, Status: http.StatusOK, Err: why}
	}
	return a, err == nil, err
}

// register makes an account. A key that has one already gets that.
func (c *CA) register(ctx context.Context, key crypto.Signer, r Registration) (a acme.Account, err error) {
	want := acme.Account{PrivateKey: key, Contact: r.Contact, TermsOfServiceAgreed: r.AgreeTerms}
	err = c.do(ctx, StageAccount, whatAccount, func(ctx context.Context) error {
		if r.EAB != nil {
			if err := want.SetExternalAccountBinding(ctx, c.acme, r.EAB.forLibrary()); err != nil {
				return err
			}
		}
		a, err = c.acme.NewAccount(ctx, want)
		return located(a, err)
	})
	return a, err
}

func located(a acme.Account, err error) error {
	if err == nil && a.Location == "" {
		return errors.New("the CA has not said where the account is (RFC 8555 §7.3)")
	}
	return err
}

// permits finds what is missing before anything is made.
func (c *CA) permits(r Registration) error {
	var err error
	switch {
	case c.Meta.ExternalAccount && r.EAB == nil:
		err = fault("the CA's web site has a key identifier and an HMAC key for you", "the CA takes accounts only with an external binding (EAB)")
	case c.Meta.Terms != "" && !r.AgreeTerms:
		err = hinted{ErrTerms, "read " + c.Meta.Terms}
	default:
		return nil
	}
	return &Error{Stage: StageAccount, Err: err}
}
