package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

func newCheck() *cobra.Command {
	o := &checkOptions{}
	c := &cobra.Command{
		Use:   "check [METHOD@]NAME...",
		Short: "The same as acmecheck NAME, for scripts that want a verb",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && o.world == "" {
				return usage("no target").try("acmecheck check example.com")
			}
			return check(c, o, args)
		},
	}
	o.flags(c.Flags())
	return c
}

func check(c *cobra.Command, o *checkOptions, args []string) error {
	if o.json {
		o.format = "json"
	}
	p, err := o.rules()
	if err != nil {
		return err
	}
	if o.world != "" {
		return o.checkWorld(c, p, args)
	}
	targets, err := parseTargets(args)
	if err != nil {
		return err
	}
	n, err := o.network(p)
	if err != nil {
		return unlooked(c, o.format, p, err)
	}
	w, err := o.walker(p, n)
	if err != nil {
		return err
	}
	secret, proof, done, err := o.secret(c.Context())
	if err != nil {
		return err
	}
	defer done()
	w.Served = secret.served
	x := examination{walker: w, judged: checks.Options{RequireIPv6: o.requireIPv6}, gate: o.gate}
	r := x.examine(c.Context(), targets, secret, proof)
	if w.Family != 0 {
		r.Notes = append(r.Notes, "one address family only: the CA looks at both, and tries IPv6 first")
	}
	return o.publish(c, r)
}

// publish writes a report and ends with its exit code.
func (o *checkOptions) publish(c *cobra.Command, r *report.Report) error {
	if c.Context().Err() != nil {
		r.Exit = report.Exit{Code: interruptedBy(c.Context()), Reason: "interrupted"}
	}
	write := render.Text
	switch {
	case o.ticket:
		write = render.Ticket
	case o.format == "json":
		write = render.JSON
	}
	if err := write(c.OutOrStdout(), r); err != nil {
		return err
	}
	return silently(r.Exit.Code)
}

// unlooked ends a run that could not begin for want of a resolver or a lab. In
// JSON it is a report all the same, with the reason as a note; bad input is
// none, since there is nothing to report about.
func unlooked(c *cobra.Command, format string, p *policy.Policy, err error) error {
	reason := map[int]string{exitCannotTell: "inconclusive", exitLab: "lab_unavailable"}
	e, ok := errors.AsType[*exitError](err)
	if !ok || reason[e.code] == "" || format != "json" {
		return err
	}
	r := newReport(p, time.Now())
	r.Exit = report.Exit{Code: e.code, Reason: reason[e.code]}
	r.Notes = append(r.Notes, e.msg)
	if err := render.JSON(c.OutOrStdout(), r); err != nil {
		return err
	}
	return e
}

