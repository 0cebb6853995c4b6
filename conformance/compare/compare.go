// Package compare measures how far a program agrees with the CA: on valid, on
// the problem's type and on the text of its detail.
package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// ErrDisagree means that a program does not agree on every world.
var ErrDisagree = errors.New("below 100 %")

// Options say how.
type Options struct {
	Bin  string
	Mode Mode
	Jobs int // worlds at a time
}

// A Mode is where the program looks.
type Mode string

// The modes.
const (
	Simulate Mode = "simulate" // validate --world FILE, in memory
	Sockets  Mode = "sockets"  // validate METHOD@NAME, in a network namespace
)

// An Outcome is how the program did in one world.
type Outcome struct {
	World   string
	Skipped string // why it was not compared; "" if it was
	Rough   bool   // valid and the problem's type agree
	Exact   bool   // the detail does too
	CA      string // what it said
	Program string // what it said, or why it said nothing
}

// Run compares a program in the worlds of files with verdicts by their names.
// The outcomes are in the order of the files.
func Run(ctx context.Context, files []string, verdicts map[string]*verdict.Verdict, o Options) ([]Outcome, error) {
	if o.Mode != Simulate && o.Mode != Sockets {
		return nil, fmt.Errorf("unknown mode %q", o.Mode)
	}
	outcomes, errs := make([]Outcome, len(files)), make([]error, len(files))
	var wg sync.WaitGroup
	queue := make(chan int)
	for range max(1, min(o.Jobs, len(files))) {
		wg.Go(func() {
			c := &contestant{Options: o}
			defer c.stop()
			for i := range queue {
				outcomes[i], errs[i] = c.one(ctx, files[i], verdicts)
			}
		})
	}
	for i := range files {
		queue <- i
	}
	close(queue)
	wg.Wait()
	return outcomes, errors.Join(errs...)
}

// A contestant asks the program, in one world after the other.
type contestant struct {
	Options
	node *node.Process // of mode sockets, from the first world on
}

func (c *contestant) stop() {
	if c.node != nil {
		c.node.Stop()
	}
}

// one compares one world. An error is about the world or the machine; that the
// program gave no answer is an outcome.
func (c *contestant) one(ctx context.Context, file string, verdicts map[string]*verdict.Verdict) (Outcome, error) {
	w, err := world.Load(file)
	if err != nil {
		return Outcome{}, err
	}
	v := verdicts[w.Name]
	if why := c.skip(w, v); why != "" {
		return Outcome{World: w.Name, Skipped: why}, nil
	}
	a, err := c.ask(ctx, w, file)
	return outcome(w.Name, v, a, err), ctx.Err()
}

// outcome compares an answer, or the reason that there is none, with a verdict.
func outcome(name string, v *verdict.Verdict, a answer, failed error) Outcome {
	out := Outcome{World: name, CA: said(v.Valid, v.Problem)}
	if failed != nil {
		out.Program = "no answer: " + failed.Error()
		return out
	}
	out.Program = said(*a.Valid, a.Problem)
	out.Rough = *a.Valid == v.Valid && kind(a.Problem) == kind(v.Problem)
	out.Exact = out.Rough && detail(a.Problem) == detail(v.Problem)
	return out
}

// skip says why a world cannot be compared.
func (c *contestant) skip(w *world.World, v *verdict.Verdict) string {
	switch {
	case v == nil:
		return "no verdict"
	case v.Undecided() != "":
		return v.Undecided()
	case c.Mode == Sockets && len(w.Perspectives) > 0:
		return "several perspectives cannot be asked for on the command line"
	case c.Mode == Sockets && w.Check != "both":
		return "check " + w.Check + " cannot be asked for on the command line"
	}
	return ""
}

// URN is what a problem's type starts with (RFC 8555 §6.7).
const URN = "urn:ietf:params:acme:error:"

func kind(p *verdict.Problem) string {
	if p == nil {
		return ""
	}
	return strings.TrimPrefix(p.Type, URN)
}

func detail(p *verdict.Problem) string {
	if p == nil {
		return ""
	}
	return verdict.Normalize(p.Detail)
}

func said(valid bool, p *verdict.Problem) string {
	if p == nil {
		return fmt.Sprintf("valid=%v", valid)
	}
	return fmt.Sprintf("valid=%v %s: %s", valid, kind(p), detail(p))
}
