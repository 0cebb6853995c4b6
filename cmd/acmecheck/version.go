package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes/policy"
)

func printVersion(c *cobra.Command, _ []string) error {
	p := policy.LetsEncrypt()
	_, err := fmt.Fprintf(c.OutOrStdout(), "acmecheck %s (%s %s/%s)\nrules %s, read %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, p.ID(), p.Read)
	return err
}
