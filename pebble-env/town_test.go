package lab_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mholt/acmez/v3"
	"github.com/mholt/acmez/v3/acme"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/respond"
)

// A town has all that a certificate takes: a CA, a zone in which every name
// leads to the responders, and who came to those.
type town struct {
	ca       *lab.CA
	zone     *lab.Zone
	http     *respond.HTTP01
	alpn     *respond.TLSALPN01
	requests respond.Record[respond.Request]
	shakes   respond.Record[respond.Handshake]
	asked    respond.Record[lab.Query]
}

func newTown(t *testing.T, o lab.CAOptions) *town {
	t.Helper()
	c := &town{}
	c.http = &respond.HTTP01{Seen: c.requests.Add}
	c.alpn = &respond.TLSALPN01{Seen: c.shakes.Add}
	o.HTTPPort, o.TLSPort = serve(t, c.http.Serve), serve(t, c.alpn.Serve)
	var err error
	c.zone, err = lab.StartZone(t.Context(), lab.ZoneOptions{
		Names: []string{"lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, Seen: c.asked.Add,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.zone.Close)
	o.Resolver = c.zone.Address().String()
	if c.ca, err = lab.StartCA(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.ca.Close)
	return c
}

// serve runs a responder on a port of loopback, on both families where there
// are two, and returns the port.
func serve(t *testing.T, f func(context.Context, net.Listener) error) int {
	t.Helper()
	ls, err := respond.Listen(t.Context(), 0, "127.0.0.1", "::1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, l := range ls {
		wg.Go(func() {
			if err := f(ctx, l); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { stop(); wg.Wait() })
	return ls[0].Addr().(*net.TCPAddr).Port
}

// newClient is an ACME client that trusts the CA's API.
func newClient(t *testing.T, ca *lab.CA) *acme.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca.Bundle()) {
		t.Fatal("no bundle")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &acme.Client{
		// The library keeps directories by URL for the whole process, and a port may
		// have been another CA's before.
		Directory: ca.Directory() + "#" + rand.Text(), HTTPClient: &http.Client{Transport: strict{t, transport}, Timeout: 3 * time.Second},
		PollInterval: 10 * time.Millisecond, PollTimeout: 10 * time.Second,
	}
}

// strict requires of every answer to a POST what a client lives on.
type strict struct {
	t *testing.T
	http.RoundTripper
}

func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	if err == nil && r.Method == http.MethodPost && len(resp.Header["Replay-Nonce"]) != 1 {
		s.t.Errorf("%s answers %s without one nonce: %v", r.URL, resp.Status, resp.Header)
	}
	return resp, err
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A customer has an account.
type customer struct {
	*acme.Client
	acme.Account
}

func newCustomer(t *testing.T, ca *lab.CA) customer {
	t.Helper()
	c := customer{Client: newClient(t, ca)}
	var err error
	if c.Account, err = c.NewAccount(t.Context(), acme.Account{TermsOfServiceAgreed: true, PrivateKey: newKey(t)}); err != nil {
		t.Fatal(err)
	}
	return c
}

// order orders a certificate for names or addresses.
func (c customer) order(t *testing.T, profile string, names ...string) (acme.Order, error) {
	t.Helper()
	o := acme.Order{Profile: profile}
	for _, n := range names {
		id := acme.Identifier{Type: "dns", Value: n}
		if _, err := netip.ParseAddr(n); err == nil {
			id.Type = "ip"
		}
		o.Identifiers = append(o.Identifiers, id)
	}
	return c.NewOrder(t.Context(), c.Account, o)
}

// authorization is one of an order's, with one of its challenges.
func (c customer) authorization(t *testing.T, url, method string) (acme.Authorization, acme.Challenge) {
	t.Helper()
	a, err := c.GetAuthorization(t.Context(), c.Account, url)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Challenges, func(x acme.Challenge) bool { return x.Type == method })
	if i < 0 {
		t.Fatalf("no %s for %s: %+v", method, a.Identifier.Value, a.Challenges)
	}
	return a, a.Challenges[i]
}

// validate has the CA look and returns what it says.
func (c customer) validate(t *testing.T, a acme.Authorization, ch acme.Challenge) error {
	t.Helper()
	if _, err := c.InitiateChallenge(t.Context(), c.Account, ch); err != nil {
		return err
	}
	a.Challenges = slices.Clone(a.Challenges) // polling writes to it
	_, err := c.PollAuthorization(t.Context(), c.Account, a)
	return err
}

// issue does all of it and returns the certificate.
func (c customer) issue(t *testing.T, town *town, method, profile string, names ...string) *x509.Certificate {
	t.Helper()
	o, err := c.order(t, profile, names...)
	if err != nil {
		t.Fatalf("ordering %s: %v", names, err)
	}
	for _, url := range o.Authorizations {
		a, ch := c.authorization(t, url, method)
		if err := town.solve(c.Account, a, ch); err != nil {
			t.Fatal(err)
		}
		if err := c.validate(t, a, ch); err != nil {
			t.Fatalf("%s: %v", a.IdentifierValue(), err)
		}
	}
	return c.collect(t, town.ca, o, names)
}

// solve puts the answer to a challenge in place.
func (c *town) solve(account acme.Account, a acme.Authorization, ch acme.Challenge) error {
	switch ch.Type {
	case acme.ChallengeTypeHTTP01:
		c.http.Set(ch.Token, ch.KeyAuthorization)
	case acme.ChallengeTypeTLSALPN01:
		return c.alpn.Set(ch.Identifier.Value, ch.KeyAuthorization)
	case acme.ChallengeTypeDNS01:
		return c.zone.Add(ch.DNS01TXTRecordName(), "TXT", ch.DNS01KeyAuthorization())
	case acme.ChallengeTypeDNSAccount01:
		return c.zone.Add(ch.DNSAccount01TXTRecordName(account), "TXT", ch.DNS01KeyAuthorization())
	case acme.ChallengeTypeDNSPersist01:
		return c.zone.Set(ch.DNSPersist01TXTRecordName(), "TXT", ch.DNSPersist01TXTRecordValue(account, ch.IssuerDomainNames[0], a.Wildcard))
	}
	return nil
}

// collect finalizes an order and verifies the certificate.
func (c customer) collect(t *testing.T, ca *lab.CA, o acme.Order, names []string) *x509.Certificate {
	t.Helper()
	csr, err := acmez.NewCSR(newKey(t), names)
	if err != nil {
		t.Fatal(err)
	}
	if o, err = c.FinalizeOrder(t.Context(), c.Account, o, csr.Raw); err != nil {
		t.Fatal(err)
	}
	chains, err := c.GetCertificateChain(t.Context(), c.Account, o.Certificate)
	if err != nil || len(chains) == 0 {
		t.Fatal(chains, err)
	}
	block, _ := pem.Decode(chains[0].ChainPEM)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.Roots())
	intermediates.AppendCertsFromPEM(ca.Intermediates())
	for _, n := range names {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: strings.Replace(n, "*", "any", 1)}); err != nil {
			t.Errorf("%s: %v", n, err)
		}
	}
	return leaf
}
