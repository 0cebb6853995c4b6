package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/record"
	"github.com/acmecheck/acmecheck/conformance/verdict"
)

var stdout = os.Stdout

// programFlags are the flags about the program to compare; when they are
// parsed, the function that it returns checks them.
func programFlags(fs *flag.FlagSet, o *compare.Options) func() error {
	fs.StringVar(&o.Bin, "bin", "", "the acmecheck binary")
	fs.StringVar((*string)(&o.Mode), "mode", string(compare.Simulate), "simulate, or sockets")
	fs.IntVar(&o.Jobs, "j", jobs, "worlds at a time")
	return func() (err error) {
		if o.Bin == "" {
			return fmt.Errorf("%w: no -bin", errUsage)
		}
		o.Bin, err = filepath.Abs(o.Bin)
		return err
	}
}

func compareCommand(ctx context.Context, fs *flag.FlagSet, args []string) error {
	var o compare.Options
	program := programFlags(fs, &o)
	file := fs.String("verdicts", "", "recorded verdicts (default: ask Boulder now)")
	if fs.Parse(args) != nil {
		return errUsage
	}
	if err := program(); err != nil {
		return err
	}
	files, err := worlds(fs.Args())
	if err != nil {
		return err
	}
	verdicts, err := verdictsOf(ctx, files, *file, o.Jobs)
	if err != nil {
		return err
	}
	outcomes, err := compare.Run(ctx, files, verdicts, o)
	if err != nil {
		return err
	}
	return compare.Report(stdout, outcomes)
}

// verdictsOf reads verdicts from a file, or records them if there is none.
func verdictsOf(ctx context.Context, files []string, file string, jobs int) (map[string]*verdict.Verdict, error) {
	if file != "" {
		b, err := os.ReadFile(file) //nolint:gosec // the caller's file
		if err != nil {
			return nil, err
		}
		return verdict.Unmarshal(b)
	}
	fmt.Fprintf(stdout, "asking Boulder %s about %d worlds\n", boulder.Version(), len(files))
	vs, err := record.Run(ctx, files, record.Options{Jobs: jobs, Runs: 3})
	if err != nil {
		return nil, err
	}
	byName := map[string]*verdict.Verdict{}
	for _, v := range vs {
		byName[v.World] = v
	}
	return byName, nil
}
