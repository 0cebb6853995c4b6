package main

// This file chooses a solver, and has it put answers in place for a check: a
// random value, seen as a CA would see it and taken away again, is the strongest
// pass short of a CA.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/render"
)

// solverOptions are the flags that choose a solver.
type solverOptions struct {
	webroot      string
	serve        bool
	name, config string
	wait         time.Duration

	kept solve.Solver // that open has made, where it outlives a check
}

func (o *solverOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.webroot, "webroot", "", "write a random token below this directory, and remove it again")
	f.BoolVar(&o.serve, "serve", false, "answer on this machine: port 80 for http-01, port 443 for tls-alpn-01")
	f.StringVar(&o.name, "solver", "", "have this solver answer: "+strings.Join(solve.Names(), ", "))
	f.StringVar(&o.config, "solver-config", "", "the solver's configuration, a TOML file")
	f.DurationVar(&o.wait, "solver-wait", 10*time.Minute, "wait so long until every name server gives a new value")
}

// some is how many solvers were chosen.
func (o *solverOptions) some() (n int) {
	for _, chosen := range []bool{o.webroot != "", o.serve, o.name != ""} {
		if chosen {
			n++
		}
	}
	return n
}

// flag is what chose the solver.
func (o *solverOptions) flag() string {
	switch {
	case o.webroot != "":
		return "--webroot " + o.webroot
	case o.serve:
		return "--serve"
	}
	return "--solver " + o.name
}

// answers are the methods that the solver can answer, and what that shows.
func (o *solverOptions) answers() ([]probes.Method, probes.Proof) {
	switch {
	case o.webroot != "", o.name == "webroot":
		return []probes.Method{probes.HTTP01}, probes.ProofWebroot
	case o.serve:
		return []probes.Method{probes.HTTP01, probes.TLSALPN01}, probes.ProofServe
	case o.name == "persist":
		return []probes.Method{probes.DNSPersist01}, probes.ProofSolver
	case o.name == "hooks", o.name == "exec", o.name == "manual": // a hook can do anything
		return []probes.Method{probes.DNS01, probes.DNSAccount01, probes.HTTP01}, probes.ProofSolver
	}
	return []probes.Method{probes.DNS01, probes.DNSAccount01}, probes.ProofSolver
}

// prefer has targets without a method take one that the solver can answer.
func (o *solverOptions) prefer(targets []probes.Target) []probes.Target {
	if o.some() == 0 {
		return targets
	}
	able, _ := o.answers()
	out := slices.Clone(targets)
	for i, t := range out {
		if len(t.Methods) > 0 || t.All || slices.Contains(able, run.Usual(t.Identifier)) {
			continue
		}
		for _, m := range able {
			web := m == probes.HTTP01 || m == probes.TLSALPN01
			if web && !t.Identifier.Wildcard() || !web && !t.Identifier.IsIP() {
				out[i].Methods = []probes.Method{m}
				break
			}
		}
	}
	return out
}

// open makes the solver. taken names the program that has a port which our own
// server needs.
func (o *solverOptions) open(c *cobra.Command, n *wire.Net, methods []probes.Method) (s solve.Solver, taken string, err error) {
	switch {
	case o.kept != nil:
		return o.kept, "", nil
	case o.webroot != "":
		return &solve.Webroot{Dir: o.webroot}, "", nil
	case o.serve:
		r := newResponder(truePorts)
		taken, err := r.listen(c.Context(), methods)
		return r, taken, err
	}
	var config io.Reader
	if o.config != "" {
		f, err := os.Open(o.config)
		if err != nil {
			return nil, "", usage("cannot read the solver's configuration: %s", err).try("--solver-config takes a TOML file")
		}
		defer f.Close()
		config = f
	}
	// A primary may be in a private network, so nothing is refused.
	e := solve.Environment{Net: &wire.Net{Dial: n.Dial, Resolver: n.Resolver}, Environ: environ(), In: c.InOrStdin(), Out: escaped{c.ErrOrStderr()}}
	s, warnings, err := e.Open(o.name, config)
	for _, w := range warnings {
		fmt.Fprintf(c.ErrOrStderr(), "acmecheck: warning: %s\n", render.Safe(w, 0))
	}
	return s, "", solverError(err)
}

