package issue

import (
	"os"

	"golang.org/x/sys/windows"
)

// exclusive waits for the lock on a file. It ends when the file is closed, at
// the latest with the process.
func exclusive(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
}
