package serve

import (
	"context"
	"net"
	"time"

	"github.com/miekg/dns"
)

// DNS answers the queries that arrive on one connection as the world's
// resolver: one message a read on a packet connection, length-prefixed ones
// on a stream. It returns when the connection or ctx ends, and closes it.
func (s *Server) DNS(ctx context.Context, c net.Conn, udp bool) {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	conn := &dns.Conn{Conn: c}
	for {
		q, err := conn.ReadMsg()
		if err != nil {
			return
		}
		m := s.Answer(ctx, q, udp)
		if m != nil && conn.WriteMsg(m) != nil {
			return
		}
	}
}

// Answer is the reply to one query, after its delay; nil if there is none.
func (s *Server) Answer(ctx context.Context, q *dns.Msg, udp bool) *dns.Msg {
	m, a := s.View.Reply(q, udp)
	if m == nil || a.Delay <= 0 {
		return m
	}
	t := time.NewTimer(a.Delay)
	defer t.Stop()
	select {
	case <-t.C:
		return m
	case <-ctx.Done():
		return nil
	}
}
