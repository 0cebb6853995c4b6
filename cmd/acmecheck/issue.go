package main

// This file is the way from a name to a certificate: look, confirm, order,
// install.

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/render"
)

// issueOptions are the flags of issue and of rehearse.
type issueOptions struct {
	checkOptions
	authority

	rehearsal        bool
	yes, noInput     bool
	dryRun           bool
	noPreflight      bool
	dir              string
	force            bool
	keyType, profile string
	chain, renew     string
	ifDue            bool
	deployHook       string
	accessLog        string
}

func newIssue() *cobra.Command {
	o := &issueOptions{}
	c := &cobra.Command{
		Use:   "issue [METHOD@]NAME...",
		Short: "Look first, then order a certificate",
		Long: `issue looks at the names with the real answers in place, as acmecheck NAME does,
and orders one certificate for all of them if nothing stands against it.

  acmecheck issue example.com --webroot /var/www/html       from staging: a test
  acmecheck issue example.com --serve --ca letsencrypt      the real thing
  acmecheck issue '*.example.com' --solver rfc2136 --solver-config dns.toml
  acmecheck issue example.com --serve --ca pebble           from a CA in this process

The files go to a directory named after the first name: cert.pem, chain.pem,
fullchain.pem and privkey.pem, all of them or none.

Exit codes: 0 issued, 1 not ready, 2 usage, 3 cannot tell, 5 the CA refused,
6 rate limited, 7 not confirmed.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	o.flags(f)
	f.BoolVar(&o.yes, "yes", false, "order from production without asking")
	f.BoolVar(&o.noInput, "no-input", false, "ask nothing: what needs a confirmation ends with exit code 7")
	f.BoolVar(&o.dryRun, "dry-run", false, "do all but the order")
	f.BoolVar(&o.noPreflight, "no-preflight", false, "order without a look")
	f.StringVar(&o.dir, "dir", "", "the directory for the files (default: the first name)")
	f.BoolVar(&o.force, "force", false, "replace the files that are there; they are kept beside the new ones")
	f.StringVar(&o.keyType, "key-type", string(issue.P256), "p256, p384, rsa2048 or rsa4096")
	f.StringVar(&o.chain, "preferred-chain", "", "the chain with an issuer of this common name, if there is one")
	f.StringVar(&o.renew, "renew", "", "renew this certificate, a PEM file: its names, and its place in the CA's books")
	f.BoolVar(&o.ifDue, "if-due", false, "with --renew: only if the CA says that it is time")
	f.StringVar(&o.deployHook, "deploy-hook", "", "run this command line when the files are in place")
	return c
}

func newRehearse() *cobra.Command {
	o := &issueOptions{rehearsal: true}
	c := &cobra.Command{
		Use:   "rehearse [METHOD@]NAME...",
		Short: "Have a CA validate for real, see who came, and stop before the certificate",
		Long: `rehearse answers a real challenge of a CA and stops before it would issue. While
the CA looks, every request that reaches this machine is recorded: so a firewall
that lets only some of the CA's perspectives through becomes visible.

  acmecheck rehearse example.com --ca staging                answer on port 80
  acmecheck rehearse example.com --webroot /var/www/html --access-log /var/log/nginx/access.log

It has an account of its own, and leaves no valid authorization behind.

Exit codes: 0 the CA validated, 1 not ready, 2 usage, 3 cannot tell, 5 the CA
refused, 6 rate limited.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if o.solver.some() == 0 {
				o.solver.serve = true
			}
			return o.run(c, args)
		},
	}
	o.flags(c.Flags())
	return c
}

func (o *issueOptions) flags(f *pflag.FlagSet) {
	o.lookOptions.flags(f)
	o.outputs.flags(f)
	configFlag(f)
	o.solver.flags(f)
	o.authority.flags(f)
	f.StringVar(&o.account, "account-uri", "", "the account's URL, for a preflight of the dns-account and dns-persist methods and CAA")
	f.StringVar(&o.accessLog, "access-log", "", "with --webroot: read from this log of the web server who came")
	f.StringVar(&o.profile, "profile", "", "the kind of certificate, by the CA's name for it")
	f.StringSliceVarP(&o.methods, "method", "m", nil, "methods of targets that name none: http-01, dns-01, tls-alpn-01 ...")
}

