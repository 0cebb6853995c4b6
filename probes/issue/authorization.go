package issue

// This file shows a CA that a name is ours (RFC 8555 §7.5, §8).

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mholt/acmez/v3/acme"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// An Authorization is what a CA wants to be shown for one identifier, and what
// it said of that last.
type Authorization struct {
	Identifier  probes.Identifier // "*." and a name for a wildcard
	URL         string
	Status      string // pending, valid, invalid, deactivated, expired, revoked
	Expires     time.Time
	Offered     []probes.Method
	Method      probes.Method       // that was chosen, or that the CA has tried
	Problem     *probes.ACMEProblem // why it is invalid
	Records     []ValidationRecord  // how the CA looked, where it tells
	Deactivated bool                // it was valid, and a rehearsal has given it up

	challenges []challengeJSON // as they were when it was pending
	chosen     challengeJSON
}

// A ValidationRecord is one request that a CA made to validate: the first, one
// to another address, or one after a redirect (Boulder core/objects.go). What
// cannot be read is left out.
type ValidationRecord struct {
	URL               string       `json:"url,omitempty"`
	Hostname          string       `json:"hostname,omitempty"`
	Port              string       `json:"port,omitempty"`
	AddressesResolved []netip.Addr `json:"addressesResolved,omitempty"`
	AddressesTried    []netip.Addr `json:"addressesTried,omitempty"`
	AddressUsed       netip.Addr   `json:"addressUsed,omitzero"` // zero: none, as of dns-01
}

