package lab

// This file is the lab's CA: Pebble v2, as a library. What is odd about Pebble
// is mended in ca_mend.go or said here, where a caller meets it.

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/wfe"
)

// CAOptions say how a CA behaves. The zero value asks the system's resolver
// and dials the true ports.
type CAOptions struct {
	// Listen is where the API listens: an address and a port. Empty is
	// 127.0.0.1 and a port that the system chooses.
	Listen string
	// Resolver is the name server that validation asks: host:port, over TCP
	// only, one question at a time. A Zone will do. Pebble reads AAAA before A,
	// dials the first address it got and no other, and never asks for CAA.
	Resolver string
	// HTTPPort and TLSPort are what validation dials, on the addresses that
	// names have. Zero is 80 and 443. Redirects lead to any port and address.
	HTTPPort, TLSPort int
	// Identities are what CAA and dns-persist-01 records call this CA. Empty is
	// pebble.letsencrypt.org.
	Identities []string
	// Keys are for external account binding: the HMAC key, raw, of each key
	// identifier. If there are any, an account takes one.
	Keys map[string][]byte
	// Profiles are what a client can order. The first is for orders that name
	// none. Empty is one called default.
	Profiles []Profile
	// Strict makes Pebble insist on what RFC 8555 may drop one day.
	Strict bool
	// Blocked names, and those below them, are refused by policy.
	Blocked []string
	// ReuseAuthorizations answers an order for a name that the account has
	// proved within the hour with that proof. Without it every order takes new
	// ones.
	ReuseAuthorizations bool
	// BadNonces is how many good nonces of a hundred are called bad, to try a
	// client's patience.
	BadNonces int
	// AlternateRoots is how many chains a certificate has beside the first.
	AlternateRoots int
	// Seen hears of every validation when it begins, and again once it is
	// decided and somebody asks the CA for anything. Nil hears nothing.
	Seen func(Validation)
	// Log hears what Pebble does. Nil hears nothing.
	Log *log.Logger
}

// A Profile is a kind of certificate.
type Profile struct {
	Name, Description string
	Lifetime          time.Duration // zero is 90 days
	CommonName        bool          // the first name is the subject too
}

// A CA is a running test CA with an ACME API over TLS. Its keys exist in
// memory only, and what it signs is worth nothing. Any number of them run
// side by side.
//
// It proves a client's way to a certificate and cannot stand in for the
// judgement of Let's Encrypt: it looks three times from one place, never at CAA
// records, and takes almost any answer (policy.Pebble). It forgets nothing
// while it runs: it is for hours and for thousands of certificates. It speaks
// RS256, ES256, ES384 and ES512; Ed25519 accounts are refused. A client that
// deactivates an authorization while its order is being finalized can lock
// itself out of that order.
type CA struct {
	store    *db.MemoryStore
	issuer   *ca.CAImpl
	watch    *watch
	bundle   []byte
	listener net.Listener
	server   *http.Server
	wg       sync.WaitGroup
}

// StartCA starts a CA, which Close or the end of ctx ends.
func StartCA(ctx context.Context, o CAOptions) (*CA, error) {
	o.complete()
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &CA{store: db.NewMemoryStore()}
	for id, key := range o.Keys {
		if err := c.store.AddExternalAccountKeyByID(id, base64url(key)); err != nil {
			return nil, err
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, err
	}
	c.listener = l
	cert, bundle, err := throwaway(l.Addr().(*net.TCPAddr).IP)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	c.bundle = bundle
	c.serve(ctx, &o, cert)
	return c, nil
}

func (o *CAOptions) complete() {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.HTTPPort == 0 {
		o.HTTPPort = 80
	}
	if o.TLSPort == 0 {
		o.TLSPort = 443
	}
	if len(o.Identities) == 0 {
		o.Identities = []string{"pebble.letsencrypt.org"}
	}
	if len(o.Profiles) == 0 {
		o.Profiles = []Profile{{Name: "default", Description: "a certificate of the lab"}}
	}
	if o.Log == nil {
		o.Log = log.New(io.Discard, "", 0)
	}
}

// check refuses what Pebble would panic at, or quietly take for its default.
func (o *CAOptions) check() error {
	if o.AlternateRoots < 0 {
		return fmt.Errorf("%d alternate roots", o.AlternateRoots)
	}
	if o.BadNonces < 0 || o.BadNonces > 99 {
		return fmt.Errorf("%d bad nonces of a hundred: 99 is the most that a client can live with", o.BadNonces)
	}
	for _, p := range o.Profiles {
		if p.Name == "" || p.Lifetime < 0 || p.Lifetime > 0 && p.Lifetime < time.Second {
			return fmt.Errorf("profile %q for %s: it takes a name, and a second at least", p.Name, p.Lifetime)
		}
	}
	return nil
}

// Directory is the URL of the ACME directory. Clients may say localhost
// instead of the address, but then all the time: URLs of accounts follow what
// the client called the CA.
func (c *CA) Directory() string {
	at := c.listener.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() {
		return fmt.Sprintf("https://localhost:%d%s", at.Port, wfe.DirectoryPath)
	}
	return "https://" + at.String() + wfe.DirectoryPath
}

// Bundle is the PEM of what to trust to reach the API: the roots of a
// throw-away CA whose key is gone. It has nothing to do with what is issued.
func (c *CA) Bundle() []byte { return c.bundle }

// Roots is the PEM of the roots of what is issued, the default one first.
func (c *CA) Roots() []byte {
	var pem []byte
	for i := range c.issuer.GetNumberOfRootCerts() {
		pem = append(pem, c.issuer.GetRootCert(i).PEM()...)
	}
	return pem
}

// Intermediates is the PEM of the certificates that signed what is issued, one
// for each of the roots.
func (c *CA) Intermediates() []byte {
	var pem []byte
	for i := range c.issuer.GetNumberOfRootCerts() {
		pem = append(pem, c.issuer.GetIntermediateCert(i).PEM()...)
	}
	return pem
}

// SetRenewalInfo sets what the CA says from now on of when to renew the
// certificate with this serial number: the literal body of the answer (RFC
// 9773 §4.2), which may be wrong on purpose.
func (c *CA) SetRenewalInfo(serial *big.Int, body string) error {
	return c.store.SetARIResponse(serial, body)
}

// Close ends the CA: nothing listens any more and connections are cut. What
// stays until the process ends is one idle goroutine of Pebble's, which has no
// shutdown, and for up to 15 seconds a validation under way.
func (c *CA) Close() {
	_ = c.server.Close()
	c.wg.Wait()
}