var keyTypes = []issue.KeyType{issue.P256, issue.P384, issue.RSA2048, issue.RSA4096}

// An errand is an order and what it needs.
type errand struct {
	*issueOptions
	c       *cobra.Command
	policy  *policy.Policy
	net     *wire.Net
	targets []probes.Target
	place   place
	renewed *x509.Certificate // nil: it is no renewal
	hand    *hand
	seen    *sights             // nil: not looked yet
	key     *checks.Credentials // the solver's; nil: not known
	notes   []string
}

// run performs an errand and publishes its report.
func (o *issueOptions) run(c *cobra.Command, args []string) error {
	r, late, err := o.perform(c, args)
	if err != nil {
		return err
	}
	return cmp.Or(o.publish(c, r), late)
}

// perform takes an errand from the flags to its report. late is what went wrong
// after the certificate was there.
func (o *issueOptions) perform(c *cobra.Command, args []string) (r *report.Report, late, err error) {
	e, err := o.prepare(c, args)
	if err != nil {
		return nil, nil, err
	}
	if e.hand, err = e.takeHand(); err != nil {
		return nil, nil, err
	}
	defer e.hand.stop()
	if !o.noPreflight && !o.rehearsal && e.foreseeable() || o.dryRun {
		r, err := e.preflight()
		if err != nil {
			return nil, nil, err
		}
		if o.dryRun || r.Exit.Code == exitNotReady || c.Context().Err() != nil {
			r.Notes = append(append(r.Notes, e.notes...), "nothing was ordered")
			return r, nil, nil
		}
	}
	if err := e.confirm(); err != nil {
		return nil, nil, err
	}
	out := e.order(c.Context())
	return e.finish(out)
}

// prepare reads the flags. Nobody is contacted.
func (o *issueOptions) prepare(c *cobra.Command, args []string) (*errand, error) {
	if _, err := o.destinations(); err != nil {
		return nil, err
	}
	p, err := o.rules()
	if err != nil {
		return nil, err
	}
	if o.private() {
		tolerate(p, everywhere...)
	}
	e := &errand{issueOptions: o, c: c, policy: p}
	if e.renewed, err = o.renewal(); err != nil {
		return nil, err
	}
	if len(args) == 0 && e.renewed != nil {
		args = names(e.renewed)
	}
	if len(args) == 0 {
		return nil, usage("no target").try("%s example.com --webroot /var/www/html", c.CommandPath())
	}
	if e.targets, err = o.targets(c, args); err != nil {
		return nil, err
	}
	if err := o.sound(e.targets); err != nil {
		return nil, err
	}
	e.targets = o.solver.prefer(e.targets)
	if err := o.coverable(e.targets); err != nil {
		return nil, err
	}
	if !o.rehearsal {
		e.place = place{dir: cmp.Or(o.dir, folderOf(e.targets[0].Identifier)), force: o.force}
		if err := e.place.free(); err != nil {
			return nil, err
		}
	}
	e.net, err = o.network(p)
	return e, err
}

// sound finds flags that make no order.
func (o *issueOptions) sound(targets []probes.Target) error {
	switch production := o.production(); {
	case o.solver.some() == 0:
		return usage("nobody is there to answer the CA").try("--webroot DIR for a running web server, --serve on this machine, or --solver NAME")
	case o.solver.some() > 1:
		return usage("--webroot, --serve and --solver exclude each other").try("choose one")
	case o.accessLog != "" && o.solver.webroot == "":
		return usage("--access-log is about a web server that answers").try("--webroot DIR --access-log /var/log/nginx/access.log")
	case o.ifDue && o.renew == "":
		return usage("--if-due is about a renewal").try("--renew cert.pem --if-due")
	case !o.rehearsal && !slices.Contains(keyTypes, issue.KeyType(o.keyType)):
		return usage("unknown key type %q", o.keyType).try("--key-type p256, p384, rsa2048 or rsa4096")
	case o.rehearsal && production:
		return usage("a rehearsal on production would count against its limits").try("--ca staging looks from the same places")
	case production && o.noInput && !o.yes && !o.dryRun:
		return unconfirmed(targets)
	}
	return nil
}

