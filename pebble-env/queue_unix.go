//go:build unix

package lab

import (
	"net"
	"syscall"
)

// shrinkQueue leaves a listener room for one connection: a second listen(2)
// on the same socket changes its backlog.
func shrinkQueue(l *net.TCPListener) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), 0) }); err != nil {
		return err
	}
	return failed
}
