package main

// This file places the order, and has the answers in place when the CA looks.

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/report"
)

// A hand is what answers the CA.
type hand struct {
	solve.Solver

	own     *responder // nil: somebody else answers
	log     *accessLog // of who answers; nil: nobody tells
	at      ports
	methods []probes.Method
}

// takeHand opens the solver for the whole errand, the preflight included.
func (e *errand) takeHand() (*hand, error) {
	able, _ := e.solver.answers()
	h := &hand{at: truePorts}
	for _, t := range e.targets {
		for _, m := range append(slices.Clone(t.Methods), run.Usual(t.Identifier)) {
			if slices.Contains(able, m) && !slices.Contains(h.methods, m) && (len(t.Methods) == 0 || slices.Contains(t.Methods, m)) {
				h.methods = append(h.methods, m)
			}
		}
	}
	s, taken, err := e.solver.open(e.c, e.net, h.methods)
	if err != nil {
		return nil, err
	}
	if taken != "" {
		return nil, usage("port 80 of this machine is held by %s", taken).try("have it answer: --webroot DIR")
	}
	h.Solver = s
	if h.own, _ = s.(*responder); h.own != nil {
		h.at = h.own.at
	}
	e.solver.kept = s
	if e.accessLog != "" {
		h.log, err = watch(e.accessLog)
	}
	return h, err
}

// quick reports that an answer is in place at once.
func (h *hand) quick() bool {
	return !solve.Stays(h.Solver) && !slices.ContainsFunc(h.methods, func(m probes.Method) bool { return m != probes.HTTP01 && m != probes.TLSALPN01 })
}

func (h *hand) stop() {
	if h.own != nil {
		h.own.stop()
	}
}

// solvers are what answers, by method.
func (h *hand) solvers() map[probes.Method]solve.Solver {
	out := map[probes.Method]solve.Solver{}
	for _, m := range h.methods {
		out[m] = h.Solver
	}
	return out
}

// An outcome is what came of an order.
type outcome struct {
	conn   *connection // nil: no CA was reached
	result issue.Result
	err    error     // of the CA
	local  error     // of ours: there is nothing to report
	late   error     // after the certificate was there
	began  time.Time // when the CA was first turned to
	early  bool      // it is not time to renew
	told   time.Time // when the CA was told to look; zero: it was not
	came   []arrival // while the CA looked
	near   []issue.Nearness
	files  map[string]string
	notes  []string
}

// order goes from the directory to the files.
func (e *errand) order(ctx context.Context) (out outcome) {
	what := "order from"
	if e.rehearsal {
		what = "rehearsal with"
	}
	e.say("%s %s", what, e.called())
	out.began = time.Now()
	out.conn, out.err = e.connect(ctx)
	if out.conn != nil {
		defer out.conn.close()
	}
	if out.err != nil {
		return e.sorted(out)
	}
	if e.renewed != nil {
		if yes, err := e.due(ctx, out.conn); err != nil || !yes {
			out.err, out.early = err, err == nil
			return e.sorted(out)
		}
	}
	out.near = e.near(out.conn)
	for _, n := range out.near {
		e.say("limit: %d of %d used (%s per %s, %s), free again at %s", n.Used, n.Limit.Most, n.Limit.Event, n.Limit.Per, n.Subject, n.Free.UTC().Format(time.RFC3339))
	}
	if full(out.near) {
		return out
	}
	f := e.flow(out.conn)
	out.result, out.err = f.Run(ctx, e.hooks(&out))
	if err := out.conn.ledger.Add(time.Now(), f.Entries(out.result, time.Now())...); err != nil {
		out.notes = append(out.notes, "the ledger of orders could not be written: "+err.Error())
	}
	if out.result.LeftBehind != nil {
		out.notes = append(out.notes, "left behind: "+out.result.LeftBehind.Error())
	}
	if out.err == nil && !e.rehearsal {
		e.install(&out)
	}
	return e.sorted(out)
}

// sorted tells an error that is about us from those of the CA.
func (e *errand) sorted(out outcome) outcome {
	if bad, ok := errors.AsType[*exitError](out.err); ok {
		out.local = bad
		return out
	}
	r, ok := issue.RefusalOf(out.err)
	if out.err != nil && (!ok || r.Class == issue.Local || r.Class == issue.ExternalAccount || r.Class == issue.Terms) {
		code := exitUsage
		if ok {
			code = r.Class.Exit()
		}
		bad := &exitError{code: code, msg: out.err.Error(), hint: solve.Hint(out.err)}
		if r.Class == issue.Terms {
			bad.hint += "; --agree-terms agrees to them"
		}
		out.local = bad
	}
	return out
}

// flow is the way of the errand.
func (e *errand) flow(c *connection) *issue.Flow {
	f := &issue.Flow{
		CA: c.CA, Account: c.account, Targets: e.targets, Solvers: e.hand.solvers(), Net: e.net,
		Profile: e.profile, Replaces: e.renewed, KeyType: issue.KeyType(e.keyType), Chain: e.chain,
	}
	if e.rehearsal && f.Profile == "" {
		f.Profile = c.Meta.RehearsalProfile(slices.ContainsFunc(e.targets, func(t probes.Target) bool { return t.Identifier.IsIP() }))
	}
	return f
}

