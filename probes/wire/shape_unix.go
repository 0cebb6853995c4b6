//go:build unix

package wire

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/acmecheck/acmecheck/probes"
)

// shape sets what a dial asks of its socket, before it connects.
func shape(raw syscall.RawConn, d probes.Dial) error {
	var err error
	set := func(level, option, value int, fd uintptr) {
		if value != 0 {
			err = errors.Join(err, unix.SetsockoptInt(int(fd), level, option, value))
		}
	}
	control := raw.Control(func(fd uintptr) {
		if d.To.Addr().Is4() {
			set(unix.IPPROTO_IP, unix.IP_TTL, d.TTL, fd)
		} else {
			set(unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, d.TTL, fd)
		}
		set(unix.IPPROTO_TCP, unix.TCP_MAXSEG, d.MSS, fd)
	})
	return errors.Join(control, err)
}
