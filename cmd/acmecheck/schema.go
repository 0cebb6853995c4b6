package main

import (
	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report"
)

func newSchema() *cobra.Command {
	var events bool
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of --format json, or of ndjson's lines",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s := report.Schema()
			if events {
				s = report.EventSchema()
			}
			_, err := c.OutOrStdout().Write(s)
			return err
		},
	}
	c.Flags().BoolVar(&events, "events", false, "the schema of one line of --format ndjson")
	return c
}
