package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/generate"
	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/record"
	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// The test binary is also the node, and a program that finds every world
// valid.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "node":
		if node.Serve(context.Background(), os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
	case len(os.Args) > 2 && os.Args[1] == "validate":
		fmt.Println(`{"valid":true,"problem":null}`)
	default:
		os.Exit(m.Run())
	}
}

// Exactly the worlds that differ stay, with what the CA says about them.
func TestRunKeepsWhatDiffers(t *testing.T) {
	if err := node.Possible(t.Context()); err != nil {
		t.Skip(err)
	}
	keep := filepath.Join(t.TempDir(), "kept")
	var out bytes.Buffer
	err := Run(t.Context(), &out, Options{
		Generate: generate.Options{Seed: 5, Count: 12, Areas: []string{"caa"}},
		Record:   record.Options{Jobs: 3, Runs: 1},
		Compare:  compare.Options{Bin: os.Args[0], Mode: compare.Simulate, Jobs: 3},
		Keep:     keep,
	})
	if !errors.Is(err, compare.ErrDisagree) || !strings.HasPrefix(out.String(), "seed 5\n") || !strings.Contains(out.String(), "differ; they are in "+keep) {
		t.Fatalf("%v: %s", err, out.String())
	}
	b, err := os.ReadFile(filepath.Join(keep, "verdicts-new.json"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := verdict.Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(keep, "worlds", "*.world"))
	if err != nil || len(files) != len(kept) || len(files) == 0 || len(files) == 12 {
		t.Fatalf("%d worlds, %d verdicts, %v", len(files), len(kept), err)
	}
	for _, f := range files {
		if v := kept[node.WorldName(f)]; v == nil || v.Valid {
			t.Errorf("%s is kept: %+v", f, v)
		}
	}
}

func TestRunDoesNotMixWorlds(t *testing.T) {
	if err := Run(t.Context(), &bytes.Buffer{}, Options{Keep: t.TempDir()}); err == nil {
		t.Error("a directory that was there before")
	}
}
