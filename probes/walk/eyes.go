package walk

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// attemptDelay is how long the first address may stay silent before a walker
// in a hurry tries the next (RFC 8305 §5, Connection Attempt Delay).
const attemptDelay = 250 * time.Millisecond

// eyes is one walk: its trace and the connection it works on. Only look-ups
// use it from several goroutines, and they leave conn and spare alone.
type eyes struct {
	w     *Walker
	start time.Time
	trace probes.Trace
	conn  net.Conn // nil: none open
	spare *spare   // nil: none under way
	plain bool     // an errand's: no hurry, no patience but its own
	here  bool     // an errand to this machine itself
}

func (e *eyes) close() {
	e.hangUp()
	if e.spare != nil {
		e.spare.drop()
		e.spare = nil
	}
}

func (e *eyes) hangUp() {
	if e.conn != nil {
		_ = e.conn.Close()
		e.conn = nil
	}
}

func (e *eyes) lookup(ctx context.Context, l probes.Lookup, a probes.Ask) (probes.Lookup, *probes.Fault) {
	ctx, cancel := context.WithTimeout(ctx, a.Left)
	defer cancel()
	if addrs, ok := e.w.pinned(l); ok {
		return addrs, nil
	}
	return e.w.Net.Lookup(ctx, l, wire.Patience{Try: a.Limit, Tries: a.Tries})
}

// pinned answers a look-up of an address from what the user told us.
func (w *Walker) pinned(l probes.Lookup) (probes.Lookup, bool) {
	if l.Type != "A" && l.Type != "AAAA" {
		return l, false
	}
	if w.Family == 4 && l.Type == "AAAA" || w.Family == 6 && l.Type == "A" {
		l.Resolver, l.RCode = "not asked", "NOERROR"
		return l, true
	}
	known := false
	for _, p := range w.Pins {
		if !strings.EqualFold(p.Name, l.Name) || p.Port != 0 && p.Port != l.Port {
			continue
		}
		known = true
		if p.Addr.Is4() == (l.Type == "A") {
			l.Answers = append(l.Answers, probes.Record{Name: l.Name, Type: l.Type, Data: p.Addr.String()})
		}
	}
	if known {
		l.Resolver, l.RCode = "--resolve", "NOERROR"
	}
	return l, known
}

// dial opens the connection of a request, and returns how long the CA would
// have waited for it.
func (e *eyes) dial(ctx context.Context, d probes.Dial, a probes.Ask) (time.Duration, *probes.Fault) {
	e.hangUp()
	if s := e.spare; s != nil && s.to == d.To {
		e.spare = nil
		if fault, took := s.wait(); fault != nil {
			return took, fault
		}
		// It was open for a while already; a request deserves a fresh one.
	}
	if e.w.Hurry && !e.plain && a.Else.IsValid() {
		e.spare = e.w.spareDial(ctx, a.Else, a.Limit)
	}
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, a.Left)
	defer cancel()
	c, fault := e.connect(bounded, d, a.Limit)
	took := max(time.Since(began), 1)
	e.conn = c
	if e.spare != nil && (fault == nil || !e.spare.begun.Load()) {
		e.spare.drop()
		e.spare = nil
	}
	return took, fault
}

func (e *eyes) connect(ctx context.Context, d probes.Dial, limit time.Duration) (net.Conn, *probes.Fault) {
	if !e.plain {
		return e.w.connect(ctx, d, limit)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if e.here {
		return e.w.Net.ConnectHere(ctx, d)
	}
	return e.w.Net.Connect(ctx, d)
}

// connect dials within the CA's limit, or ours if that is shorter; then
// running into it decides nothing.
func (w *Walker) connect(ctx context.Context, d probes.Dial, limit time.Duration) (net.Conn, *probes.Fault) {
	short := w.Patience > 0 && w.Patience < limit
	if short {
		limit = w.Patience
	}
	dctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, fault := w.Net.Connect(dctx, d)
	if short && fault != nil && fault.Kind == probes.FaultTimeout && ctx.Err() == nil {
		fault.Kind = probes.FaultCanceled
	}
	return c, fault
}

func (e *eyes) handshake(ctx context.Context, h probes.Handshake, a probes.Ask) (probes.Handshake, *probes.Fault) {
	if e.conn == nil {
		return h, noConnection("handshake")
	}
	ctx, cancel := context.WithTimeout(ctx, min(a.Limit, a.Left))
	defer cancel()
	var fault *probes.Fault
	e.conn, h, fault = wire.Handshake(ctx, e.conn, h)
	return h, fault
}

func (e *eyes) fetch(ctx context.Context, f probes.Fetch, a probes.Ask) (probes.Fetch, *probes.Fault) {
	if e.conn == nil {
		return f, noConnection("fetch")
	}
	ctx, cancel := context.WithTimeout(ctx, min(a.Limit, a.Left))
	defer cancel()
	f, fault := wire.Fetch(ctx, e.conn, f)
	e.hangUp()
	return f, fault
}

func noConnection(op string) *probes.Fault {
	return &probes.Fault{Kind: probes.FaultOther, Op: op, Detail: "no connection has been dialled"}
}

// A spare is a dial to the address that comes next, begun a little after the
// one that matters now.
type spare struct {
	to     netip.AddrPort
	cancel context.CancelFunc
	begun  atomic.Bool
	done   chan struct{}
	fault  *probes.Fault // these two: once done is closed
	took   time.Duration
}

func (w *Walker) spareDial(ctx context.Context, to netip.AddrPort, limit time.Duration) *spare {
	ctx, cancel := context.WithCancel(ctx)
	s := &spare{to: to, cancel: cancel, done: make(chan struct{})}
	go s.run(ctx, w, limit)
	return s
}

func (s *spare) run(ctx context.Context, w *Walker, limit time.Duration) {
	defer close(s.done)
	select {
	case <-ctx.Done():
		return
	case <-time.After(attemptDelay):
	}
	s.begun.Store(true)
	began := time.Now()
	c, fault := w.connect(ctx, probes.Dial{To: s.to}, limit)
	if c != nil {
		_ = c.Close()
	}
	s.fault, s.took = fault, max(time.Since(began), 1)
}

// wait returns how the dial ended; nil if it succeeded.
func (s *spare) wait() (*probes.Fault, time.Duration) {
	<-s.done
	s.cancel()
	return s.fault, s.took
}

// drop ends the dial and waits until it has.
func (s *spare) drop() {
	s.cancel()
	<-s.done
}
