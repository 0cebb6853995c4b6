package wire

import (
	"errors"
	"syscall"

	"github.com/acmecheck/acmecheck/probes"
)

// shape sets what a dial asks of its socket, before it connects. Windows
// offers no bound on the segment size.
func shape(raw syscall.RawConn, d probes.Dial) error {
	if d.MSS != 0 {
		return errors.ErrUnsupported
	}
	if d.TTL == 0 {
		return nil
	}
	var err error
	control := raw.Control(func(fd uintptr) {
		if d.To.Addr().Is4() {
			err = syscall.SetsockoptInt(syscall.Handle(fd), syscall.IPPROTO_IP, syscall.IP_TTL, d.TTL)
		} else {
			err = syscall.SetsockoptInt(syscall.Handle(fd), syscall.IPPROTO_IPV6, syscall.IPV6_UNICAST_HOPS, d.TTL)
		}
	})
	return errors.Join(control, err)
}
