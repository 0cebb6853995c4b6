//go:build unix

package solve

import (
	"os/exec"
	"syscall"
)

// shell is a command line as certbot runs it: by the system's shell.
func shell(line string) *exec.Cmd { return exec.Command("/bin/sh", "-c", line) } //nolint:gosec,noctx // the user's own line; run ends it, politely

func group(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }

func kill(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