// escaped is a terminal for texts that a CA may have a part in.
type escaped struct{ io.Writer }

// Write writes line by line what can do no harm.
func (e escaped) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i, l := range lines {
		lines[i] = render.Safe(l, 0)
	}
	if _, err := io.WriteString(e.Writer, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// solverError is a usage error with the solver's own hint.
func solverError(err error) error {
	if err == nil {
		return nil
	}
	bad := usage("%s", err)
	bad.hint = solve.Hint(err)
	return bad
}

// presented are answers that a solver has put in place. The zero value is none.
type presented struct {
	*solve.Set // nil: there is no solver

	net        *wire.Net
	challenges []solve.Challenge
	out        io.Writer // progress
	patience   time.Duration
	served     func() probes.Served // nil: nothing of ours answers
	stop       func()               // nil: nothing of ours answers
	notes      []string
}

// put has the solver put the answers in place, and waits until every
// authoritative server gives those that are in DNS.
func (s *presented) put(ctx context.Context) error {
	began := time.Now()
	err := solverError(s.Present(ctx, s.challenges))
	if err == nil {
		err = s.await(ctx, time.Since(began))
	}
	if err == nil {
		return nil
	}
	left := s.remove(ctx)
	if ctx.Err() != nil {
		err = &exitError{code: interruptedBy(ctx), msg: "interrupted"}
	}
	return errors.Join(err, left)
}

// await waits for every server, and tells of each.
func (s *presented) await(ctx context.Context, wrote time.Duration) error {
	whole := ctx
	ctx, cancel := context.WithTimeout(whole, cmp.Or(s.patience, 10*time.Minute))
	defer cancel()
	for _, ch := range s.challenges {
		if ch.TXTName == "" {
			continue
		}
		has := map[solve.Server]bool{}
		var last time.Duration
		err := solve.Await(ctx, s.net, ch, func(g solve.Sighting) {
			fmt.Fprintf(s.out, "acmecheck: %s after %.1f s: %s\n", ch.TXTName, g.At.Seconds(), render.Safe(g.String(), 0))
			has[g.Server], last = g.Has, g.At
		})
		if whole.Err() != nil {
			return context.Cause(whole) // nobody was late
		}
		if err != nil {
			return &exitError{code: exitNotReady, msg: err.Error(), hint: "a longer wait: --solver-wait 30m"}
		}
		n := 0
		for _, yes := range has {
			if yes {
				n++
			}
		}
		s.notes = append(s.notes, fmt.Sprintf("%s: wrote a value in %.1f s, seen on %d of %d servers after %.1f s", ch.TXTName, wrote.Seconds(), n, len(has), last.Seconds()))
	}
	return nil
}

// remove takes the answers away, also after the run was interrupted.
func (s *presented) remove(ctx context.Context) error {
	if s.stop != nil {
		s.stop()
	}
	if s.Set == nil {
		return nil
	}
	err := s.CleanUp(ctx)
	if err != nil {
		fmt.Fprintf(s.out, "acmecheck: warning: a value may be left behind: %s\n", render.Safe(err.Error(), 0))
	}
	return err
}

// told are the notes of what was put in place, once it was taken away.
func (s *presented) told(left error) []string {
	end := ", removed"
	if left != nil {
		end = ", and could not be removed"
	}
	var out []string
	for _, n := range s.notes {
		out = append(out, n+end)
	}
	return out
}

// scope is how far the solver's key reaches; nil: nobody tells.
func (s *presented) scope(ctx context.Context) *checks.Credentials {
	if s.Set == nil {
		return nil
	}
	asked, ok := s.Solver.(solve.Scoper)
	if !ok {
		return nil
	}
	reach, err := asked.Scope(ctx, s.challenges[0])
	if err != nil || reach.Reach == solve.Unknown {
		return nil
	}
	return &checks.Credentials{Reach: string(reach.Reach), Detail: reach.Detail}
}
