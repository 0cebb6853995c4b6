package lab_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mholt/acmez/v3/acme"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/respond"
)

func TestCAIssues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method string
		names        []string
	}{
		{"http-01", "http-01", []string{"www.lab.test"}},
		{"http-01 for an address", "http-01", []string{"127.0.0.1"}},
		{"several names", "http-01", []string{"a.lab.test", "b.lab.test", "127.0.0.1"}},
		{"tls-alpn-01", "tls-alpn-01", []string{"www.lab.test"}},
		{"tls-alpn-01 for an address", "tls-alpn-01", []string{"127.0.0.1"}},
		{"tls-alpn-01 for an IPv6 address", "tls-alpn-01", []string{"::1"}},
		{"dns-01, a name and all below it", "dns-01", []string{"lab.test", "*.lab.test"}},
		{"dns-account-01", "dns-account-01", []string{"*.lab.test"}},
		{"dns-persist-01", "dns-persist-01", []string{"*.lab.test"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if slices.Contains(tt.names, "::1") && !has6(t) {
				t.Skip("no IPv6 here")
			}
			town := newTown(t, lab.CAOptions{Strict: true})
			newCustomer(t, town.ca).issue(t, town, tt.method, "", tt.names...)
			came(t, town, tt.method)
		})
	}
}

func has6(t *testing.T) bool {
	t.Helper()
	ls, err := respond.Listen(t.Context(), 0, "::1")
	for _, l := range ls {
		_ = l.Close()
	}
	return err == nil
}

// came requires that Pebble's three looks were seen.
func came(t *testing.T, town *town, method string) {
	t.Helper()
	const looks = 3
	requests, _ := town.requests.All()
	shakes, _ := town.shakes.All()
	asked, _ := town.asked.All()
	txt := 0
	for _, q := range asked {
		if q.Type == "TXT" && q.Answer == "NOERROR" && q.Network == "tcp" {
			txt++
		}
	}
	got := map[string]int{"http-01": len(requests), "tls-alpn-01": len(shakes)}[method]
	if strings.HasPrefix(method, "dns-") {
		got = txt
	}
	if got < looks {
		t.Errorf("%d looks seen, want %d: %+v %+v %+v", got, looks, requests, shakes, asked)
	}
	for _, r := range requests {
		if !r.From.Addr().IsLoopback() || r.Status != http.StatusOK || !strings.HasPrefix(r.UserAgent, "LetsEncrypt-Pebble-VA") || !strings.HasPrefix(r.Path, respond.Prefix) || r.At.IsZero() || r.To.Port() == 0 {
			t.Errorf("%+v", r)
		}
	}
}

func TestCAExternalAccount(t *testing.T) {
	t.Parallel()
	key := []byte("a key that is long enough for it")
	town := newTown(t, lab.CAOptions{Keys: map[string][]byte{"kid-1": key}})
	c := customer{Client: newClient(t, town.ca)}
	account := acme.Account{TermsOfServiceAgreed: true, PrivateKey: newKey(t)}
	_, err := c.NewAccount(t.Context(), account)
	wantProblem(t, err, acme.ProblemTypeExternalAccountRequired, "")
	if err := account.SetExternalAccountBinding(t.Context(), c.Client, acme.EAB{KeyID: "kid-1", MACKey: base64.RawURLEncoding.EncodeToString(key)}); err != nil {
		t.Fatal(err)
	}
	if c.Account, err = c.NewAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	c.issue(t, town, "http-01", "", "www.lab.test")
}

func TestCAProfiles(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{Profiles: []lab.Profile{
		{Name: "classic", CommonName: true}, {Name: "shortlived", Lifetime: 160 * time.Hour}, {Name: "other", Lifetime: time.Hour},
	}})
	c := newCustomer(t, town.ca)
	if short := c.issue(t, town, "http-01", "shortlived", "www.lab.test"); short.Subject.CommonName != "" || short.NotAfter.Sub(short.NotBefore) > 160*time.Hour {
		t.Errorf("%q, %s to %s", short.Subject.CommonName, short.NotBefore, short.NotAfter)
	}
	for range 5 { // Pebble would pick one of three at random
		o, err := c.order(t, "", "www.lab.test")
		if err != nil || o.Profile != "classic" {
			t.Fatalf("%q %v, want the first profile", o.Profile, err)
		}
	}
	if classic := c.issue(t, town, "http-01", "", "www.lab.test"); classic.Subject.CommonName != "www.lab.test" || classic.NotAfter.Sub(classic.NotBefore) < 89*24*time.Hour {
		t.Errorf("%q, %s to %s", classic.Subject.CommonName, classic.NotBefore, classic.NotAfter)
	}
}

