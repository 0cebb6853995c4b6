package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

func newCheck() *cobra.Command {
	o := &checkOptions{}
	c := &cobra.Command{
		Use:   "check [METHOD@]NAME...",
		Short: "The same as acmecheck NAME, for scripts that want a verb",
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return check(c, o, args) },
	}
	o.flags(c.Flags())
	return c
}

func check(c *cobra.Command, o *checkOptions, args []string) error {
	if o.json {
		o.format = "json"
	}
	targets, err := parseTargets(args)
	if err != nil {
		return err
	}
	p, err := o.rules()
	if err != nil {
		return err
	}
	n, err := o.network(p)
	if err != nil {
		return err
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
	r := examine(c.Context(), w, targets, secret, proof)
	if w.Family != 0 {
		r.Notes = append(r.Notes, "one address family only: the CA looks at both, and tries IPv6 first")
	}
	return publish(c, o.format, r)
}

// publish writes a report and ends with its exit code.
func publish(c *cobra.Command, format string, r *report.Report) error {
	if c.Context().Err() != nil {
		r.Exit = report.Exit{Code: interruptedBy(c.Context()), Reason: "interrupted"}
	}
	write := render.Text
	if format == "json" {
		write = render.JSON
	}
	if err := write(c.OutOrStdout(), r); err != nil {
		return err
	}
	return silently(r.Exit.Code)
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
type secret struct{ token, ka string }

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// secret prepares what the servers are to answer. done takes it away again.
func (o *checkOptions) secret(ctx context.Context) (s secret, p report.Proof, done func(), err error) {
	s, done = secret{token: random()}, func() {}
	given := o.token != "" || o.ka != ""
	switch {
	case o.webroot != "" && o.serve, given && (o.webroot != "" || o.serve):
		return s, "", done, usage("--webroot, --serve and --token exclude each other").try("choose one: --webroot DIR is for a running web server")
	case given && (!tokenForm.MatchString(o.token) || o.ka == ""):
		return s, "", done, usage("--token takes 43 characters of A-Z a-z 0-9 - _, together with --key-authorization").try("leave both away to check with a random token")
	case given:
		return secret{o.token, o.ka}, report.ProofToken, done, nil
	case o.webroot != "":
		s.ka = s.token + "." + random()
		done, err = writeToken(o.webroot, s)
		return s, report.ProofWebroot, done, err
	case o.serve:
		s.ka = s.token + "." + random()
		done, err = serveToken(ctx, s)
		return s, report.ProofServe, done, err
	}
	return s, report.ProofPath, done, nil
}

// examine looks at every target and judges.
func examine(ctx context.Context, w *walk.Walker, targets []probes.Target, s secret, proof report.Proof) *report.Report {
	began := time.Now()
	r := newReport(w.Policy, began)
	results := make([]report.Target, len(targets))
	inParallel(len(targets), func(i int) { results[i] = one(ctx, w, targets[i], s, proof, began) })
	var verdicts []report.Verdict
	for i, t := range results {
		r.Targets = append(r.Targets, t)
		r.Notes = append(r.Notes, targets[i].Notes...)
		for _, o := range t.Verdicts {
			verdicts = append(verdicts, o.Verdict)
		}
	}
	worst := report.Worst(verdicts...)
	r.Ready, r.Exit = worst.Ready(), report.ExitOf(worst)
	r.Run.DurationMS = time.Since(began).Milliseconds()
	return r
}

func newReport(p *policy.Policy, began time.Time) *report.Report {
	return &report.Report{
		SchemaVersion: "0.1", Kind: "report",
		Tool:    report.Tool{Name: "acmecheck", Version: version},
		Run:     report.Run{StartedAt: began.UTC().Truncate(time.Second), Policy: p.ID(), PolicyRead: p.Read, Vantage: "local"},
		Targets: []report.Target{}, Notes: []string{},
	}
}

func one(ctx context.Context, w *walk.Walker, t probes.Target, s secret, proof report.Proof, asOf time.Time) report.Target {
	tr := w.Walk(ctx, probes.Task{Method: probes.HTTP01, Identifier: t.Identifier, Token: s.token, KeyAuthorization: s.ka}, asOf)
	o := judge.Judge(judge.In{Trace: tr, Policy: w.Policy, Proof: proof})
	return report.Target{
		Input:      t.Input,
		Identifier: report.Identifier{Type: t.Identifier.Type(), Value: string(t.Identifier)},
		Wildcard:   t.Identifier.Wildcard(),
		Ready:      o.Verdict.Ready(),
		Verdicts:   []report.Outcome{o},
		Trace:      tr,
	}
}
