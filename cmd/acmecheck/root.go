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
	conf := &configuration{}
	o := &checkOptions{conf: conf}
	root := &cobra.Command{
		Use:               "acmecheck [METHOD@]NAME...",
		Short:             "Would a CA validate this name now, and if not, why?",
		Long:              long + targetsHelp,
		Args:              cobra.ArbitraryArgs,
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return conf.configure(c) },
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !o.targeted() && !set("CI") && noScreen(c) == "" {
				return alone(o, c)
			}
			if len(args) == 0 && !o.targeted() {
				_ = c.Help()
				return usage("no target").try("acmecheck example.com")
			}
			if err := strayWord(c, args); err != nil {
				return err
			}
			return check(c, o, args)
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetUsageFunc(printUsage)
	root.SetFlagErrorFunc(flagError)
	o.flags(root.Flags())
	o.patience.flags(root.Flags())
	root.AddCommand(newCheck(conf), newWatch(conf), newValidate(), newIssue(), newRehearse(), newDelegate(), newDemo(), newLab(), newExplain(), newRender(), newJudge(), newSchema(), newVersion(), newMan(), newTUI(conf))
	root.AddCommand(newTopics()...)
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
