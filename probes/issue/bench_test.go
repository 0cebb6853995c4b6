package issue_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/mholt/acmez/v3/acme"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

// BenchmarkIssue compares a flow with the same done by the bare library, both
// from an account that exists to a certificate, taking turns at the same CA.
// The metric x-bare is to stay below 1.5.
func BenchmarkIssue(b *testing.B) {
	w := newTown(b, lab.CAOptions{})
	bare := newBare(b, w)
	w.flow(b, issue.Registration{}, "http-01@www.lab.test") // the account
	var ours, theirs time.Duration
	for b.Loop() {
		began := time.Now()
		bare.issue(b, w)
		theirs += time.Since(began)

		began = time.Now()
		f := w.flow(b, issue.Registration{}, "http-01@www.lab.test")
		r, err := f.Run(b.Context(), issue.Hooks{})
		must(b, err)
		ours += time.Since(began)
		if r.Leaf() == nil {
			b.Fatal("no certificate")
		}
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-bare")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/1000, "ours-ms")
	b.ReportMetric(float64(theirs.Microseconds())/float64(b.N)/1000, "bare-ms")
}

// bare is the library without anything around it.
type bare struct {
	transport *http.Transport
	account   acme.Account
	directory string
}

func newBare(b *testing.B, w *town) *bare {
	b.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.ca.Bundle())
	out := &bare{transport: issue.NewTransport(issue.TransportOptions{Roots: roots}), directory: w.ca.Directory()}
	b.Cleanup(out.transport.CloseIdleConnections)
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(b, err)
	out.account, err = out.client().NewAccount(b.Context(), acme.Account{TermsOfServiceAgreed: true, PrivateKey: k})
	must(b, err)
	return out
}

// client is a new one with a connection of its own, as a flow has.
func (c *bare) client() *acme.Client {
	return &acme.Client{Directory: c.directory, HTTPClient: &http.Client{Transport: c.transport.Clone()}, PollInterval: quick.First}
}

func (c *bare) issue(b *testing.B, w *town) {
	b.Helper()
	ctx, client := b.Context(), c.client()
	defer client.HTTPClient.CloseIdleConnections()
	o, err := client.NewOrder(ctx, c.account, acme.Order{Identifiers: []acme.Identifier{{Type: "dns", Value: "www.lab.test"}}})
	must(b, err)
	a, err := client.GetAuthorization(ctx, c.account, o.Authorizations[0])
	must(b, err)
	i := slices.IndexFunc(a.Challenges, func(x acme.Challenge) bool { return x.Type == string(probes.HTTP01) })
	ch := a.Challenges[i]
	w.http.Set(ch.Token, ch.KeyAuthorization)
	defer w.http.Clear(ch.Token)
	_, err = client.InitiateChallenge(ctx, c.account, ch)
	must(b, err)
	a.Challenges = slices.Clone(a.Challenges)
	_, err = client.PollAuthorization(ctx, c.account, a)
	must(b, err)
	k, err := issue.P256.New()
	must(b, err)
	csr, err := issue.CSR(k, []probes.Identifier{"www.lab.test"})
	must(b, err)
	o, err = client.FinalizeOrder(ctx, c.account, o, csr)
	must(b, err)
	_, err = client.GetCertificateChain(ctx, c.account, o.Certificate)
	must(b, err)
}