func TestCARenewal(t *testing.T) {
	t.Parallel()
	town := newTown(t, lab.CAOptions{AlternateRoots: 1})
	c := newCustomer(t, town.ca)
	leaf := c.issue(t, town, "http-01", "", "www.lab.test")
	const body = `{"suggestedWindow":{"start":"2020-01-01T00:00:00Z","end":"2020-01-02T00:00:00Z"}}`
	if err := town.ca.SetRenewalInfo(leaf.SerialNumber, body); err != nil {
		t.Fatal(err)
	}
	info, err := c.GetRenewalInfo(t.Context(), leaf)
	if err != nil || info.SuggestedWindow.Start.Year() != 2020 {
		t.Errorf("%+v %v", info, err)
	}
	if n := strings.Count(string(town.ca.Roots()), "BEGIN"); n != 2 {
		t.Errorf("%d roots", n)
	}
}

// wantProblem requires what a CA says no with.
func wantProblem(t *testing.T, err error, kind, detail string) {
	t.Helper()
	p, ok := errors.AsType[acme.Problem](err)
	if !ok || p.Type != kind || !strings.Contains(p.Detail, detail) {
		t.Errorf("%v, want %s with %q", err, kind, detail)
	}
}

// The environment is as it was, and was never the tests' own.
func TestCAEnvironment(t *testing.T) {
	t.Setenv("PEBBLE_VA_ALWAYS_VALID", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "99")
	town := newTown(t, lab.CAOptions{})
	c := newCustomer(t, town.ca)
	o, err := c.order(t, "", "www.lab.test")
	if err != nil {
		t.Fatal(err)
	}
	a, ch := c.authorization(t, o.Authorizations[0], "http-01")
	wantProblem(t, c.validate(t, a, ch), acme.ProblemTypeUnauthorized, "404")
	if os.Getenv("PEBBLE_VA_ALWAYS_VALID") != "1" || os.Getenv("PEBBLE_WFE_NONCEREJECT") != "99" {
		t.Error("the environment has changed")
	}
	if _, ok := os.LookupEnv("PEBBLE_AUTHZREUSE"); ok {
		t.Error("the environment has more in it")
	}
}

func TestCAClose(t *testing.T) {
	t.Parallel()
	ca, err := lab.StartCA(t.Context(), lab.CAOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, ca)
	if _, err := c.GetDirectory(t.Context()); err != nil {
		t.Fatal(err)
	}
	ca.Close()
	ca.Close() // does no harm
	// Its port may be somebody else's by now, who cannot have its key.
	if _, err := newClient(t, ca).GetDirectory(t.Context()); err == nil {
		t.Error("it still answers")
	}
}

func TestCAEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	ca, err := lab.StartCA(ctx, lab.CAOptions{Listen: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(ca.Directory(), "https://localhost:") {
		t.Error(ca.Directory())
	}
	stop()
	ca.Close() // waits for its server to be gone, whoever ended it
}

func TestCARefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, o := range []lab.CAOptions{
		{AlternateRoots: -1},
		{BadNonces: 100},
		{BadNonces: -1},
		{Profiles: []lab.Profile{{}}},
		{Profiles: []lab.Profile{{Name: "p", Lifetime: time.Millisecond}}},
		{Keys: map[string][]byte{"": nil}},
		{Listen: "192.0.2.1:1"},
	} {
		if ca, err := lab.StartCA(t.Context(), o); err == nil {
			ca.Close()
			t.Errorf("%+v: no error", o)
		}
	}
}
