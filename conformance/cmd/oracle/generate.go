package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/generate"
	"github.com/acmecheck/acmecheck/conformance/live"
	"github.com/acmecheck/acmecheck/conformance/record"
)

// generateFlags are the flags that say which worlds to make.
func generateFlags(fs *flag.FlagSet, o *generate.Options) {
	fs.Uint64Var(&o.Seed, "seed", uint64(rand.Uint32()), "seed (default: a fresh one)")
	fs.IntVar(&o.Count, "n", 300, "number of worlds")
	fs.Func("area", "areas, with commas, of: "+strings.Join(generate.Areas(), " "), func(s string) error {
		o.Areas = strings.Split(s, ",")
		return nil
	})
}

func generateCommand(_ context.Context, fs *flag.FlagSet, args []string) error {
	var o generate.Options
	generateFlags(fs, &o)
	if fs.Parse(args) != nil || fs.NArg() != 1 {
		return errUsage
	}
	_, err := generate.Run(fs.Arg(0), o)
	return err
}

func liveCommand(ctx context.Context, fs *flag.FlagSet, args []string) error {
	o := live.Options{Record: record.Options{Runs: 3}, Compare: compare.Options{Mode: compare.Simulate}}
	generateFlags(fs, &o.Generate)
	program := programFlags(fs, &o.Compare)
	fs.StringVar(&o.Keep, "keep", "", "new directory for worlds that differ (default: live-SEED)")
	if fs.Parse(args) != nil || fs.NArg() != 0 {
		return errUsage
	}
	if err := program(); err != nil {
		return err
	}
	o.Record.Jobs = o.Compare.Jobs
	if o.Keep == "" {
		o.Keep = fmt.Sprintf("live-%d", o.Generate.Seed)
	}
	return live.Run(ctx, stdout, o)
}
