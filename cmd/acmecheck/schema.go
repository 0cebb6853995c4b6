package main

import (
	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of --format json",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(report.Schema())
			return err
		},
	}
}
