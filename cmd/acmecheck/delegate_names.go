package main

// This file writes the plan down, for any number of names in constant memory.

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes/delegation"
)

func newDelegateNames() *cobra.Command {
	o := &delegateOptions{}
	c := &cobra.Command{
		Use:   "names --zone ZONE [FILE|-]",
		Short: "Write the CNAME record for each name of a list; sends no packet",
		Long: `names reads names, one a line, and writes the record that each name's owner has
to create, as zone-file text:

  _acme-challenge.www.my-shop.co.uk.  CNAME  uk.co.my-shop.www.acme.host.net.

Blank lines and # comments are skipped; "*.", METHOD@ and URLs are understood. A
wildcard has the place of its base name. A name that does not fit (253 octets,
with --style dash 63) has a short place: its beginning, three hyphens and a hash.

Exit codes: 0 all written, 2 a line is no name (the others are written).`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return delegateNames(c, o, args) },
	}
	o.flags(c.Flags(), "text", "csv", "json")
	return c
}

func delegateNames(c *cobra.Command, o *delegateOptions, args []string) error {
	p, err := o.plan()
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(c.OutOrStdout(), 1<<16)
	write, end, err := nameWriter(w, o.format, p)
	if err != nil {
		return err
	}
	l, done, err := openList(c, args)
	if err != nil {
		return err
	}
	defer done()
	err = l.each(c.Context(), write)
	if e := end(); err == nil {
		err = e
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return l.verdict()
}

// nameWriter writes the plan for one name after the other in a format; end
// comes after the last.
func nameWriter(w io.Writer, format string, p delegation.Plan) (write func(delegation.Name) error, end func() error, err error) {
	nothing := func() error { return nil }
	switch format {
	case "text":
		return func(n delegation.Name) error {
			_, err := io.WriteString(w, p.Line(n)+"\n")
			return err
		}, nothing, nil
	case "csv":
		write, end := csvNames(w, p)
		return write, end, nil
	case "json":
		write, end := jsonNames(w, p)
		return write, end, nil
	}
	return nil, nothing, usage("unknown format %q", format).try("--format text, csv or json")
}

func csvNames(w io.Writer, p delegation.Plan) (write func(delegation.Name) error, end func() error) {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"name", "challenge", "target"}) // an error stays until the end
	write = func(n delegation.Name) error {
		return c.Write([]string{string(n), n.Challenge() + ".", p.Target(n) + "."})
	}
	return write, func() error { c.Flush(); return c.Error() }
}

// A plannedName is one element of the JSON array.
type plannedName struct {
	Name      delegation.Name `json:"name"`
	Challenge string          `json:"challenge"`
	Target    string          `json:"target"`
}

// jsonNames writes an array with one element a line, for jq and for grep.
func jsonNames(w io.Writer, p delegation.Plan) (write func(delegation.Name) error, end func() error) {
	before := "[\n"
	write = func(n delegation.Name) error {
		b, err := json.Marshal(plannedName{n, n.Challenge(), p.Target(n)})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, before+string(b))
		before = ",\n"
		return err
	}
	return write, func() error {
		closing := "\n]\n"
		if before == "[\n" {
			closing = "[]\n"
		}
		_, err := io.WriteString(w, closing)
		return err
	}
}