// hooks tell of the way, and wait for name servers.
func (e *errand) hooks(out *outcome) issue.Hooks {
	h := issue.Hooks{
		Before: func(s issue.Stage) {
			if s == issue.StageChallenge {
				out.told = time.Now()
				e.hand.attend(func(what string) { e.say("arrived: %s", what) })
			}
			e.say("%s", s)
		},
		Await: func(ctx context.Context, cs []solve.Challenge) error {
			set := &presented{net: e.net, out: e.c.ErrOrStderr(), patience: e.solver.wait, challenges: cs}
			return set.await(ctx, 0)
		},
		OnAuthorization: func(a issue.Authorization) {
			e.say("%s: %s by %s", a.Identifier, a.Status, a.Method)
		},
	}
	if e.rehearsal {
		h.StopBefore = issue.StageFinalize
	}
	return h
}

// near are the limits that are close by our own record.
func (e *errand) near(c *connection) []issue.Nearness {
	p := issue.Plan{Directory: c.Directory, Account: c.account.URL, Replaces: e.renewed != nil}
	for _, t := range e.targets {
		p.Identifiers = append(p.Identifiers, t.Identifier)
	}
	ns, err := c.ledger.Near(p, time.Now())
	if err != nil {
		e.say("the ledger of orders cannot be read: %s", err)
	}
	return slices.DeleteFunc(ns, func(n issue.Nearness) bool { return !n.Reached() && !n.Last() })
}

// full reports that the next order would be refused.
func full(ns []issue.Nearness) bool { return slices.ContainsFunc(ns, issue.Nearness.Reached) }

// install puts the files in place and runs the deploy hook.
func (e *errand) install(out *outcome) {
	r := &out.result
	key, err := issue.EncodeKey(r.Key)
	if err != nil {
		out.local = err
		return
	}
	old, err := e.place.install(map[string][]byte{
		certFile: r.Chain.LeafPEM(), chainFile: r.Chain.IssuersPEM(), fullchainFile: r.Chain.PEM, privkeyFile: key,
	}, time.Now())
	if err != nil {
		out.local = &exitError{code: exitUsage, msg: fmt.Sprintf("the certificate was issued and could not be written: %s", err), hint: "make room, and order again: the CA keeps the certificate at " + r.Chain.URL}
		return
	}
	out.files = map[string]string{}
	for kind, name := range map[string]string{"cert": certFile, "chain": chainFile, "fullchain": fullchainFile, "key": privkeyFile} {
		out.files[kind] = filepath.Join(e.place.dir, name)
	}
	if old != "" {
		out.notes = append(out.notes, "the old files are in "+old)
	}
	if e.deployHook != "" {
		out.late = e.deploy()
	}
}

// deploy runs the deploy hook with the variables that certbot's have.
func (e *errand) deploy() error {
	dir, err := filepath.Abs(e.place.dir)
	if err != nil {
		return err
	}
	var domains []string
	for _, t := range e.targets {
		domains = append(domains, string(t.Identifier))
	}
	ctx, cancel := context.WithTimeout(e.c.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", e.deployHook) //nolint:gosec // it is the user's own command
	c.Env = append(environ(), "RENEWED_LINEAGE="+dir, "RENEWED_DOMAINS="+strings.Join(domains, " "))
	c.Stdout, c.Stderr = e.c.ErrOrStderr(), e.c.ErrOrStderr()
	c.WaitDelay = time.Second
	if err := c.Run(); err != nil {
		return &exitError{code: exitNotReady, msg: fmt.Sprintf("the certificate is in %s, but the deploy hook failed: %s", e.place.dir, err)}
	}
	return nil
}

// attend begins to count who comes, and tells of those who come to us.
func (h *hand) attend(hear func(string)) {
	if h.own != nil {
		h.own.hear.Store(&hear)
	}
	if h.log == nil {
		return
	}
	if l, err := watch(h.log.path); err == nil {
		h.log = l
	}
}

// watched reports that nobody can come unseen.
func (h *hand) watched() bool { return h.own != nil || h.log != nil }

// arrivals are the requests that reached us since the CA was told to look.
func (h *hand) arrivals(told time.Time) []arrival {
	switch {
	case told.IsZero():
		return nil
	case h.log != nil:
		return h.log.arrivals(told)
	case h.own == nil:
		return nil
	}
	var out []arrival
	requests, _ := h.own.requests.All()
	for _, q := range requests {
		if q.At.Before(told) {
			continue
		}
		out = append(out, arrival{
			At: q.At.Sub(told), From: q.From, To: q.To, Method: probes.HTTP01, Path: q.Path, UserAgent: q.UserAgent,
			Token: strings.HasPrefix(q.Path, respond.Prefix),
		})
	}
	shakes, _ := h.own.handshakes.All()
	for _, s := range shakes {
		if s.At.Before(told) {
			continue
		}
		out = append(out, arrival{At: s.At.Sub(told), From: s.From, To: s.To, Method: probes.TLSALPN01, Token: slices.Contains(s.Protocols, respond.Protocol)})
	}
	return out
}

// exit is how an order ends a process.
func (e *errand) exit(out outcome) report.Exit {
	if full(out.near) {
		return e.gate.Ended(report.ExitRateLimited, freeAt(out.near))
	}
	r, _ := issue.RefusalOf(out.err)
	if e.c.Context().Err() != nil {
		return report.Exit{Code: interruptedBy(e.c.Context()), Reason: "interrupted"}
	}
	return e.gate.Ended(r.Class.Exit(), r.Retry)
}

// freeAt is when all limits have room again.
func freeAt(ns []issue.Nearness) (t time.Time) {
	for _, n := range ns {
		if n.Reached() && n.Free.After(t) {
			t = n.Free
		}
	}
	return t
}
