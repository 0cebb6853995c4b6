package main

// This file puts a report about delegations where it was asked for.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/report/render"
)

// A delegateOutput is where a report goes.
type delegateOutput struct {
	json   bool
	file   string // empty: no table is wanted; "-": standard output
	always bool   // even an empty table is written
}

var tableHeader = []string{"name", "class", "found", "line"}

// output decides where the report goes, and refuses before anything is looked
// at to write over what is not ours.
func (o *delegateCheck) output() (delegateOutput, error) {
	out := delegateOutput{json: o.format == "json", file: o.out, always: o.explicit}
	switch {
	case o.format != "text" && o.format != "json":
		return out, usage("unknown format %q", o.format).try("--format text or --format json")
	case out.json && !o.explicit:
		out.file = ""
		return out, nil
	case out.json && o.out == "-":
		return out, usage("JSON and the table both want standard output").try("--out FILE, or leave it away: the JSON has all of it")
	case o.out == "-":
		return out, nil
	}
	was, err := existingTable(o.out)
	out.always = out.always || was
	return out, err
}

// existingTable reports whether a table is to be replaced. Any other file is not.
func existingTable(file string) (bool, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	ours := []byte(strings.Join(tableHeader, ",") + "\n")
	begins := make([]byte, len(ours))
	if err == nil && info.Mode().IsRegular() {
		var f *os.File
		if f, err = os.Open(file); err == nil {
			defer f.Close()
			n, _ := io.ReadFull(f, begins)
			if n == 0 || bytes.Equal(begins, ours) {
				return true, nil
			}
		}
	}
	if err != nil {
		return false, usage("%s", err).try("--out FILE names another file")
	}
	return false, usage("%s exists and is no table of this command", file).try("--out FILE names another file, --out - is standard output")
}

// write writes the table, then the result: so what the result says of the
// table is true.
func (o delegateOutput) write(c *cobra.Command, r *delegateReport) error {
	named := ""
	stdout, summary := c.OutOrStdout(), c.OutOrStdout()
	switch {
	case o.file == "-":
		summary = c.ErrOrStderr()
		if err := r.table(stdout); err != nil {
			return err
		}
	case o.file != "" && (o.always || r.counts()[delegation.OK] < len(r.findings)):
		if err := replaceFile(o.file, r.table); err != nil {
			return usage("writing the table: %s", err).try("--out FILE names another file, --out - is standard output")
		}
		if r.counts()[delegation.OK] < len(r.findings) {
			named = o.file
		}
	}
	if o.json {
		summary = c.ErrOrStderr()
		if err := r.json(stdout); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(summary, render.Safe(r.summary(named), 0))
	return err
}
