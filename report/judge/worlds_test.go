package judge_test

// This file holds that each refusal of a recorded world is put down to the
// cause that a person put it down to, and that nothing is ever said against a
// world the CA accepts.

import (
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
	"github.com/acmecheck/acmecheck/probes/run"
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
// request its servers got from the first perspective.
type sight struct {
	trace    probes.Trace
	remotes  []checks.Sight
	outcome  report.Outcome
	requests []serve.Request
	took     time.Duration
}

// A manner is how a world is checked. The zero value is with the world's own
// token.
type manner struct {
	beyond.Options
	unknown bool // with a token, account and value that nobody knows
	order   bool // the whole CA, its rules about names included
	caa     bool // whether CAA permits the world's method, and nothing else
}

// see checks a world as the command line does, in memory.
func see(w *world.World, m manner) sight {
	var s sight
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	simnet.Bubble(asOf, func(ctx context.Context) {
		began := time.Now()
		a := run.Assignment{Task: taskOf(w, m), Policy: p, Proof: probes.ProofToken, AsOf: began, Order: m.order}
		if m.unknown {
			a.Proof = probes.ProofPath
		}
		first, n := vantageOf(ctx, w, "", p)
		defer n.Close()
		first.Walker.Hurry, first.Walker.Beyond = true, beyond.Plan(p, m.Options)
		s.trace = first.Look(ctx, a)
		s.took = time.Since(began)
		s.requests = n.Requests()
		g, _ := s.trace.Given()
		d := p.Decide(g, s.trace.Replay())
		if !d.Valid && !d.Excused(a.Proof) {
			return
		}
		a.Policy = p.Remotely(d.Spent)
		for _, at := range w.Perspectives {
			v, n := vantageOf(ctx, w, at.Name, p)
			defer n.Close()
			s.remotes = append(s.remotes, checks.Sight{Name: at.Name, RIR: at.RIR, Trace: v.Look(ctx, a)})
		}
	})
	s.outcome = judge.Judge(judge.In{Trace: s.trace, Remotes: s.remotes, Policy: p})
	return s
}

func vantageOf(ctx context.Context, w *world.World, name string, p *policy.Policy) (*run.Local, *simnet.Net) {
	n := simnet.New(ctx, w.View(name))
	return &run.Local{Name: name, Walker: walk.Walker{Net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}}}, n
}

func taskOf(w *world.World, m manner) probes.Task {
	t := probes.Task{Method: probes.Method(w.Method), Identifier: probes.Identifier(w.Identifier), Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Account: w.Account}
	if m.unknown {
		t.KeyAuthorization = ""
		t.Token = strings.Repeat("x", 43) // nobody's
	}
	if m.caa {
		t.For, t.Method = t.Method, probes.CAA
	}
	return t
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
	files, err := filepath.Glob(testdata + "labels/*.txt")
	if err != nil || len(files) == 0 {
		tb.Fatal(files, err)
	}
	out := map[string][]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			line, _, _ := strings.Cut(line, " #")
			words := strings.Fields(line)
			if len(words) > 1 && !strings.HasPrefix(words[0], "#") {
				out[words[0]] = words[1:]
			}
		}
	}
	return out
}

func worldFile(name string) string {
	if strings.Contains(name, "-own-") {
		return testdata + "worlds/" + name + ".world"
	}
	return testdata + "conformance/worlds/" + name + ".world"
}

// refusal is what a world's refusal is put down to: that of domain control, or
// if there is none, of CAA.
func refusal(tb testing.TB, name string) []string {
	tb.Helper()
	w := loadWorld(tb, worldFile(name))
	if w.Check != string(policy.CheckCAA) {
		o := see(w, manner{}).outcome
		if o.Verdict != report.WouldIssue || w.Check == string(policy.CheckDCV) || probes.Identifier(w.Identifier).IsIP() {
			return errorsOf(o)
		}
	}
	return errorsOf(see(w, manner{caa: true}).outcome)
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
	all, err := filepath.Glob(testdata + "conformance/worlds/*.world")
	if err != nil || len(all) < 355 {
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
			got := refusal(t, name)
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
