package solve

import (
	"os/exec"
	"syscall"
)

// shell is a command line for cmd.exe, which takes quotes apart in its own way.
func shell(line string) *exec.Cmd {
	c := exec.Command("cmd") //nolint:noctx // run ends it
	c.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /S /C "` + line + `"`}
	return c
}

// Windows has no signal that asks a group to end; the program alone is ended.
func group(*exec.Cmd) {}

func terminate(c *exec.Cmd) { kill(c) }

func kill(c *exec.Cmd) { _ = c.Process.Kill() }
