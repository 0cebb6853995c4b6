package compare

// This file runs the program.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// limit is how long the program may think: the CA has 40 s for its two checks.
const limit = 60 * time.Second

// An answer is what the program prints.
type answer struct {
	Valid   *bool            `json:"valid"` // nil: it does not say
	Problem *verdict.Problem `json:"problem"`
}

func (c *contestant) ask(ctx context.Context, w *world.World, file string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	run := c.simulate
	if c.Mode == Sockets {
		run = c.sockets
	}
	out, err := run(ctx, w, file)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil || a.Valid == nil {
		return a, fmt.Errorf("not a verdict: %.200q", out)
	}
	return a, nil
}

func (c *contestant) simulate(ctx context.Context, _ *world.World, file string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.Bin, "validate", "--world", file, "--format", "json") //nolint:gosec // running it is the purpose
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); exited && out.Len() > 0 {
		err = nil // 1 means that it was refused
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %.200s", err, strings.TrimSpace(errs.String()))
	}
	return out.Bytes(), nil
}

func (c *contestant) sockets(ctx context.Context, w *world.World, file string) ([]byte, error) {
	if c.node == nil {
		fresh, err := node.Start(context.WithoutCancel(ctx)) // it outlives this world
		if err != nil {
			return nil, err
		}
		c.node = fresh
	}
	out, err := c.node.Run(ctx, file, c.Bin, "validate", w.Method+"@"+w.Identifier, "--token", w.Token,
		"--key-authorization", w.KeyAuthorization(), "--account-uri", w.Account, "--resolver", world.Resolver.String(),
		"--treat-as-public", public(), "--format", "json")
	if ctx.Err() != nil {
		c.stop() // it may still be at it
		c.node = nil
	}
	return out, err
}

func public() string {
	var out []string
	for _, p := range world.Documentation {
		out = append(out, p.String())
	}
	return strings.Join(out, ",")
}
