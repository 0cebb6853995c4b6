package run_test

// This file holds the promise of the product: for every recorded world we say
// what the real Boulder said, word for word and second for second.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const conformance = "../../testdata/conformance/"

// asOf is the present in tests.
var asOf = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A said is a problem as recordings have it: its type without the URN.
type said struct{ Type, Detail string }

// A verdict is one line of verdicts-new.json.
type verdict struct {
	World   string
	Valid   bool
	Problem *said
	Records []policy.Record
	CAA     *struct {
		Valid   bool
		Problem *said
	}
	MPIC []struct {
		Check, Perspective, RIR string
		Valid                   bool
		Problem                 *said
	}
	MS int64
}

func verdicts(tb testing.TB, file string) []verdict {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var vs []verdict
	if err := json.Unmarshal(b, &vs); err != nil {
		tb.Fatal(err)
	}
	return vs
}

// letsEncrypt is the policy of the recordings: the documentation ranges count
// as public.
func letsEncrypt() *policy.Policy {
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	return p
}

// A performance is what we saw and said of a world.
type performance struct {
	policy.Validation
	traces   []probes.Trace // of the first perspective
	spent    time.Duration  // by the CA's clock, where there is one perspective
	took     time.Duration
	requests []serve.Request // of the first perspective
}

// perform validates in a world in memory, as the validate command does.
func perform(w *world.World, p *policy.Policy, change func(*walk.Walker)) performance {
	var r performance
	simnet.Bubble(asOf, func(ctx context.Context) {
		first, close, requests := vantage(ctx, w, "", p, change)
		defer close()
		var remotes []run.Vantage
		for _, at := range w.Perspectives {
			v, close, _ := vantage(ctx, w, at.Name, p, change)
			defer close()
			v.RIR = at.RIR
			remotes = append(remotes, v)
		}
		began := time.Now()
		r.Validation, r.traces = run.Validate(ctx, run.Assignment{Task: taskOf(w), Policy: p, Proof: probes.ProofToken, AsOf: began}, policy.Check(w.Check), first, remotes...)
		r.took = time.Since(began)
		r.requests = requests()
	})
	return r
}

// vantage is a place in a world that looks.
func vantage(ctx context.Context, w *world.World, name string, p *policy.Policy, change func(*walk.Walker)) (v *run.Local, done func(), requests func() []serve.Request) {
	n := simnet.New(ctx, w.View(name))
	v = &run.Local{Name: name, Walker: walk.Walker{Net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}}}
	if change != nil {
		change(&v.Walker)
	}
	return v, n.Close, n.Requests
}

func taskOf(w *world.World) probes.Task {
	return probes.Task{
		Method: probes.Method(w.Method), Identifier: probes.Identifier(w.Identifier),
		Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Account: w.Account,
	}
}

// again decides over the traces of the first perspective as a reader of a
// stored report does, and returns by the CA's clock how long it took.
func (r *performance) again(tb testing.TB, p *policy.Policy) {
	tb.Helper()
	for i, tr := range r.traces {
		b, err := json.Marshal(tr)
		if err != nil {
			tb.Fatal(err)
		}
		var read probes.Trace
		if err := json.Unmarshal(b, &read); err != nil {
			tb.Fatal(err)
		}
		g, ok := read.Given()
		if !ok {
			tb.Fatal("trace without a question")
		}
		d := p.Decide(g, read.Replay())
		r.spent += d.Spent
		if h, _ := tr.Given(); !reflect.DeepEqual(d, p.Decide(h, tr.Replay())) {
			tb.Errorf("part %d: another decision over the stored trace: %+v", i+1, d)
		}
	}
}

