package solve

// This file runs other people's programs.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	mostOutput = 64 << 10        // octets of each stream that are kept
	hookTime   = 5 * time.Minute // hooks often sleep until their provider is ready
	hookGrace  = 3 * time.Second // from being asked to end to being killed
)

// A HookError is a hook that did not do its work.
type HookError struct {
	Command string
	Status  string // "exit status 1", "signal: killed"
	Stderr  string // its last words, shortened
}

func (e *HookError) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("the hook %s ended with %s", e.Command, e.Status)
	}
	return fmt.Sprintf("the hook %s ended with %s: %s", e.Command, e.Status, e.Stderr)
}

// A capped writer keeps what comes first and swallows the rest, so that the
// program that writes does not have to stop.
type capped struct{ kept bytes.Buffer } // not embedded: its ReadFrom knows no limit

func (c *capped) Write(p []byte) (int, error) {
	if room := mostOutput - c.kept.Len(); room > 0 {
		_, _ = c.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// run runs a program until it ends, ctx does, or its time is over. It is the
// first of a process group of its own; when it has to end, so have all.
func run(ctx context.Context, c *exec.Cmd, most time.Duration) (stdout string, err error) {
	var out, errs capped
	c.Stdout, c.Stderr = &out, &errs
	c.WaitDelay = hookGrace
	if most == 0 {
		most = hookTime
	}
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("it took more than %v", most))
	defer cancel()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	group(c)
	if err := c.Start(); err != nil {
		return "", fmt.Errorf("starting the hook: %w", err)
	}
	ended := make(chan struct{})
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		end(ctx, c, ended)
	}()
	err = c.Wait()
	close(ended)
	<-watching
	switch {
	case ctx.Err() != nil:
		kill(c) // who did not hear
		return "", fmt.Errorf("the hook %s was stopped: %w", c.Path, context.Cause(ctx))
	case errors.Is(err, exec.ErrWaitDelay):
		// It went well, and left something running that holds its output.
	case err != nil:
		return "", &HookError{Command: c.Path, Status: err.Error(), Stderr: short(lastLine(errs.kept.String()))}
	}
	return strings.TrimSpace(out.kept.String()), nil
}

// end asks the group to end when ctx has, and kills it when it does not.
func end(ctx context.Context, c *exec.Cmd, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	terminate(c)
	t := time.NewTimer(hookGrace)
	defer t.Stop()
	select {
	case <-ended:
	case <-t.C:
		kill(c)
	}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
