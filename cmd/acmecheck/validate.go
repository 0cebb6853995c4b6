package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report/render"
)

// validateOptions are the flags of validate.
type validateOptions struct {
	lookOptions
	format  string
	world   string
	token   string
	ka      string
	account string
}

func newValidate() *cobra.Command {
	o := &validateOptions{}
	c := &cobra.Command{
		Use:   "validate METHOD@IDENTIFIER --token T --key-authorization KA | --world FILE",
		Short: "Do only what the CA does, and print its answer",
		Long: `validate performs one validation exactly as the CA does, waiting as long as it
waits, and prints the challenge object the CA would return: domain control, and if
that is shown, CAA. With --world it does so in a world file, in memory, from all
its perspectives, and waits for nothing.

Exit codes: 0 valid, 1 refused, 2 bad input, 3 could not look.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return validate(c, o, args) },
	}
	o.flags(c.Flags())
	c.Flags().StringVar(&o.format, "format", "text", "text or json")
	c.Flags().StringVar(&o.world, "world", "", "validate in this world file, in memory")
	c.Flags().StringVar(&o.token, "token", "", "the challenge's token")
	c.Flags().StringVar(&o.ka, "key-authorization", "", "the key authorization: token, dot, thumbprint")
	c.Flags().StringVar(&o.account, "account-uri", "", "the account's URL, for the dns-account and dns-persist methods and CAA")
	return c
}

func validate(c *cobra.Command, o *validateOptions, args []string) error {
	if o.format != "text" && o.format != "json" {
		return usage("unknown format %q", o.format).try("--format text or --format json")
	}
	p, err := o.rules()
	if err != nil {
		return err
	}
	var v policy.Validation
	if o.world != "" {
		v, err = o.inWorld(p, args)
	} else {
		v, err = o.onNetwork(c.Context(), p, args)
	}
	if err == nil && v.Undecided {
		err = cutOff(c.Context())
	}
	if err != nil {
		return o.untold(c, p, err)
	}
	return o.print(c, v, p)
}

func cutOff(ctx context.Context) error {
	if ctx.Err() != nil {
		return &exitError{code: interruptedBy(ctx), msg: "interrupted"}
	}
	return &exitError{code: exitCannotTell, msg: "the look was cut off before it ended"}
}

// untold ends a validation without an answer. In JSON that is a document too.
func (o *validateOptions) untold(c *cobra.Command, p *policy.Policy, err error) error {
	if e, ok := errors.AsType[*exitError](err); ok && e.code != exitUsage && o.format == "json" {
		if err := render.ChallengeJSON(c.OutOrStdout(), render.ChallengeOf(policy.Validation{Undecided: true}, p)); err != nil {
			return err
		}
	}
	return err
}

func (o *validateOptions) print(c *cobra.Command, v policy.Validation, p *policy.Policy) error {
	write := render.ChallengeText
	if o.format == "json" {
		write = render.ChallengeJSON
	}
	if err := write(c.OutOrStdout(), render.ChallengeOf(v, p)); err != nil {
		return err
	}
	if !v.Valid {
		return silently(1)
	}
	return nil
}

// tokenForm is what the CA demands of a token before it sends anything
// (Boulder core/util.go tokenFormat).
var tokenForm = regexp.MustCompile(`^[\w-]{43}$`)

// begins finds what the CA would not even begin with.
func begins(t probes.Task) error {
	switch {
	case !slices.Contains(probes.Methods, t.Method):
		return usage("unknown method %q", t.Method).try("METHOD@IDENTIFIER, such as http-01@example.com")
	case t.Method != probes.DNSPersist01 && !tokenForm.MatchString(t.Token):
		return usage("the token %q is not 43 characters of A-Z a-z 0-9 - _", t.Token).try("--token takes the token as the CA gave it")
	}
	return nil
}

func (o *validateOptions) inWorld(p *policy.Policy, args []string) (policy.Validation, error) {
	var v policy.Validation
	if len(args) > 0 {
		return v, usage("a world holds its own question").try("acmecheck validate --world %s", o.world)
	}
	w, err := loadWorld(o.world)
	if err != nil {
		return v, err
	}
	task := taskOf(w)
	if err := begins(task); err != nil {
		return v, err
	}
	p.Addresses.Public = append(p.Addresses.Public, world.Documentation...)
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		first, remotes, done := vantagesOf(ctx, w, walk.Walker{}, p)
		defer done()
		v, _ = run.Validate(ctx, assign(task, p), policy.Check(w.Check), first, remotes...)
	})
	return v, nil
}

func assign(t probes.Task, p *policy.Policy) run.Assignment {
	return run.Assignment{Task: t, Policy: p, Proof: probes.ProofToken, AsOf: time.Now()}
}

func (o *validateOptions) onNetwork(ctx context.Context, p *policy.Policy, args []string) (policy.Validation, error) {
	var v policy.Validation
	if len(args) == 0 {
		return v, usage("nothing to validate").try("acmecheck validate http-01@example.com --token T --key-authorization KA")
	}
	method, identifier, ok := strings.Cut(args[0], "@")
	if !ok {
		return v, usage("%q is not METHOD@IDENTIFIER", args[0]).try("http-01@%s", args[0])
	}
	task := probes.Task{Method: probes.Method(method), Identifier: probes.Identifier(identifier), Token: o.token, KeyAuthorization: o.ka, Account: o.account}
	if err := begins(task); err != nil {
		return v, err
	}
	if !p.Knows(task.Method) {
		return v, unruled(p, task.Method)
	}
	n, err := o.network(p)
	if err != nil {
		return v, err
	}
	v, traces := run.Validate(ctx, assign(task, p), policy.CheckBoth, &run.Local{Walker: walk.Walker{Net: n}})
	for _, tr := range traces {
		if why := unreachable(tr); why != "" {
			return v, &exitError{code: exitCannotTell, msg: fmt.Sprintf("the resolver %s cannot be reached: %s", n.Resolver, why), hint: "--resolver IP:PORT names another one"}
		}
	}
	return v, nil
}

// unreachable says why the resolver could not even be asked; "" if it could.
// A resolver that stays silent is the CA's business, one that is not there is
// ours.
func unreachable(tr probes.Trace) probes.FaultKind {
	for _, s := range tr {
		if _, ok := s.Fact.(probes.Lookup); !ok || s.Fault == nil {
			continue
		}
		switch k := s.Fault.Kind; k { //nolint:exhaustive // the others came from a resolver, or from its silence
		case probes.FaultRefused, probes.FaultNetUnreachable, probes.FaultUnreachable, probes.FaultProhibited, probes.FaultLocal:
			return k
		}
	}
	return ""
}
