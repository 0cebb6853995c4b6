package main

// This file reads saved reports, and shows them once more.

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report"
)

func newRender() *cobra.Command {
	o := &outputs{}
	c := &cobra.Command{
		Use:   "render REPORT.json",
		Short: "Show a saved report in another format; - is standard input",
		Long: `render shows a report that was saved with --out json=REPORT.json, in any format,
byte for byte as the run itself would have. It looks at nothing.

It exits with the code of the report, as the run did: one report has one exit
code, whichever command shows it. 2: it is no report that this acmecheck reads.`,
		Example: `  acmecheck --out json=report.json example.com
  acmecheck render report.json --format markdown`,
		Args: oneReport,
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := o.destinations(); err != nil {
				return err
			}
			r, err := savedReport(c, args[0])
			if err != nil {
				return err
			}
			return o.publish(c, r)
		},
	}
	o.flags(c.Flags())
	return c
}

// oneReport wants one argument.
func oneReport(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("%s is about one report", c.Name()).try("acmecheck %s report.json, or - for standard input", c.Name())
	}
	return nil
}

// savedReport reads a report from a file, or from standard input.
func savedReport(c *cobra.Command, file string) (*report.Report, error) {
	from := c.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usage("%s", err).try("acmecheck --out json=%s NAME writes a report", file)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	r, err := report.Decode(from)
	if err != nil {
		return nil, usage("%s: %s", file, err).try("a report is what --format json and --out json=FILE write")
	}
	return r, nil
}
