package main

// This file makes reports of all there is: demos, worlds, fixtures, orders.

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

// A sample is a report with the place it comes from.
type sample struct {
	name string
	*report.Report
}

// A situation is a world, and the order that was made in it; nil: none.
type situation struct {
	*world.World

	order *checks.Order
}

// examined is what check says to targets in a world, and issue if there is an
// order; of no targets, to the world's own question.
func (s situation) examined(tb testing.TB, targets ...string) *report.Report {
	tb.Helper()
	if len(targets) == 0 {
		targets = []string{s.Method + "@" + s.Identifier}
		if s.Method == "http-01" {
			targets = []string{s.Identifier} // the other methods for information
		}
	}
	var r *report.Report
	simnet.Bubble(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), func(ctx context.Context) {
		p := documented()
		first, remotes, done := vantagesOf(ctx, s.World, walk.Walker{Hurry: true, Beyond: beyond.Plan(p, beyond.Options{Deep: true})}, p)
		defer done()
		x := examination{policy: p, first: first, remotes: remotes, judged: judge.Options{Options: checks.Options{Order: s.order}}}
		var parsed []probes.Target
		for _, name := range targets {
			t, err := probes.ParseTarget(name)
			if err != nil { // a world may be about a name that the command line does not take
				t = probes.Target{Input: name, Identifier: probes.Identifier(s.Identifier), Methods: []probes.Method{probes.Method(s.Method)}}
			}
			parsed = append(parsed, t)
		}
		var err error
		if r, err = x.examine(ctx, parsed, ownAnswers(s.World)); err != nil {
			tb.Error(err)
			return
		}
		if s.order != nil {
			r.Issuance = judge.Issuance(*s.order, p, &report.Certificate{Serial: "5f3a", NotAfter: time.Now(), SANs: []string{s.Identifier}, Files: map[string]string{"key": "a.key", "cert": "a.pem"}})
		}
	})
	return r
}

// samples are reports of everything: made once, and not to be changed.
var samples = sync.OnceValues(func() ([]sample, error) {
	var out []sample
	all, err := situations()
	if err != nil {
		return nil, err
	}
	tb := &failure{}
	for _, s := range all {
		out = append(out, sample{s.Name, s.examined(tb)})
	}
	nothing := newReport(documented(), time.Unix(0, 0))
	nothing.Exit = report.Gate{}.ExitOf(report.CannotTell, 0)
	return append(out, sample{"nothing", nothing}), tb.err
})

// A failure is a testing.TB for what is made once for several tests.
type failure struct {
	testing.TB

	err error
}

func (f *failure) Helper()        {}
func (f *failure) Error(a ...any) { f.err, _ = a[0].(error) }

func samplesOf(tb testing.TB) []sample {
	tb.Helper()
	all, err := samples()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// situations are the demos, the worlds of testdata/worlds, and the fixtures of
// the checks.
func situations() ([]situation, error) {
	var out []situation
	demos, err := lab.Demos()
	if err != nil {
		return nil, err
	}
	for _, d := range demos {
		out = append(out, situation{d.World, nil})
	}
	worlds, err := filepath.Glob("../../testdata/worlds/*.world")
	if err != nil {
		return nil, err
	}
	for _, file := range worlds {
		w, err := world.Load(file)
		if err != nil {
			return nil, err
		}
		out = append(out, situation{w, nil})
	}
	fixtures, err := filepath.Glob("../../testdata/checks/*.txtar")
	if err != nil {
		return nil, err
	}
	for _, file := range fixtures {
		if out, err = scenes(out, file); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scenes appends those of a fixture that are worlds.
func scenes(out []situation, file string) ([]situation, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(b).Files {
		scene, part, _ := strings.Cut(f.Name, "/")
		name := strings.TrimSuffix(filepath.Base(file), ".txtar") + "/" + scene
		switch part {
		case "world":
			w, err := world.Parse(name, string(f.Data))
			if err != nil {
				return nil, err
			}
			out = append(out, situation{w, nil})
		case "order":
			last := &out[len(out)-1]
			if last.Name != name { // of a trace
				continue
			}
			last.order = &checks.Order{}
			if err := json.Unmarshal(f.Data, last.order); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// decoded is a report as it is after it was saved.
func decoded(tb testing.TB, r *report.Report) *report.Report {
	tb.Helper()
	out, err := report.Decode(bytes.NewReader(encoded(tb, r)))
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