func load(tb testing.TB, dir, name string) *world.World {
	tb.Helper()
	w, err := world.Load(filepath.Join(dir, name+".world"))
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

var comparable = replacer{
	{regexp.MustCompile(`read tcp \S+->`), "read tcp LOCAL->"},
	{regexp.MustCompile(`validation time \S+ is after`), "validation time NOW is after"},
}

type replacer []struct {
	re *regexp.Regexp
	by string
}

// Replace applies all of them.
func (r replacer) Replace(s string) string {
	for _, x := range r {
		s = x.re.ReplaceAllLiteralString(s, x.by)
	}
	return s
}

// difference compares what we said, and how long it took, with a recording.
func difference(v verdict, r performance, took time.Duration, icmp bool) string {
	switch {
	case r.Undecided:
		return "undecided"
	case r.Valid != v.Valid, told(r.Problem) != recorded(v.Problem):
		return fmt.Sprintf("\n got valid=%v %s\nwant valid=%v %s", r.Valid, told(r.Problem), v.Valid, recorded(v.Problem))
	case len(r.Records)+len(v.Records) > 0 && !reflect.DeepEqual(r.Records, v.Records):
		return fmt.Sprintf("\n got records %+v\nwant records %+v", r.Records, v.Records)
	case (r.CAA == nil) != (v.CAA == nil), r.CAA != nil && (r.CAA.Valid != v.CAA.Valid || told(r.CAA.Problem) != recorded(v.CAA.Problem)):
		return fmt.Sprintf("\n got CAA %+v\nwant CAA %+v", r.CAA, v.CAA)
	}
	if diff := perspectives(v, r); diff != "" {
		return diff
	}
	if off := took - time.Duration(v.MS)*time.Millisecond; !icmp && v.MS > 900 && off.Abs() > 250*time.Millisecond {
		return fmt.Sprintf("took %v, the CA %d ms", took, v.MS)
	}
	return ""
}

// perspectives compares what each remote perspective said.
func perspectives(v verdict, r performance) string {
	if len(v.MPIC) != len(r.Perspectives) {
		return fmt.Sprintf("\n got perspectives %+v\nwant %+v", r.Perspectives, v.MPIC)
	}
	for i, want := range v.MPIC {
		got := r.Perspectives[i]
		if string(got.Check) != want.Check || got.Perspective != want.Perspective || got.RIR != want.RIR || got.Valid != want.Valid || told(got.Problem) != recorded(want.Problem) {
			return fmt.Sprintf("\n got perspective %+v %s\nwant %+v", got, told(got.Problem), want)
		}
	}
	return ""
}

// told and recorded bring problems into the form in which they are compared:
// our own ephemeral address and the present time differ by design.
func told(p *policy.Problem) string {
	if p == nil {
		return ""
	}
	return string(p.Kind()) + ": " + comparable.Replace(p.Detail)
}

func recorded(p *said) string {
	if p == nil {
		return ""
	}
	return p.Type + ": " + comparable.Replace(p.Detail)
}

var icmp = regexp.MustCompile(`(?m)^\s*(from \S+ )?tcp \S+ (netunreach|hostunreach|prohibited)`)

func hasICMP(tb testing.TB, dir, name string) bool {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name+".world"))
	if err != nil {
		tb.Fatal(err)
	}
	return icmp.Match(b)
}

// disagreements runs every world and returns what differs.
func disagreements(tb testing.TB, dir string, vs []verdict, p *policy.Policy, change func(*walk.Walker)) map[string]string {
	tb.Helper()
	out := map[string]string{}
	for _, v := range vs {
		w := load(tb, dir, v.World)
		r := perform(w, p, change)
		r.again(tb, p)
		took := r.took
		if change != nil && len(w.Perspectives) == 0 {
			took = r.spent // we hurried; the CA's clock must not show it
		}
		if diff := difference(v, r, took, hasICMP(tb, dir, v.World)); diff != "" {
			out[v.World] = diff
		}
	}
	return out
}

func TestConformance(t *testing.T) {
	all := verdicts(t, conformance+"verdicts-new.json")
	bad := disagreements(t, conformance+"worlds", all, letsEncrypt(), nil)
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		t.Errorf("%s: %s", name, bad[name])
	}
	total, agree := map[string]int{}, map[string]int{}
	for _, v := range all {
		area, _, _ := strings.Cut(v.World, "-")
		total[area]++
		if _, no := bad[v.World]; !no {
			agree[area]++
		}
	}
	for _, area := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%-6s %3d of %3d worlds agree", area, agree[area], total[area])
	}
}

// A walker in a hurry must come to the same decision by the CA's clock.
func TestConformanceInAHurry(t *testing.T) {
	all := verdicts(t, conformance+"verdicts-new.json")
	for name, diff := range disagreements(t, conformance+"worlds", all, letsEncrypt(), func(w *walk.Walker) { w.Hurry = true }) {
		t.Errorf("%s: %s", name, diff)
	}
}
