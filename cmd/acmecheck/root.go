package main

import (
	"io"

	"github.com/spf13/cobra"
)

const long = `acmecheck looks at a domain the way Let's Encrypt does and says what it would
say, why, and from where it knows.

  acmecheck example.com                      is it ready for a certificate?
  acmecheck --webroot /var/www example.com   with a real token, for certain
  acmecheck demo redirect-4434               see it find a fault, nothing to install

Exit codes: 0 ready, 1 not ready, 2 usage, 3 cannot tell from here.`

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	o := &checkOptions{}
	root := &cobra.Command{
		Use:           "acmecheck [METHOD@]NAME...",
		Short:         "Would a CA validate this name now, and if not, why?",
		Long:          long,
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && o.world == "" {
				_ = c.Help()
				return usage("no target").try("acmecheck example.com")
			}
			return check(c, o, args)
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%s", err).try("%s --help lists the flags", c.CommandPath())
	})
	o.flags(root.Flags())
	root.AddCommand(newCheck(), newValidate(), newIssue(), newRehearse(), newDelegate(), newDemo(), newLab(), newExplain(), newSchema(), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the date of the rules",
		Args:  cobra.NoArgs,
		RunE:  printVersion,
	}
}
