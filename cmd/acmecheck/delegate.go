package main

// This file is about the challenges of many names in one zone: what its two
// commands share. Package delegation is the plan; delegate_names.go writes it
// down, delegate_check.go compares DNS with it.

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/delegation"
)

func newDelegate() *cobra.Command {
	c := &cobra.Command{
		Use:   "delegate names|check --zone ZONE [FILE]",
		Short: "Delegate the challenges of many names to a zone of your own",
		Long: `delegate helps whoever orders certificates for other people's domains. Each
customer points _acme-challenge once, by CNAME, at a place in a zone of yours
that holds nothing else; from then on your client writes only there.

  acmecheck delegate names --zone acme.host.net < domains.txt   # the records
  acmecheck delegate check --zone acme.host.net < domains.txt   # are they there?

A name's place can be told before the customer exists, is turned back into the
name by reading it, and is no other name's.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage("delegate what?").try("acmecheck delegate names --zone acme.host.net < domains.txt")
		},
	}
	c.AddCommand(newDelegateNames(), newDelegateCheck())
	return c
}

// delegateOptions are the flags of both commands.
type delegateOptions struct{ zone, style, format string }

func (o *delegateOptions) flags(f *pflag.FlagSet, formats ...string) {
	f.StringVar(&o.zone, "zone", "", "your zone for challenges, such as acme.host.net")
	f.StringVar(&o.style, "style", string(delegation.Reversed), "reversed (uk.co.my-shop.www) or dash (uk-co-my--shop-www)")
	f.StringVar(&o.format, "format", formats[0], strings.Join(formats, ", "))
}

func (o *delegateOptions) plan() (delegation.Plan, error) {
	style := delegation.Style(o.style)
	if style != delegation.Reversed && style != delegation.Dash {
		return delegation.Plan{}, usage("unknown style %q", o.style).try("--style reversed or --style dash")
	}
	if o.zone == "" {
		return delegation.Plan{}, usage("no zone").try("--zone acme.host.net: a zone of yours for challenges")
	}
	zone := o.zone
	if !isASCII(zone) {
		t, err := probes.ParseTarget(zone)
		if err != nil {
			return delegation.Plan{}, usage("--zone: %s", err)
		}
		zone = string(t.Identifier)
	}
	p, err := delegation.New(zone, style)
	if err != nil {
		return p, usage("--zone %q %s", o.zone, err).try("--zone acme.host.net: a zone of yours for challenges")
	}
	return p, nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
