package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/record"
	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// jobs is how many worlds there are at a time. Most wait more than they
// compute; but the CA's patience with DNS is a second, so not too many.
const jobs = 6

func recordCommand(ctx context.Context, fs *flag.FlagSet, args []string) error {
	out := fs.String("o", "", "file to write (default: standard output)")
	runs := fs.Int("runs", 3, "runs of each world")
	parallel := fs.Int("j", jobs, "worlds at a time")
	if fs.Parse(args) != nil {
		return errUsage
	}
	files, err := worlds(fs.Args())
	if err != nil {
		return err
	}
	start := time.Now()
	vs, err := record.Run(ctx, files, record.Options{Jobs: *parallel, Runs: *runs})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Boulder %s: %d worlds, %d runs each, in %s\n", boulder.Version(), len(vs), *runs, time.Since(start).Round(time.Second))
	b, err := verdict.Marshal(vs)
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = os.Stdout.Write(b)
	} else {
		err = os.WriteFile(*out, b, 0o644) //nolint:gosec // to be committed
	}
	if err != nil {
		return err
	}
	return doubts(os.Stderr, vs)
}

// doubts lists what is not sure, and fails if a world has no verdict.
func doubts(w io.Writer, vs []*verdict.Verdict) error {
	failed := 0
	for _, v := range vs {
		if len(v.Unstable) > 0 {
			fmt.Fprintf(w, "unstable %s: %s\n", v.World, strings.Join(v.Unstable, " "))
		}
		if v.Error != "" {
			failed++
			fmt.Fprintf(w, "failed %s: %s\n", v.World, v.Error)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d worlds have no verdict", failed)
	}
	return nil
}

// worlds lists the world files that args name; a directory stands for those in
// it and in its folder "worlds".
func worlds(args []string) ([]string, error) {
	var out []string
	for _, a := range args {
		if strings.HasSuffix(a, ".world") {
			out = append(out, a)
			continue
		}
		for _, d := range []string{a, filepath.Join(a, "worlds")} {
			found, err := filepath.Glob(filepath.Join(d, "*.world"))
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no world files in %q", args)
	}
	slices.Sort(out)
	return out, nil
}
