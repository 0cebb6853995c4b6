package lab

import (
	"errors"
	"net/netip"
	"os"
	"syscall"
)

// reserve takes a port without listening on it: whoever connects is refused,
// and a server on every address cannot have it either. That holds because the
// socket does not share its port (SO_REUSEADDR); so the port must not have been
// used within the last minute.
func reserve(at netip.AddrPort) (release func() error, err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}); err != nil {
		return nil, errors.Join(os.NewSyscallError("bind "+at.String(), err), syscall.Close(fd))
	}
	return func() error { return syscall.Close(fd) }, nil
}

// ownAddresses is nil where all of 127.0.0.0/8 is this machine's.
func ownAddresses() error { return nil }
