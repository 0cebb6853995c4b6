package main

// This file is the lab that runs until it is told to stop: what its commands
// share. lab_up.go runs it, lab_control.go lets the others reach it.

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newLab() *cobra.Command {
	c := &cobra.Command{
		Use:   "lab up|status|fault|check|down",
		Short: "Run a test CA to try an ACME client against, with faults",
		Long: `lab runs a test CA (Pebble), a name server and broken servers on loopback, to try
an ACME client against. Nothing leaves this machine, and what it issues is worth
nothing.

  acmecheck lab up                                  # until Ctrl-C; prints what to copy
  acmecheck lab fault set wrong-vhost www.lab.test  # in another terminal
  acmecheck lab status                              # what was validated, asked and broken
  acmecheck lab check www.lab.test                  # what Let's Encrypt would say of it

Any name under lab.test leads to 127.0.0.1, where your client answers. The CA
remembers nothing from one run to the next, and proves a name anew in every
order: a name that you break fails at once.

Exit codes: 0, 2 usage, 9 no lab runs or it could not start.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage("lab what?").try("acmecheck lab up")
		},
	}
	c.AddCommand(newLabUp(), newLabStatus(), newLabFault(), newLabCheck(), newLabDown())
	return c
}

// labOptions are the flags of every command of the lab.
type labOptions struct{ dir, format string }

func (o *labOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.dir, "dir", "", "where the lab keeps its files (default: "+filepath.Join("$XDG_STATE_HOME", "acmecheck", "lab")+")")
}

func (o *labOptions) formatFlag(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "text", "text or json")
}

// complete finds the directory, and refuses a format that nobody knows.
func (o *labOptions) complete() error {
	if o.format != "" && o.format != "text" && o.format != "json" {
		return usage("unknown format %q", o.format).try("--format text or --format json")
	}
	if o.dir == "" {
		state, err := stateHome()
		if err != nil {
			return usage("no place for the lab's files: %s", err).try("--dir DIR")
		}
		o.dir = filepath.Join(state, "acmecheck", "lab")
	}
	dir, err := filepath.Abs(o.dir)
	o.dir = dir
	return err
}

// stateHome is where programs keep what they must remember (XDG Base Directory
// Specification).
func stateHome() (string, error) {
	if s := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(s) { //nolint:forbidigo // the specification's way to say it
		return s, nil
	}
	if runtime.GOOS == "windows" {
		return os.UserCacheDir() // %LocalAppData%
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state"), nil
}

func newLabDown() *cobra.Command {
	o := &labOptions{}
	c := &cobra.Command{
		Use:   "down",
		Short: "End the lab, and wait until it has ended",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := o.reach()
			if err != nil {
				return err
			}
			if err := l.down(c.Context()); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "the lab is down")
			return err
		},
	}
	o.flags(c.Flags())
	return c
}
