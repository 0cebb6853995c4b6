package main

// This file breaks names of a lab, and mends them.

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report/render"
)

func newLabFault() *cobra.Command {
	c := &cobra.Command{
		Use:   "fault list|set|clear",
		Short: "Break a name of the lab, or mend it",
		Long: `fault makes something wrong with a name while the lab runs: its servers, on a
loopback address of its own (Linux), or its DNS. A name has one fault at a time.

Pebble forgives much that Let's Encrypt does not: acmecheck lab fault list says
what it makes of each fault. What it does not notice, acmecheck lab check NAME
does, by the rules of Let's Encrypt.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage("fault what?").try("acmecheck lab fault list")
		},
	}
	c.AddCommand(newLabFaultList(), newLabFaultSet(), newLabFaultClear())
	return c
}

func newLabFaultList() *cobra.Command {
	o := &labOptions{}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the faults that a name can have, and what Pebble makes of them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			all, err := lab.Faults()
			if err != nil {
				return err
			}
			if o.format == "json" {
				return json.NewEncoder(c.OutOrStdout()).Encode(all)
			}
			for _, f := range all {
				fmt.Fprintf(c.OutOrStdout(), "%-20s %s\n%-20s Pebble: %s\n", f.Name, f.Title, "", f.Pebble)
			}
			return nil
		},
	}
	o.formatFlag(c.Flags())
	return c
}

func newLabFaultSet() *cobra.Command {
	o := &labOptions{}
	c := &cobra.Command{
		Use:               "set FAULT NAME",
		Short:             "Break a name",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: faultNames,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("set takes a fault and a name").try("acmecheck lab fault set wrong-vhost www.lab.test; acmecheck lab fault list")
			}
			return o.change(c, args[0], args[1])
		},
	}
	o.flags(c.Flags())
	return c
}

func newLabFaultClear() *cobra.Command {
	o := &labOptions{}
	c := &cobra.Command{
		Use:   "clear NAME",
		Short: "Mend a name",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("clear takes a name").try("acmecheck lab fault clear www.lab.test")
			}
			return o.change(c, "", args[0])
		},
	}
	o.flags(c.Flags())
	return c
}

// change sets a fault, or clears it if there is none, and says so.
func (o *labOptions) change(c *cobra.Command, fault, name string) error {
	t, err := probes.ParseTarget(strings.TrimPrefix(name, "*."))
	if err != nil {
		return usage("%s", err)
	}
	l, err := o.reach()
	if err != nil {
		return err
	}
	done, err := l.fault(c.Context(), fault, string(t.Identifier))
	if err != nil {
		return err
	}
	said := "cleared  " + done.Name + ": " + done.Fault
	if fault != "" {
		said = "set  " + faultText(done) + pebbleNote(fault, done.Name)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), render.Safe(said, 0))
	return err
}

// pebbleNote is for faults that a client of Pebble does not feel.
func pebbleNote(fault, name string) string {
	all, _ := lab.Faults()
	for _, f := range all {
		if f.Name == fault && !f.Noticed {
			return "; Pebble " + f.Pebble + ". Let's Encrypt does not: acmecheck lab check " + name
		}
	}
	return ""
}

func faultNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if all, _ := lab.Faults(); len(args) == 0 {
		for _, f := range all {
			names = append(names, f.Name+"\t"+f.Title)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
