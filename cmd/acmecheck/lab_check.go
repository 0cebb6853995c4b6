package main

// This file is the real check, of names of a lab, as if they were on the
// Internet.

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
)

func newLabCheck() *cobra.Command {
	o := &labOptions{}
	co := &checkOptions{}
	c := &cobra.Command{
		Use:   "check [METHOD@]NAME...",
		Short: "Check names of the lab by the rules of Let's Encrypt",
		Long: `check is the real check, as if the lab were the Internet: its name server is the
resolver, ports 80 and 443 are the lab's, and its names and addresses count as
public. So it sees what Pebble forgives. Without a token it sees whether the way is
clear; what a server makes of the right token shows with --webroot, and of a TXT
value with --expect-txt. It exits as acmecheck NAME does.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !co.fromFiles() {
				return usage("no target").try("acmecheck lab check www.lab.test")
			}
			return o.check(c, co, args)
		},
	}
	o.flags(c.Flags())
	co.outputs.flags(c.Flags())
	co.sources.flags(c.Flags())
	c.Flags().StringVar(&co.solver.webroot, "webroot", "", "write a random token below this directory, and remove it again")
	c.Flags().StringVar(&co.txt, "expect-txt", "", "expect this TXT value of dns-01")
	return c
}

func (o *labOptions) check(c *cobra.Command, co *checkOptions, args []string) error {
	if _, err := co.destinations(); err != nil {
		return err
	}
	l, err := o.reach()
	if err != nil {
		return err
	}
	s, err := l.status(c.Context())
	if err != nil {
		return err
	}
	targets, err := co.targets(c, args)
	if err != nil {
		return err
	}
	x, from, err := s.examination()
	if err != nil {
		return err
	}
	r, err := co.look(c, x, from, targets)
	if err != nil {
		return err
	}
	r.Notes = append(r.Notes, fmt.Sprintf("in the lab of %s: ports 80 and 443 are %d and %d there, and its names count as public", s.Dir, s.HTTPPort, s.TLSPort))
	return co.publish(c, r)
}

// examination looks at the lab as at the Internet.
func (s *labStatus) examination() (*examination, *run.Local, error) {
	dns, err := netip.ParseAddrPort(s.DNS)
	if err != nil {
		return nil, nil, err
	}
	p := labRules()
	ports := lab.TownPorts{DNS: dns, HTTP: s.HTTPPort, TLS: s.TLSPort}
	return &examination{policy: p}, &run.Local{Walker: walk.Walker{
		Net:    &wire.Net{Dial: ports.Dial, Resolver: dns, Refuses: p.Addresses.Refusal},
		Policy: p, Hurry: true, Beyond: beyond.Plan(p, beyond.Options{}),
	}}, nil
}

// labRules are Let's Encrypt's, for names that no public domain has and for
// addresses on loopback.
func labRules() *policy.Policy {
	p := policy.LetsEncrypt()
	tolerate(p, netip.MustParsePrefix("127.0.0.0/8"))
	return p
}

// tolerate has a policy take names without a public suffix, and addresses in
// these ranges.
func tolerate(p *policy.Policy, public ...netip.Prefix) {
	p.Addresses.Public = append(p.Addresses.Public, public...)
	p.Names.Rules = slices.DeleteFunc(slices.Clone(p.Names.Rules), func(r policy.NameRule) bool {
		return r.Rule == policy.RuleNameSuffix || r.Rule == policy.RuleNameIsSuffix
	})
	p.HTTP01.URL = slices.DeleteFunc(slices.Clone(p.HTTP01.URL), func(r policy.URLRule) bool { return r.Rule == policy.RuleSuffix })
}
