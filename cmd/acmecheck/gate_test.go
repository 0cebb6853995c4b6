package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
)

// lookAt looks at targets in a world, with a token that nobody knows.
func lookAt(tb testing.TB, w *world.World, targets ...probes.Target) (r *report.Report) {
	tb.Helper()
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		p := policy.LetsEncrypt()
		p.Addresses.Public = world.Documentation
		first, remotes, done := vantagesOf(ctx, w, walk.Walker{Policy: p, Hurry: true, Beyond: beyond.Plan(p, beyond.Options{Deep: true})}, p)
		defer done()
		x := examination{policy: p, first: first, remotes: remotes}
		var err error
		if r, err = x.examine(ctx, targets, run.Answers{Token: random(), Proof: probes.ProofPath, Account: w.Account}); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// The same fault has the same fingerprint in every run, though each has a token of
// its own: so a baseline knows it again.
func TestFingerprintsLast(t *testing.T) {
	t.Parallel()
	demos, err := lab.Demos()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range demos {
		target := probes.Target{Identifier: probes.Identifier(d.World.Identifier), All: true}
		first, second := fingerprints(lookAt(t, d.World, target)), fingerprints(lookAt(t, d.World, target))
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", d.Name, diff)
		}
		found += len(first)
	}
	if found < len(demos) {
		t.Errorf("only %d findings in %d demos", found, len(demos))
	}
}

func fingerprints(r *report.Report) []string {
	var all []string
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			all = append(all, f.Fingerprint+" "+f.Code)
		}
	}
	slices.Sort(all)
	return all
}

// many is a world with n names of as many domains, every tenth of them out of
// order, and the names as targets.
func many(tb testing.TB, n int) (*world.World, []probes.Target) {
	tb.Helper()
	lines := "challenge http-01 n0.example0.com\nhttp 192.0.2.10:80 * 404\n"
	var targets []probes.Target
	for i := range n {
		name := fmt.Sprintf("n%d.example%d.com", i, i)
		lines += fmt.Sprintf("dns %s A 192.0.2.%d\n", name, 10+(i%10)/9)
		targets = append(targets, probes.Target{Input: name, Identifier: probes.Identifier(name)})
	}
	w, err := world.Parse("many", lines)
	if err != nil {
		tb.Fatal(err)
	}
	return w, targets
}

// A report of many targets has them all, in their order.
func TestManyTargets(t *testing.T) {
	t.Parallel()
	w, targets := many(t, 100)
	r := lookAt(t, w, targets...)
	if len(r.Targets) != 100 || r.Summary.Error != 10 || r.Exit.Code != exitNotReady {
		t.Errorf("%d targets, %+v, %+v", len(r.Targets), r.Summary, r.Exit)
	}
	for i, x := range r.Targets {
		if want := report.Verdict(1 + i%10/9); x.Input != targets[i].Input || x.Verdict != want {
			t.Errorf("%d: %s %v", i, x.Input, x.Verdict)
		}
	}
}

// BenchmarkTargets shows that the memory of a report is linear in its targets.
func BenchmarkTargets(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w, targets := many(b, n)
			b.ReportAllocs()
			for b.Loop() {
				lookAt(b, w, targets...)
			}
		})
	}
}
