// Package live compares a program with the CA in worlds that nobody has seen
// before.
package live

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/generate"
	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/record"
	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// Options say what to compare with what.
type Options struct {
	Generate generate.Options
	Record   record.Options
	Compare  compare.Options
	Keep     string // a new directory for the worlds that differ
}

// Run makes worlds, has the CA judge them, compares, and reports to w. What
// differs, and the CA's verdicts about it, stay in the directory Keep, which
// is gone when nothing does. It returns compare.ErrDisagree for differences.
func Run(ctx context.Context, w io.Writer, o Options) error {
	fmt.Fprintf(w, "seed %d\n", o.Generate.Seed)
	if err := os.Mkdir(o.Keep, 0o750); err != nil {
		return err
	}
	files, err := generate.Run(filepath.Join(o.Keep, "worlds"), o.Generate)
	if err != nil {
		return err
	}
	verdicts, err := record.Run(ctx, files, o.Record)
	if err != nil {
		return err
	}
	byName := map[string]*verdict.Verdict{}
	for _, v := range verdicts {
		byName[v.World] = v
	}
	outcomes, err := compare.Run(ctx, files, byName, o.Compare)
	if err != nil {
		return err
	}
	if err := o.keep(w, files, outcomes, byName); err != nil {
		return err
	}
	return compare.Report(w, outcomes)
}

// keep leaves only the worlds that differ.
func (o Options) keep(w io.Writer, files []string, outcomes []compare.Outcome, verdicts map[string]*verdict.Verdict) error {
	differing := compare.Differing(outcomes)
	if len(differing) == 0 {
		return os.RemoveAll(o.Keep)
	}
	var kept []*verdict.Verdict
	keep := map[string]bool{}
	for _, d := range differing {
		keep[d.World] = true
		kept = append(kept, verdicts[d.World])
	}
	for _, f := range files {
		if keep[node.WorldName(f)] {
			continue
		}
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	b, err := verdict.Marshal(kept)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d of %d worlds differ; they are in %s\n", len(differing), len(files), o.Keep)
	return os.WriteFile(filepath.Join(o.Keep, "verdicts-new.json"), b, 0o600)
}
