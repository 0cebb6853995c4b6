// Command acmecheck looks at a domain the way a CA does and says what the CA
// would say.
//
// The rules of its output: stdout carries the result and nothing else. Errors
// go to stderr in pairs, "acmecheck: error:" and "acmecheck: hint:", in lower
// case and without a full stop. Whatever came from the network is escaped.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/acmecheck/acmecheck/report/render"
)

// version is set by the release build.
var version = "0.1.0-dev"

func main() { os.Exit(process()) }

// process runs the command line of this process and returns its exit code. A
// panic is a bug of ours and must not look like a usage error, as Go's own
// exit code 2 would.
func process() (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(os.Stderr, "acmecheck: error: this is a bug: %v\nacmecheck: hint: please report it, with what follows\n%s", r, debug.Stack())
			code = 70
		}
	}()
	ctx, stop := interruptible()
	defer stop()
	return execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// An interruption is the signal that ended a context.
type interruption struct{ os.Signal }

// Error names the signal.
func (i interruption) Error() string { return i.String() }

// interruptible is a context that SIGINT and SIGTERM end, with an interruption
// as its cause. A second signal kills the process, as if we had not listened.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals)
		cancel(interruption{s})
	}()
	return ctx, func() { signal.Stop(signals) }
}

// interruptedBy is the exit code of a run whose context has ended.
func interruptedBy(ctx context.Context) int {
	if i, ok := errors.AsType[interruption](context.Cause(ctx)); ok && i.Signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}

// environ and getenv are the environment of this process.
func environ() []string         { return os.Environ() }
func getenv(name string) string { return os.Getenv(name) }

// execute executes one command line. It is what tests call.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	c, ok := errors.AsType[*exitError](err)
	if !ok {
		c = usage("%s", err)
	}
	if c.msg != "" {
		fmt.Fprintf(stderr, "acmecheck: error: %s\n", render.Safe(c.msg, 0))
	}
	if c.hint != "" {
		fmt.Fprintf(stderr, "acmecheck: hint: %s\n", render.Safe(c.hint, 0))
	}
	return c.code
}

// Exit codes beyond the verdicts'.
const (
	exitNotReady    = 1
	exitUsage       = 2
	exitCannotTell  = 3
	exitLab         = 9
	exitInterrupted = 130
	exitTerminated  = 143
)

// An exitError ends the process with a code, and a message and a hint for
// stderr where there is something to say.
type exitError struct {
	code      int
	msg, hint string
}

// Error is the message alone.
func (e *exitError) Error() string { return e.msg }

func usage(format string, a ...any) *exitError {
	return &exitError{code: exitUsage, msg: fmt.Sprintf(format, a...)}
}

func (e *exitError) try(format string, a ...any) *exitError {
	e.hint = fmt.Sprintf(format, a...)
	return e
}

// silently ends with a code and without a message: the report has said it.
func silently(code int) error {
	if code == 0 {
		return nil
	}
	return &exitError{code: code}
}