// coverable finds a method that the solver cannot answer.
func (o *issueOptions) coverable(targets []probes.Target) error {
	able, _ := o.solver.answers()
	for _, t := range targets {
		for _, m := range t.Methods {
			if !slices.Contains(able, m) && m != probes.DNSPersist01 {
				return usage("%s answers %s, not %s", o.solver.flag(), list(able), m).try("acmecheck issue %s@%s %s", able[0], t.Identifier, o.solver.flag())
			}
		}
		if t.Identifier.Wildcard() && !slices.Contains(able, probes.DNS01) {
			return usage("%s cannot answer for %s: a wildcard takes dns-01", o.solver.flag(), t.Identifier).try("--solver rfc2136 --solver-config FILE, or another of dns-01")
		}
	}
	return nil
}

// unconfirmed is the end of an order from production that nobody said yes to.
func unconfirmed(targets []probes.Target) error {
	e := &exitError{code: report.ExitNotConfirmed, msg: "an order from Let's Encrypt's production was not confirmed; nobody was contacted"}
	return e.try("--yes confirms it; without --no-input you are asked to type %s", targets[0].Identifier)
}

// foreseeable reports that the CA need not be asked first: some methods are
// about an account, which it has to name.
func (e *errand) foreseeable() bool {
	if e.account != "" {
		return true
	}
	for _, t := range e.targets {
		for _, m := range t.Methods {
			if m == probes.DNSPersist01 || m == probes.DNSAccount01 {
				e.say("no preflight: %s is about an account, and the CA names it first; --account-uri tells it now", m)
				return false
			}
		}
	}
	return true
}

// preflight looks at everything with the real answers in place.
func (e *errand) preflight() (*report.Report, error) {
	x, from, err := e.examination()
	if err != nil {
		return nil, err
	}
	e.say("preflight by the rules of %s%s", e.policy.Name, e.but())
	if e.seen, e.notes, err = e.see(e.c, x, from, e.targets); err != nil {
		return nil, err
	}
	if x.judged.Order != nil {
		e.key = x.judged.Order.Credentials
	}
	r := x.judge(e.seen)
	e.say("preflight %s", word(r))
	return r, nil
}

// but is what is not held against names of a private CA.
func (e *errand) but() string {
	if e.private() {
		return ", but for private names and addresses: so may this CA"
	}
	return ""
}

// examination is how this machine looks.
func (e *errand) examination() (*examination, *run.Local, error) {
	w, err := e.walker(e.policy, e.net)
	if err != nil {
		return nil, nil, err
	}
	return e.examine(e.policy), &run.Local{Walker: *w}, nil
}

// word is a report's verdict.
func word(r *report.Report) string {
	switch r.Exit.Code {
	case 0:
		return "READY"
	case exitNotReady:
		return "NOT READY"
	}
	return "CANNOT TELL"
}

// say tells of progress, a line on stderr. What a CA said may be in it.
func (e *errand) say(format string, a ...any) {
	fmt.Fprintf(e.c.ErrOrStderr(), "acmecheck: %s\n", render.Safe(fmt.Sprintf(format, a...), 0))
}

// finish makes the report of an order.
func (e *errand) finish(out outcome) (r *report.Report, late, err error) {
	if out.local != nil {
		return nil, nil, out.local
	}
	if out.files != nil { // all is done: a signal from here on came too late
		e.c.SetContext(context.WithoutCancel(e.c.Context()))
	}
	out.came = e.hand.arrivals(out.told) // before we come ourselves, which would count

	if out.err != nil && e.seen == nil && e.c.Context().Err() == nil { // what the CA did not like may be seen from here
		e.lookBack()
	}
	r = e.report(out)
	if i, ok := errors.AsType[interruption](context.Cause(e.c.Context())); ok {
		e.say("%s: what was put in place is taken away", i)
	}
	return r, out.late, nil
}

// lookBack looks after the CA has: with a new token in place, unless name
// servers would have to be waited for.
func (e *errand) lookBack() {
	x, from, err := e.examination()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(e.c.Context(), time.Minute)
	defer cancel()
	if e.hand.quick() {
		e.seen, e.notes, err = e.see(e.c, x, from, e.targets)
	} else {
		x.first = from
		e.seen, err = x.see(ctx, e.targets, run.Answers{Token: random(), Proof: probes.ProofPath})
	}
	if err != nil {
		e.say("a look from here failed: %s", err)
	}
}
