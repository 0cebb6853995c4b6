package lab

// This file puts Pebble's parts together.

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// serve makes the CA proper and serves its API.
func (c *CA) serve(ctx context.Context, o *CAOptions, cert tls.Certificate) {
	front := c.construct(o)
	mended := &mend{
		next: front.Handler(), store: c.store, reuse: o.ReuseAuthorizations,
		blocked: o.Blocked, profile: o.Profiles[0].Name,
	}
	c.watch = &watch{next: mended, store: c.store, seen: o.Seen, open: map[string]Validation{}}
	c.server = &http.Server{
		Handler:           http.MaxBytesHandler(c.watch, 1<<20),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		ErrorLog:          o.Log, // or a panic in Pebble goes to stderr
	}
	stop := context.AfterFunc(ctx, func() { _ = c.server.Close() })
	c.wg.Go(func() {
		defer stop()
		if err := c.server.ServeTLS(c.listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			o.Log.Printf("serving: %v", err)
		}
	})
}

// construct calls Pebble's constructors.
func (c *CA) construct(o *CAOptions) *wfe.WebFrontEndImpl {
	profiles := map[string]ca.Profile{}
	for _, p := range o.Profiles {
		profiles[p.Name] = ca.Profile{Description: p.Description, PromoteCommonName: p.CommonName, ValidityPeriod: uint64(p.Lifetime / time.Second)} //nolint:gosec // not negative: check
	}
	const intermediates = 1 // none panics
	c.issuer = ca.New(o.Log, c.store, "", "ecdsa", o.AlternateRoots, intermediates, profiles)
	reuse := 0
	if o.ReuseAuthorizations {
		reuse = 100
	}
	var front wfe.WebFrontEndImpl
	withEnvironment(map[string]string{
		"PEBBLE_VA_NOSLEEP":      "1", // or it dozes before every validation
		"PEBBLE_VA_ALWAYS_VALID": "0",
		"PEBBLE_WFE_NONCEREJECT": strconv.Itoa(o.BadNonces), // 5 is the default
		"PEBBLE_AUTHZREUSE":      strconv.Itoa(reuse),       // 50 is the default
	}, func() {
		validator := va.New(o.Log, o.HTTPPort, o.TLSPort, o.Strict, o.Resolver, c.store)
		front = wfe.New(o.Log, c.store, validator, c.issuer, o.Identities, o.Strict, len(o.Keys) > 0, 0, 0)
	})
	return &front
}

// environment lets one constructor at a time see its settings.
var environment sync.Mutex

// withEnvironment runs f with some variables of the environment set: Pebble's
// constructors have no other way to be told. Nothing else of Pebble reads them.
func withEnvironment(values map[string]string, f func()) {
	environment.Lock()
	defer environment.Unlock()
	for name, value := range values {
		before, had := os.LookupEnv(name) //nolint:forbidigo // to put it back
		_ = os.Setenv(name, value)        // fails for impossible names only
		defer func() {
			if had {
				_ = os.Setenv(name, before)
			} else {
				_ = os.Unsetenv(name)
			}
		}()
	}
	f()
}
