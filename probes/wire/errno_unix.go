//go:build unix

package wire

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// errnoName is the symbol of a system error, such as ECONNREFUSED.
func errnoName(e syscall.Errno) string { return unix.ErrnoName(e) }
