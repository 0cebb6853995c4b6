// Package respond answers a CA's validation requests: http-01 on a port of
// HTTP, tls-alpn-01 on a port of TLS. It tells who came: the source, the time
// and what was asked, so that a rehearsal can say which of the CA's
// perspectives reached us.
//
// It listens and does not dial. The ports may face the whole Internet: every
// read has a limit and a deadline, and what visitors say is kept short and is
// as hostile as they are.
package respond

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

const (
	patience    = 10 * time.Second // a CA's own patience with one step
	connections = 256              // at once, on one port; a CA needs a dozen
	longest     = 512              // bytes kept of anything that a visitor said
)

// Listen opens the port on each of the hosts, by default on every address of
// both families. Port 0 lets the system choose one that is free on all. A host
// that this machine does not have, because IPv6 is off for instance, is left
// out as long as there is another.
//
// Each family has a socket of its own: a socket for both does not exist on
// every system and shows IPv4 sources in disguise.
func Listen(ctx context.Context, port int, hosts ...string) ([]net.Listener, error) {
	if len(hosts) == 0 {
		hosts = []string{"0.0.0.0", "::"}
	}
	const tries = 10 // a port that the system chose for one host may be taken on the next
	for try := 1; ; try++ {
		ls, err := listenAll(ctx, port, hosts)
		if err == nil || port != 0 || try == tries {
			return ls, err
		}
	}
}

func listenAll(ctx context.Context, port int, hosts []string) ([]net.Listener, error) {
	var open []net.Listener
	var missing error
	for _, h := range hosts {
		l, err := listen(ctx, h, port)
		switch {
		case err == nil:
			open = append(open, l)
			port = l.Addr().(*net.TCPAddr).Port
		case absent(ctx, h):
			missing = errors.Join(missing, err)
		default:
			for _, l := range open {
				_ = l.Close()
			}
			return nil, err
		}
	}
	if len(open) == 0 {
		return nil, missing
	}
	return open, nil
}

func listen(ctx context.Context, host string, port int) (net.Listener, error) {
	network := "tcp4"
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		network = "tcp6"
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, network, net.JoinHostPort(host, strconv.Itoa(port)))
}

// absent reports whether not even a port of the system's choice can be had.
func absent(ctx context.Context, host string) bool {
	l, err := listen(ctx, host, 0)
	if err == nil {
		_ = l.Close()
	}
	return err != nil
}

// A Record keeps what it is told, up to Most things: the first ones. It is
// safe for concurrent use; its Add is meant to be a Seen. The zero Record
// keeps 10,000.
type Record[T any] struct {
	Most int

	mu   sync.Mutex
	kept []T // guarded by mu
	lost int // guarded by mu
}

// Add keeps x, if there is room.
func (r *Record[T]) Add(x T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	most := r.Most
	if most == 0 {
		most = 10_000
	}
	if len(r.kept) >= most {
		r.lost++
		return
	}
	r.kept = append(r.kept, x)
}

// All returns what was kept so far, in the order of arrival, and how many did
// not fit.
func (r *Record[T]) All() (kept []T, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(kept, r.kept...), r.lost
}

// endpoint is a connection's end, with IPv4 as IPv4.
func endpoint(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

func short(s string) string { return s[:min(len(s), longest)] }
