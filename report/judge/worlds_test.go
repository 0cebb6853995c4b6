package judge_test

// This file holds that each refusal of a recorded world is put down to the
// cause that a person put it down to, and that nothing is ever said against a
// world the CA accepts.

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

const testdata = "../../testdata/"

// asOf is the present in tests.
var asOf = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A sight is a world as checked: what was seen, what was said, and every
// request its servers got.
type sight struct {
	trace    probes.Trace
	outcome  report.Outcome
	requests []serve.Request
	took     time.Duration
}

// see checks a world as the command line does, in memory.
func see(w *world.World, proof probes.Proof, o beyond.Options) sight {
	var s sight
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	simnet.Bubble(asOf, func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		wk := &walk.Walker{
			Net:    &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal},
			Policy: p, Hurry: true, Beyond: beyond.Plan(p, o),
		}
		task := probes.Task{Method: probes.Method(w.Method), Identifier: probes.Identifier(w.Identifier), Token: w.Token, KeyAuthorization: w.KeyAuthorization()}
		if proof == probes.ProofPath {
			task.KeyAuthorization = ""
			task.Token = strings.Repeat("x", 43) // nobody's
		}
		began := time.Now()
		s.trace = wk.Walk(ctx, task, proof, began)
		s.took = time.Since(began)
		s.requests = n.Requests()
	})
	s.outcome = judge.Judge(judge.In{Trace: s.trace, Policy: p})
	return s
}

func loadWorld(tb testing.TB, file string) *world.World {
	tb.Helper()
	w, err := world.Load(file)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// labels reads testdata/labels: for each world the codes of its refusal, or -.
func labels(tb testing.TB) map[string][]string {
	tb.Helper()
	f, err := os.Open(testdata + "labels/http.txt")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	out := map[string][]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), " #")
		words := strings.Fields(line)
		if len(words) > 1 && !strings.HasPrefix(words[0], "#") {
			out[words[0]] = words[1:]
		}
	}
	return out
}

func worldFile(name string) string {
	if strings.HasPrefix(name, "http-own-") {
		return testdata + "worlds/" + name + ".world"
	}
	return testdata + "conformance/worlds/" + name + ".world"
}

func errorsOf(o report.Outcome) []string {
	out := []string{}
	for _, f := range o.Findings {
		if f.Severity == report.Error && !slices.Contains(out, f.Code) {
			out = append(out, f.Code)
		}
	}
	return out
}

func TestEveryWorldHasItsCause(t *testing.T) {
	want := labels(t)
	all, err := filepath.Glob(testdata + "conformance/worlds/http-*.world")
	if err != nil || len(all) < 240 {
		t.Fatal(len(all), err)
	}
	for _, file := range all {
		if name := strings.TrimSuffix(filepath.Base(file), ".world"); want[name] == nil {
			t.Errorf("%s has no label", name)
		}
	}
	refused, generic := 0, 0
	for name, codes := range want {
		t.Run(name, func(t *testing.T) {
			got := errorsOf(see(loadWorld(t, worldFile(name)), probes.ProofToken, beyond.Options{}).outcome)
			if codes[0] == "-" {
				codes = []string{}
			}
			if !slices.Equal(got, codes) {
				t.Errorf("got %v, want %v", got, codes)
			}
			if len(got) > 0 {
				refused++
			}
			if slices.ContainsFunc(got, func(c string) bool { return checks.ByCode(c).Generic }) {
				generic++
			}
		})
	}
	if generic*50 > refused {
		t.Errorf("%d of %d refusals have a generic code only; at most 2 %% may", generic, refused)
	}
	t.Logf("%d refusals, %d with a generic code", refused, generic)
}
