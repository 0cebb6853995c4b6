package issue

import (
	"context"
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// Responders answer http-01 and tls-alpn-01 by servers of our own. They are a
// solve.Solver; a nil one cannot answer. Serving is the caller's business.
type Responders struct {
	HTTP *respond.HTTP01
	ALPN *respond.TLSALPN01
}

// Present implements solve.Solver.
func (r Responders) Present(_ context.Context, c solve.Challenge) error {
	switch {
	case c.Method == probes.HTTP01 && r.HTTP != nil:
		r.HTTP.Set(c.Token, c.KeyAuthorization)
		return nil
	case c.Method == probes.TLSALPN01 && r.ALPN != nil:
		return r.ALPN.Set(string(c.Identifier), c.KeyAuthorization)
	}
	return fmt.Errorf("no server of ours answers %s", c.Method)
}

// CleanUp implements solve.Solver.
func (r Responders) CleanUp(_ context.Context, c solve.Challenge) error {
	switch {
	case c.Method == probes.HTTP01 && r.HTTP != nil:
		r.HTTP.Clear(c.Token)
	case c.Method == probes.TLSALPN01 && r.ALPN != nil:
		r.ALPN.Clear(string(c.Identifier))
	}
	return nil
}
