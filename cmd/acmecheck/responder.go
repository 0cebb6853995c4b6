package main

// This file answers challenges on this machine and remembers who came.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// ports are where a responder listens; on no host: on all of this machine's.
type ports struct {
	http, tls int
	hosts     []string
}

// truePorts are those that a CA asks.
var truePorts = ports{http: 80, tls: 443}

// A responder is a solver that answers by itself.
type responder struct {
	issue.Responders

	at         ports
	http       respond.HTTP01
	tls        respond.TLSALPN01
	requests   respond.Record[respond.Request]
	handshakes respond.Record[respond.Handshake]
	hear       atomic.Pointer[func(string)] // is told of arrivals, from many goroutines; nil: nobody is

	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func newResponder(at ports) *responder {
	r := &responder{at: at, cancel: func() {}}
	r.Responders = issue.Responders{HTTP: &r.http, ALPN: &r.tls}
	r.http.Seen = func(q respond.Request) {
		r.requests.Add(q)
		r.tell("GET %s by %s", q.Path, cmp.Or(q.UserAgent, "nobody"))
	}
	r.tls.Seen = func(h respond.Handshake) {
		r.handshakes.Add(h)
		r.tell("a TLS handshake for %s", strings.Join(h.Protocols, " "))
	}
	return r
}

// tell tells of an arrival. It does not tell from where: nobody could say who is
// missing, and somebody would make a list of those who came.
func (r *responder) tell(format string, a ...any) {
	if hear := r.hear.Load(); hear != nil {
		(*hear)(fmt.Sprintf(format, a...))
	}
}

// listen opens the port of each method. taken names the program that has
// port 80 instead; then nothing listens.
func (r *responder) listen(ctx context.Context, methods []probes.Method) (taken string, err error) {
	ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx)) // stop ends it, after the clean-up
	for _, m := range methods {
		port, serve := &r.at.http, r.http.Serve
		if m == probes.TLSALPN01 {
			port, serve = &r.at.tls, r.tls.Serve
		}
		ls, err := respond.Listen(ctx, *port, r.at.hosts...)
		if err != nil {
			r.stop()
			holder := cmp.Or(wire.Owner(uint16(*port)), "another program") //nolint:gosec // it is a port
			switch busy := errors.Is(err, syscall.EADDRINUSE); {
			case busy && m == probes.TLSALPN01:
				return "", usage("port %d of this machine is held by %s", *port, holder).try("stop it while you look, or use http-01: acmecheck --webroot DIR http-01@NAME")
			case busy:
				return holder, nil
			}
			return "", usage("cannot listen on port %d: %s", *port, err).try("it takes root, or CAP_NET_BIND_SERVICE")
		}
		*port = ls[0].Addr().(*net.TCPAddr).Port
		for _, l := range ls {
			r.wg.Go(func() { _ = serve(ctx, l) })
		}
	}
	return "", nil
}

// stop ends the listening. It may be called twice.
func (r *responder) stop() {
	r.cancel()
	r.wg.Wait()
}

// served is how often the token was asked for.
func (r *responder) served() probes.Served {
	all, _ := r.requests.All()
	return probes.Served{Requests: len(slices.DeleteFunc(all, func(q respond.Request) bool {
		return !strings.HasPrefix(q.Path, respond.Prefix) || q.Status != 200
	}))}
}
