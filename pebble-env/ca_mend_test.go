package lab_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mholt/acmez/v3/acme"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// Pebble's own blocklist panics at names that are shorter than an entry.
func TestCABlocks(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{Blocked: []string{"Blocked.Deep.lab.test", "other.test."}})
	c := newCustomer(t, town.ca)
	for _, tt := range []struct {
		names   []string
		blocked string
	}{
		{[]string{"blocked.deep.lab.test"}, "blocked.deep.lab.test"},
		{[]string{"www.lab.test", "a.blocked.deep.lab.test"}, "a.blocked.deep.lab.test"},
		{[]string{"*.other.test"}, "*.other.test"},
		{[]string{"lab.test"}, ""},
		{[]string{"test"}, ""},
		{[]string{"unblocked.deep.lab.test", "127.0.0.1"}, ""},
	} {
		_, err := c.order(t, "", tt.names...)
		if tt.blocked == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.names, err)
			}
			continue
		}
		wantProblem(t, err, acme.ProblemTypeRejectedIdentifier, `forbidden by policy: "`+tt.blocked+`"`)
	}
}

// An order takes authorizations of its own; Pebble would reuse one in a
// hundred even so.
func TestCAFreshAuthorizations(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{})
	c := newCustomer(t, town.ca)
	c.issue(t, town, "http-01", "", "www.lab.test")
	for i := range 400 {
		o, err := c.order(t, "", "www.lab.test")
		if err != nil || o.Status != acme.StatusPending {
			t.Fatalf("order %d: %q %v", i, o.Status, err)
		}
	}
}

func TestCAReusesAuthorizations(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{ReuseAuthorizations: true})
	c := newCustomer(t, town.ca)
	c.issue(t, town, "http-01", "", "www.lab.test")
	for range 10 {
		if o, err := c.order(t, "", "www.lab.test"); err != nil || o.Status != acme.StatusReady {
			t.Errorf("%q %v", o.Status, err)
		}
	}
}

// "Then I tried another challenge" hangs for ever without the mend, and after
// it whoever asks for the order.
func TestCASiblingChallenge(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{})
	c := newCustomer(t, town.ca)
	o, err := c.order(t, "", "www.lab.test")
	if err != nil {
		t.Fatal(err)
	}
	a, first := c.authorization(t, o.Authorizations[0], "http-01")
	all := slices.Clone(a.Challenges)
	wantProblem(t, c.validate(t, a, first), acme.ProblemTypeUnauthorized, "404")
	for range 3 { // each look would take another lock
		if a, err := c.GetAuthorization(t.Context(), c.Account, o.Authorizations[0]); err != nil || a.Status != acme.StatusInvalid || len(a.Challenges) != 1 {
			t.Errorf("%+v %v", a, err)
		}
	}
	for _, sibling := range all {
		_, err := c.InitiateChallenge(t.Context(), c.Account, sibling)
		wantProblem(t, err, acme.ProblemTypeMalformed, "authorization must be pending")
	}
	if o, err = c.GetOrder(t.Context(), c.Account, o); err != nil || o.Status != acme.StatusInvalid {
		t.Errorf("%q %v", o.Status, err)
	}
}

// Challenges of one authorization at once, all true: whichever the CA looks at
// last must find its lock free.
func TestCAChallengesAtOnce(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{})
	c := newCustomer(t, town.ca)
	for range 10 {
		o, err := c.order(t, "", "www.lab.test")
		if err != nil {
			t.Fatal(err)
		}
		a, _ := c.authorization(t, o.Authorizations[0], "http-01")
		for _, ch := range a.Challenges {
			if err := town.solve(c.Account, a, ch); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for _, ch := range a.Challenges {
			wg.Go(func() { _, _ = c.InitiateChallenge(t.Context(), c.Account, ch) }) // some come too late
			wg.Go(func() { _, _ = c.GetAuthorization(t.Context(), c.Account, o.Authorizations[0]) })
		}
		wg.Wait()
		a.Challenges = slices.Clone(a.Challenges)
		if _, err := c.PollAuthorization(t.Context(), c.Account, a); err != nil {
			t.Fatal(err)
		}
		c.collect(t, town.ca, o, []string{"www.lab.test"})
	}
}

// A deactivated authorization shows no challenges, and locks none.
func TestCADeactivatedAuthorization(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{})
	c := newCustomer(t, town.ca)
	o, err := c.order(t, "", "www.lab.test")
	if err != nil {
		t.Fatal(err)
	}
	_, ch := c.authorization(t, o.Authorizations[0], "dns-01")
	if a, err := c.DeactivateAuthorization(t.Context(), c.Account, o.Authorizations[0]); err != nil || a.Status != "deactivated" {
		t.Fatalf("%+v %v", a, err)
	}
	_, err = c.InitiateChallenge(t.Context(), c.Account, ch)
	wantProblem(t, err, acme.ProblemTypeMalformed, "authorization must be pending")
}

// counted counts the answers that carry a word.
type counted struct {
	http.RoundTripper
	word string
	n    atomic.Int32
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(strings.NewReader(string(b)))
	if strings.Contains(string(b), c.word) {
		c.n.Add(1)
	}
	return resp, err
}

func TestCABadNonces(t *testing.T) {
	t.Parallel()
	for _, percent := range []int{0, 40} {
		town := newTown(t, lab.CAOptions{BadNonces: percent})
		c := customer{Client: newClient(t, town.ca)}
		count := &counted{RoundTripper: c.HTTPClient.Transport, word: "badNonce"}
		c.HTTPClient.Transport = count
		var err error
		if c.Account, err = c.NewAccount(t.Context(), acme.Account{TermsOfServiceAgreed: true, PrivateKey: newKey(t)}); err != nil {
			t.Fatal(err)
		}
		for range 60 { // ends at the first one; a client waits before it tries again
			if _, err := c.GetAccount(t.Context(), c.Account); err != nil {
				t.Fatal(err)
			}
			if count.n.Load() > 0 {
				break
			}
		}
		if n := count.n.Load(); (n > 0) != (percent > 0) {
			t.Errorf("%d bad nonces at %d %%", n, percent)
		}
	}
}

// Several CAs in one process do not meet.
func TestCAInParallel(t *testing.T) {
	t.Parallel()
	towns := make([]*town, 4)
	for i := range towns {
		towns[i] = newTown(t, lab.CAOptions{})
	}
	if string(towns[0].ca.Roots()) == string(towns[1].ca.Roots()) || string(towns[0].ca.Bundle()) == string(towns[1].ca.Bundle()) {
		t.Error("two CAs are one")
	}
	for i, town := range towns {
		for method, name := range map[string]string{"http-01": "a.lab.test", "dns-01": "*.lab.test", "tls-alpn-01": "b.lab.test"} {
			t.Run(fmt.Sprint(i, method), func(t *testing.T) {
				t.Parallel()
				newCustomer(t, town.ca).issue(t, town, method, "", name)
			})
		}
	}
}
