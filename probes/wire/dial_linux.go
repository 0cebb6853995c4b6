package wire

// Linux keeps the ICMP message behind a failed connect in the socket's error
// queue, for anyone who asked before connecting (ip(7) IP_RECVERR). errno
// alone cannot tell an administrative prohibition from an unknown host, nor
// an ICMP reject from a RST.

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/acmecheck/acmecheck/probes"
)

// realDial connects over the real network. A failed TCP dial carries the ICMP
// message that caused it, if one did.
func realDial(ctx context.Context, network string, to probes.Dial) (net.Conn, error) {
	q := &errorQueue{fd: -1, v6: to.To.Addr().Is6()}
	d := net.Dialer{KeepAlive: keepAlive}
	if network == "tcp" {
		d.Control = func(network, address string, raw syscall.RawConn) error {
			return errors.Join(q.open(network, address, raw), shape(raw, to))
		}
	}
	c, err := d.DialContext(ctx, network, to.To.String())
	defer q.close()
	if err != nil {
		return nil, q.explain(err)
	}
	_ = q.receive(q.fd, 0) // or a stray ICMP message would end what the CA's connection survives
	return c, nil
}

// An errorQueue is a second descriptor of a socket that is being connected:
// the net package closes its own before it reports a failure.
type errorQueue struct {
	fd int
	v6 bool
}

func (q *errorQueue) open(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		if q.receive(int(fd), 1) != nil {
			return // evidence is welcome, not needed
		}
		q.close()
		if dup, err := syscall.Dup(int(fd)); err == nil {
			syscall.CloseOnExec(dup)
			q.fd = dup
		}
	})
}

// receive switches the error queue of a socket on or off.
func (q *errorQueue) receive(fd, on int) error {
	if q.v6 {
		return syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_RECVERR, on)
	}
	return syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, syscall.IP_RECVERR, on)
}

func (q *errorQueue) close() {
	if q.fd >= 0 {
		_ = syscall.Close(q.fd)
		q.fd = -1
	}
}

// explain reads the queue. The layout is struct sock_extended_err of
// <linux/errqueue.h>, followed by the sender's address.
func (q *errorQueue) explain(err error) error {
	if q.fd < 0 {
		return err
	}
	oob := make([]byte, 512)
	_, n, _, _, e := syscall.Recvmsg(q.fd, make([]byte, 1), oob, syscall.MSG_ERRQUEUE|syscall.MSG_DONTWAIT)
	if e != nil {
		return err
	}
	msgs, e := syscall.ParseSocketControlMessage(oob[:n])
	if e != nil {
		return err
	}
	for _, m := range msgs {
		if icmp := parseExtended(m.Data); icmp != nil {
			icmp.error = err
			return icmp
		}
	}
	return err
}

const (
	originICMP  = 2 // SO_EE_ORIGIN_ICMP
	originICMP6 = 3 // SO_EE_ORIGIN_ICMP6
	extendedLen = 16
)

func parseExtended(b []byte) *icmpError {
	if len(b) < extendedLen || b[4] != originICMP && b[4] != originICMP6 {
		return nil
	}
	e := &icmpError{class: fmt.Sprintf("%d/%d", b[5], b[6])}
	offender := b[extendedLen:]
	if len(offender) < 8 {
		return e
	}
	switch binary.NativeEndian.Uint16(offender) {
	case syscall.AF_INET:
		e.from = netip.AddrFrom4([4]byte(offender[4:8])).String()
	case syscall.AF_INET6:
		if len(offender) >= 24 {
			e.from = netip.AddrFrom16([16]byte(offender[8:24])).String()
		}
	}
	return e
}