// UnmarshalJSON reads a record, also one with an odd address.
func (v *ValidationRecord) UnmarshalJSON(b []byte) error {
	var raw struct {
		URL, Hostname, Port, AddressUsed  string
		AddressesResolved, AddressesTried []string
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	used, _ := netip.ParseAddr(raw.AddressUsed) // "" occurs
	*v = ValidationRecord{raw.URL, raw.Hostname, raw.Port, addresses(raw.AddressesResolved), addresses(raw.AddressesTried), used}
	return nil
}

func addresses(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, s := range texts {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// authorizationJSON and challengeJSON are the objects of RFC 8555 §7.1.4 and
// §7.1.5, and what the library drops of them.
type authorizationJSON struct {
	Status     string
	Expires    time.Time
	Identifier struct{ Type, Value string }
	Wildcard   bool
	Challenges []challengeJSON
}

type challengeJSON struct {
	Type, URL, Status, Token string
	Error                    *problemJSON
	ValidationRecord         []ValidationRecord
	IssuerDomainNames        []string `json:"issuer-domain-names"`
}

// look asks what the CA has to say of an authorization. The library would write
// the answer over the one before, so that a token may end up beside the URL of
// another challenge; what is answered is kept from the first look.
func (o *Order) look(ctx context.Context, stage Stage, what string, a *Authorization) (again time.Time, err error) {
	var now authorizationJSON
	again, err = o.ca.tell(ctx, stage, what, func(ctx context.Context) error {
		if _, err := o.ca.acme.GetAuthorization(ctx, o.account.inner(), a.URL); err != nil {
			return err
		}
		e, _, _ := operationOf(ctx).exchange()
		if err := json.Unmarshal(e.Body, &now); err != nil {
			return fmt.Errorf("reading the authorization: %w", err)
		}
		return nil
	})
	if err != nil {
		return again, a.about(err)
	}
	a.take(now)
	return again, nil
}

// about says whose error it is.
func (a *Authorization) about(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Identifier = a.Identifier
	}
	return err
}

func (a *Authorization) take(now authorizationJSON) {
	a.Identifier, a.Status, a.Expires = probes.Identifier(now.Identifier.Value), now.Status, now.Expires
	if now.Wildcard {
		a.Identifier = "*." + a.Identifier
	}
	if now.Status == statusPending && a.challenges == nil {
		a.challenges = now.Challenges
		for _, c := range now.Challenges {
			a.Offered = append(a.Offered, probes.Method(c.Type))
		}
	}
	tried := slices.IndexFunc(now.Challenges, func(c challengeJSON) bool {
		return c.Error != nil || c.Status == statusValid || c.Status == statusInvalid
	})
	if now.Status == statusPending || tried < 0 {
		return
	}
	c := now.Challenges[tried]
	a.Method, a.Records, a.Problem = probes.Method(c.Type), c.ValidationRecord, c.Error.of()
}

// NotOffered is what a CA does not let us do.
type NotOffered struct{ Wanted, Offered []probes.Method }

// Error names both sides.
func (n *NotOffered) Error() string {
	return fmt.Sprintf("the CA offers %s, and not %s", list(n.Offered), list(n.Wanted))
}

func list(ms []probes.Method) string {
	var out []string
	for _, m := range ms {
		out = append(out, string(m))
	}
	return cmp.Or(strings.Join(out, ", "), "nothing")
}

// token is what RFC 8555 §8 lets a token be. It becomes the name of a file.
var token = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

var errToken = errors.New("the CA's token is none (RFC 8555 §8)")

// Choose takes the first of the methods that the CA offers, and says what is to
// be put in place for it.
func (o *Order) Choose(a *Authorization, methods []probes.Method) (solve.Challenge, error) {
	for _, m := range methods {
		i := slices.IndexFunc(a.challenges, func(c challengeJSON) bool { return c.Type == string(m) })
		if i < 0 {
			continue
		}
		a.Method, a.chosen = m, a.challenges[i]
		if m != probes.DNSPersist01 && !token.MatchString(a.chosen.Token) {
			return solve.Challenge{}, &Error{Stage: StageAuthorizations, Identifier: a.Identifier, URL: a.URL, Err: errToken}
		}
		return o.answer(a), nil
	}
	return solve.Challenge{}, &Error{Stage: StageAuthorizations, Identifier: a.Identifier, URL: a.URL, Err: &NotOffered{methods, a.Offered}}
}

// answer is what is to be put in place for the chosen challenge.
func (o *Order) answer(a *Authorization) solve.Challenge {
	base := strings.TrimPrefix(string(a.Identifier), "*.")
	c := acme.Challenge{Token: a.chosen.Token, Identifier: acme.Identifier{Type: a.Identifier.Type(), Value: base}}
	out := solve.Challenge{Method: a.Method, Identifier: a.Identifier, Token: c.Token}
	if c.Token != "" {
		c.KeyAuthorization = c.Token + "." + o.account.Thumbprint()
		out.KeyAuthorization = c.KeyAuthorization
	}
	switch a.Method { //nolint:exhaustive // the others have no TXT record
	case probes.DNS01:
		out.TXTName, out.TXTValue = c.DNS01TXTRecordName(), c.DNS01KeyAuthorization()
	case probes.DNSAccount01:
		out.TXTName, out.TXTValue = c.DNSAccount01TXTRecordName(o.account.inner()), c.DNS01KeyAuthorization()
	case probes.DNSPersist01:
		out.TXTName = c.DNSPersist01TXTRecordName()
		if issuers := a.chosen.IssuerDomainNames; len(issuers) > 0 {
			out.TXTValue = c.DNSPersist01TXTRecordValue(o.account.inner(), issuers[0], a.Identifier.Wildcard())
		}
	}
	return out
}

// Challenge tells the CA that the answer to the chosen challenge is in place
// (RFC 8555 §7.5.1).
func (o *Order) Challenge(ctx context.Context, a *Authorization) error {
	return a.about(o.ca.do(ctx, StageChallenge, whatChallenge, func(ctx context.Context) error {
		_, err := o.ca.acme.InitiateChallenge(ctx, o.account.inner(), acme.Challenge{URL: a.chosen.URL})
		return err
	}))
}

// Wait waits until the CA has decided. Its problem is the error's.
func (o *Order) Wait(ctx context.Context, a *Authorization) error {
	err := o.ca.poll.until(ctx, func(ctx context.Context) (bool, time.Time, error) {
		again, err := o.look(ctx, StageWait, whatPoll, a)
		return a.Status != statusPending && a.Status != statusProcessing, again, err
	})
	switch {
	case err != nil:
		return a.about(staged(StageWait, a.URL, err))
	case a.Status == statusValid:
		return nil
	}
	e := &Error{Stage: StageWait, Identifier: a.Identifier, URL: a.URL, Status: http.StatusOK, Problem: a.Problem}
	if a.Problem == nil {
		e.Err = fmt.Errorf("the CA says that the authorization is %.40q, and not why", a.Status)
	}
	return e
}

// Deactivate gives a valid authorization up, so that the CA validates again the
// next time (RFC 8555 §7.5.2). It leaves others alone: to Let's Encrypt, giving
// up a pending one is a failed validation (ra/ra.go DeactivateAuthorization),
// and they expire by themselves.
func (o *Order) Deactivate(ctx context.Context, a *Authorization) error {
	if a.Status != statusValid {
		return nil
	}
	err := a.about(o.ca.do(ctx, StageDeactivate, whatAuthorization, func(ctx context.Context) error {
		_, err := o.ca.acme.DeactivateAuthorization(ctx, o.account.inner(), a.URL)
		return err
	}))
	a.Deactivated = err == nil
	return err
}
