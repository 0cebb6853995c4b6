//go:build unix

package issue

import (
	"os"

	"golang.org/x/sys/unix"
)

// exclusive waits for the lock on a file. It ends when the file is closed, at
// the latest with the process.
func exclusive(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX) //nolint:gosec // a descriptor fits
		if err != unix.EINTR {
			return err
		}
	}
}
