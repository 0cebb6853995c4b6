package issue

// This file reads a CA's directory and holds the connection to it.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mholt/acmez/v3/acme"
)

// atOnce bounds the requests that are under way at the same time. Let's
// Encrypt's staging takes 20 a second.
const atOnce = 8

// Options say which CA, and how to talk to it.
type Options struct {
	Directory string    // URL of the directory
	Recorder  *Recorder // nil: a new one
	UserAgent string    // comes first in the header; empty: acmecheck
	Poll      Poll
}

// A CA is a connection to an ACME server. It is safe for concurrent use.
type CA struct {
	Directory string // its URL
	Meta      Meta

	recorder *Recorder
	http     *http.Client
	acme     *acme.Client
	poll     Poll
	agent    string
	renewal  string // URL of renewal information; empty: there is none
	slots    chan struct{}
}

// Meta is what a directory says about its CA (RFC 8555 §7.1.1).
type Meta struct {
	Terms           string            // URL; empty: there are none to agree to
	Website         string            // URL
	CAAIdentities   []string          // what CAA and dns-persist-01 records call it
	ExternalAccount bool              // an account takes an external binding
	Profiles        map[string]string // descriptions by name; nil: none are offered
	Renewal         bool              // it tells when to renew (RFC 9773)
}

// RehearsalProfile is the profile whose unused authorizations are gone soonest,
// where it is known and offered: an hour with Let's Encrypt's short ones, seven
// days otherwise. Its addresses are in one profile only.
func (m Meta) RehearsalProfile(addresses bool) string {
	for _, p := range []string{"tlsserver", "shortlived"} {
		if _, ok := m.Profiles[p]; ok && (p == "shortlived" || !addresses) {
			return p
		}
	}
	return ""
}

// directory is a directory object.
type directory struct {
	NewNonce, NewAccount, NewOrder, RevokeCert, KeyChange, RenewalInfo string

	Meta struct {
		TermsOfService, Website string
		CAAIdentities           []string
		ExternalAccountRequired bool
		Profiles                map[string]string
	}
}

// Connect reads the directory. The errors are of type *Error.
func Connect(ctx context.Context, o Options) (*CA, error) {
	at, err := checkedURL(o.Directory)
	if err != nil {
		return nil, &Error{Stage: StageDirectory, URL: o.Directory, Err: err}
	}
	c := &CA{Directory: at, recorder: o.Recorder, poll: o.Poll.complete(), agent: o.UserAgent, slots: make(chan struct{}, atOnce)}
	if c.recorder == nil {
		c.recorder = &Recorder{}
	}
	if c.agent == "" {
		c.agent = "acmecheck"
	}
	// A redirect is an answer that is none (see errRedirect).
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &http.Client{Transport: c.recorder, CheckRedirect: stay}
	var d directory
	if err := c.get(ctx, StageDirectory, whatDirectory, at, &d); err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, &Error{Stage: StageDirectory, URL: at, Status: http.StatusOK, ContentType: "application/json", Err: err}
	}
	return c, c.use(d)
}

// checkedURL is a directory's URL without a fragment.
func checkedURL(directory string) (string, error) {
	u, err := url.Parse(directory)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", fault("it looks like https://acme-staging-v02.api.letsencrypt.org/directory",
			"%q is not the URL of an ACME directory: that is https (RFC 8555 §6.1)", directory)
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), nil
}

// errNoDirectory is JSON that is something else.
var errNoDirectory = errors.New("the answer is no ACME directory")

func (d *directory) check() error {
	for name, at := range map[string]string{"newNonce": d.NewNonce, "newAccount": d.NewAccount, "newOrder": d.NewOrder} {
		if u, err := url.Parse(at); err != nil || u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("%w: its %s is no https URL", errNoDirectory, name)
		}
	}
	return nil
}

// use gives the directory to the library. That keeps directories for 12 hours
// in a map of the whole process, holds a lock while it fetches one, asks three
// times if the CA does not answer, and after each download asks for renewal
// information, several times if it is odd. So it is given a directory that is in
// memory already and knows no renewal information, at a URL that changes with
// its content.
func (c *CA) use(d directory) error {
	m := d.Meta
	c.renewal = d.RenewalInfo
	c.Meta = Meta{
		Terms: m.TermsOfService, Website: m.Website, CAAIdentities: m.CAAIdentities,
		ExternalAccount: m.ExternalAccountRequired, Profiles: m.Profiles, Renewal: d.RenewalInfo != "",
	}
	b, err := json.Marshal(acme.Directory{
		NewNonce: d.NewNonce, NewAccount: d.NewAccount, NewOrder: d.NewOrder, RevokeCert: d.RevokeCert, KeyChange: d.KeyChange,
		Meta: &acme.DirectoryMeta{Profiles: m.Profiles},
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	at := c.Directory + "#" + hex.EncodeToString(sum[:8])
	c.recorder.knows(at, b)
	c.acme = &acme.Client{
		Directory: at, HTTPClient: c.http, UserAgent: c.agent,
		PollTimeout: -1, // it does not poll at all: see Order.Finalize
	}
	return nil
}

// Recorder is the connection's.
func (c *CA) Recorder() *Recorder { return c.recorder }

// Close closes connections that are not in use.
func (c *CA) Close() { c.http.CloseIdleConnections() }

// profile finds out whether a profile is offered, before the CA refuses it.
func (c *CA) profile(name string) error {
	if _, ok := c.Meta.Profiles[name]; ok || name == "" {
		return nil
	}
	if len(c.Meta.Profiles) == 0 {
		return fault("leave the profile away", "the CA offers no profiles")
	}
	return fault("choose one of "+strings.Join(slices.Sorted(maps.Keys(c.Meta.Profiles)), ", "), "the CA offers no profile %q", name)
}

// do does one thing at the CA, a few of them at the same time.
func (c *CA) do(ctx context.Context, stage Stage, what string, f func(context.Context) error) error {
	_, err := c.tell(ctx, stage, what, f)
	return err
}

// tell is do, and tells when the CA wants to be asked again.
func (c *CA) tell(ctx context.Context, stage Stage, what string, f func(context.Context) error) (again time.Time, err error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return again, &Error{Stage: stage, Err: ended(ctx, context.Cause(ctx))}
	}
	under, op := begin(ctx, what)
	defer op.end()
	if err := f(under); err != nil {
		e := op.explain(ctx, stage, err)
		return e.RetryAfter, e
	}
	e, _, at := op.exchange()
	return retryAfter(e.RetryAfter, at), nil
}

// get reads a resource that takes no account (RFC 8555 §7.1.1, RFC 9773 §4.1).
func (c *CA) get(ctx context.Context, stage Stage, what, at string, out any) error {
	return c.do(ctx, stage, what, func(ctx context.Context) error {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
		if err != nil {
			return err
		}
		q.Header.Set("User-Agent", c.agent)
		q.Header.Set("Accept", "application/json")
		resp, err := c.http.Do(q)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		e, _, _ := operationOf(ctx).exchange()
		switch {
		case e.Status != http.StatusOK:
			return fmt.Errorf("HTTP %d", e.Status)
		case e.Body == nil:
			return fmt.Errorf("%w, but %s", errNotJSON, told(e.ContentType))
		}
		return json.Unmarshal(e.Body, out)
	})
}

// errNotJSON is what a captive portal or a web server gives.
var errNotJSON = errors.New("the answer is not JSON")
