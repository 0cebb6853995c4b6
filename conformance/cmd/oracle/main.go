// Oracle asks Let's Encrypt's real validation authority about world files, and
// compares acmecheck with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/node"
)

const usage = `usage:
  oracle record   [-o FILE] [-runs 3] [-j N] WORLD|DIR…
  oracle generate [-seed N] [-n N] [-area A,B] DIR
  oracle compare  -bin PATH [-mode simulate|sockets] [-verdicts FILE] [-j N] WORLD|DIR…
  oracle live     -bin PATH [-mode simulate|sockets] [-seed N] [-n N] [-area A,B] [-j N] [-keep DIR]
`

// Exit codes, besides 0: every world agrees.
const (
	exitDisagree = 1 // below 100 %
	exitUsage    = 2
	exitFailed   = 3 // nothing was measured
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := exit(run(ctx, os.Args[1:]))
	stop()
	os.Exit(code)
}

func exit(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, compare.ErrDisagree):
		return exitDisagree
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		return exitUsage
	}
	fmt.Fprintln(os.Stderr, "oracle: error:", err)
	return exitFailed
}

var errUsage = errors.New("bad usage")

// commands are the commands that people use.
var commands = map[string]func(context.Context, *flag.FlagSet, []string) error{
	"record": recordCommand, "generate": generateCommand, "compare": compareCommand, "live": liveCommand,
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	switch args[0] {
	case "node": // see package node
		return node.Serve(ctx, os.Stdin, os.Stdout)
	case "validate":
		return validate(ctx, args[1:])
	}
	c, ok := commands[args[0]]
	if !ok {
		return errUsage
	}
	return c(ctx, flag.NewFlagSet(args[0], flag.ContinueOnError), args[1:])
}