func parseTargets(args []string) ([]probes.Target, error) {
	var out []probes.Target
	for _, a := range args {
		t, err := probes.ParseTarget(a)
		if bad, ok := errors.AsType[*probes.TargetError](err); ok {
			return nil, usage("%s", bad.Msg).try("%s", bad.Hint)
		}
		for _, m := range t.Methods {
			if m != probes.HTTP01 {
				return nil, usage("%s cannot be checked yet", m).try("acmecheck http-01@%s", t.Identifier)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// A secret is a token and its answer. Without the answer nobody knows it, and
// all that can be shown is that the way is clear.
type secret struct {
	token, ka string
	served    func() probes.Served // nil: we do not serve it
}

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// secret prepares what the servers are to answer. done takes it away again.
func (o *checkOptions) secret(ctx context.Context) (s secret, p probes.Proof, done func(), err error) {
	s, done = secret{token: random()}, func() {}
	given := o.token != "" || o.ka != ""
	switch {
	case o.webroot != "" && o.serve, given && (o.webroot != "" || o.serve):
		return s, "", done, usage("--webroot, --serve and --token exclude each other").try("choose one: --webroot DIR is for a running web server")
	case given && !tokenForm.MatchString(o.token):
		return s, "", done, usage("--token takes 43 characters of A-Z a-z 0-9 - _").try("leave it away to check with a random token")
	case given && o.ka == "":
		return secret{token: o.token}, probes.ProofPath, done, nil
	case given:
		return secret{token: o.token, ka: o.ka}, probes.ProofToken, done, nil
	case o.webroot != "":
		s.ka = s.token + "." + random()
		done, err = writeToken(o.webroot, s)
		return s, probes.ProofWebroot, done, err
	case o.serve:
		s.ka = s.token + "." + random()
		s.served, done, err = serveToken(ctx, s)
		if err == nil && s.served().Taken != "" {
			s.ka = "" // another server answers, and does not know our token
			return s, probes.ProofPath, done, nil
		}
		return s, probes.ProofServe, done, err
	}
	return s, probes.ProofPath, done, nil
}

// An examination is how to look at targets and what counts.
type examination struct {
	walker *walk.Walker
	judged checks.Options
	gate   report.Gate
}

// examine looks at every target and judges.
func (x *examination) examine(ctx context.Context, targets []probes.Target, s secret, proof probes.Proof) *report.Report {
	began := time.Now()
	r := newReport(x.walker.Policy, began)
	results := make([]report.Target, len(targets))
	inParallel(len(targets), func(i int) { results[i] = x.one(ctx, targets[i], s, proof, began) })
	var verdicts []report.Verdict
	for i, t := range results {
		r.Targets = append(r.Targets, t)
		r.Notes = append(r.Notes, targets[i].Notes...)
		for _, o := range t.Verdicts {
			verdicts = append(verdicts, o.Verdict)
		}
		n := report.Summarize(t.Findings)
		r.Summary.Error += n.Error
		r.Summary.Warning += n.Warning
		r.Summary.Info += n.Info
	}
	worst := report.Worst(verdicts...)
	r.Ready, r.Exit = worst.Ready(), x.gate.ExitOf(worst, r.Summary.Warning)
	r.Run.DurationMS = time.Since(began).Milliseconds()
	return r
}

// oldRules is the age from which a report says that its rules are old.
const oldRules = 180 * 24 * time.Hour

func newReport(p *policy.Policy, began time.Time) *report.Report {
	r := &report.Report{
		SchemaVersion: report.SchemaVersion, Kind: "report",
		Tool: report.Tool{Name: "acmecheck", Version: version},
		Run: report.Run{
			ID: runID(began), StartedAt: began.UTC().Truncate(time.Second), Policy: p.ID(), PolicyRead: p.Read,
			Vantages: []report.Vantage{{ID: "local", Kind: "local"}},
		},
		Targets: []report.Target{}, Notes: []string{},
	}
	if read, err := time.Parse(time.DateOnly, p.Read); err == nil && began.Sub(read) > oldRules {
		r.Notes = append(r.Notes, fmt.Sprintf("the rules were read on %s; CAs change theirs often, so look for a newer acmecheck", p.Read))
	}
	return r
}

// runID names a run: its time and enough chance to be unique.
func runID(began time.Time) string {
	return began.UTC().Format("20060102T150405Z") + "-" + rand.Text()[:8]
}

func (x *examination) one(ctx context.Context, t probes.Target, s secret, proof probes.Proof, asOf time.Time) report.Target {
	task := probes.Task{Method: probes.HTTP01, Identifier: t.Identifier, Token: s.token, KeyAuthorization: s.ka}
	waited := time.Since(asOf) // for other targets
	tr := x.walker.Walk(ctx, task, proof, asOf)
	o := judge.Judge(judge.In{Trace: tr, Policy: x.walker.Policy, Options: x.judged})
	for i := range o.Probes { // a trace counts from its walk, a report from its run
		o.Probes[i].StartMS += waited.Milliseconds()
	}
	return report.Target{
		Input:      t.Input,
		Identifier: report.Identifier{Type: t.Identifier.Type(), Value: string(t.Identifier)},
		Wildcard:   t.Identifier.Wildcard(),
		Ready:      o.Verdict.Ready(),
		Verdicts:   []report.Outcome{o},
		Findings:   o.Findings,
		Probes:     o.Probes,
		Trace:      tr,
	}
}
