package walk_test

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
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const conformance = "../../testdata/conformance/"

// areas are those whose method is built; their agreement must be complete.
var areas = []string{"http"}

// asOf is the present in tests.
var asOf = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A verdict is one line of verdicts-new.json.
type verdict struct {
	World   string
	Valid   bool
	Problem *struct{ Type, Detail string }
	Records []policy.Record
	MS      int64
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

// A run is what we saw and said of a world.
type run struct {
	trace    probes.Trace
	requests []serve.Request
	took     time.Duration
}

// perform walks a world in memory.
func perform(w *world.World, p *policy.Policy, change func(*walk.Walker)) run {
	var r run
	simnet.Bubble(asOf, func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		wk := &walk.Walker{Net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}, Policy: p}
		if change != nil {
			change(wk)
		}
		began := time.Now()
		r.trace = wk.Walk(ctx, taskOf(w), probes.ProofToken, began)
		r.took = time.Since(began)
		r.requests = n.Requests()
	})
	return r
}

func taskOf(w *world.World) probes.Task {
	return probes.Task{
		Method: probes.Method(w.Method), Identifier: probes.Identifier(w.Identifier),
		Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Account: w.Account,
	}
}

// judge decides over the trace as a reader of a stored report does.
func judge(tb testing.TB, p *policy.Policy, tr probes.Trace) policy.Decision {
	tb.Helper()
	b, err := json.Marshal(tr)
	if err != nil {
		tb.Fatal(err)
	}
	var again probes.Trace
	if err := json.Unmarshal(b, &again); err != nil {
		tb.Fatal(err)
	}
	g, ok := again.Given()
	if !ok {
		tb.Fatal("trace without a question")
	}
	return p.Decide(g, again.Replay())
}

func load(tb testing.TB, dir, name string) *world.World {
	tb.Helper()
	w, err := world.Load(filepath.Join(dir, name+".world"))
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// local is our own ephemeral address in a text, which differs by design.
var local = regexp.MustCompile(`read tcp \S+->`)

// difference compares a decision and its time with a recording.
func difference(v verdict, d policy.Decision, took time.Duration, icmp bool) string {
	kind, detail := "", ""
	if d.Problem != nil {
		kind, detail = string(d.Problem.Kind()), local.ReplaceAllString(d.Problem.Detail, "read tcp LOCAL->")
	}
	wantKind, wantDetail := "", ""
	if v.Problem != nil {
		wantKind, wantDetail = v.Problem.Type, v.Problem.Detail
	}
	switch {
	case d.Undecided:
		return "undecided"
	case d.Valid != v.Valid, kind != wantKind, detail != wantDetail:
		return fmt.Sprintf("\n got valid=%v %s: %s\nwant valid=%v %s: %s", d.Valid, kind, detail, v.Valid, wantKind, wantDetail)
	case len(d.Records)+len(v.Records) > 0 && !reflect.DeepEqual(d.Records, v.Records):
		return fmt.Sprintf("\n got records %+v\nwant records %+v", d.Records, v.Records)
	}
	if off := took - time.Duration(v.MS)*time.Millisecond; !icmp && v.MS > 900 && off.Abs() > 250*time.Millisecond {
		return fmt.Sprintf("took %v, the CA %d ms", took, v.MS)
	}
	return ""
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

// disagreements runs every world of the built areas and returns what differs.
func disagreements(tb testing.TB, dir string, vs []verdict, p *policy.Policy, change func(*walk.Walker)) map[string]string {
	tb.Helper()
	out := map[string]string{}
	for _, v := range vs {
		w := load(tb, dir, v.World)
		r := perform(w, p, change)
		took := r.took
		d := judge(tb, p, r.trace)
		if change != nil {
			took = d.Spent // we hurried; the CA's clock must not show it
		}
		if diff := difference(v, d, took, hasICMP(tb, dir, v.World)); diff != "" {
			out[v.World] = diff
		}
	}
	return out
}

func built(vs []verdict) []verdict {
	return slices.DeleteFunc(slices.Clone(vs), func(v verdict) bool {
		area, _, _ := strings.Cut(v.World, "-")
		return !slices.Contains(areas, area)
	})
}

func TestConformance(t *testing.T) {
	all := verdicts(t, conformance+"verdicts-new.json")
	bad := disagreements(t, conformance+"worlds", built(all), letsEncrypt(), nil)
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		t.Errorf("%s: %s", name, bad[name])
	}
	total, agree := map[string]int{}, map[string]int{}
	for _, v := range all {
		area, _, _ := strings.Cut(v.World, "-")
		total[area]++
		if _, no := bad[v.World]; !no && slices.Contains(areas, area) {
			agree[area]++
		}
	}
	for _, area := range slices.Sorted(maps.Keys(total)) {
		if slices.Contains(areas, area) {
			t.Logf("%-6s %3d of %3d worlds agree", area, agree[area], total[area])
		} else {
			t.Logf("%-6s %3d worlds: method not built yet", area, total[area])
		}
	}
}

// A walker in a hurry must come to the same decision by the CA's clock.
func TestConformanceInAHurry(t *testing.T) {
	all := built(verdicts(t, conformance+"verdicts-new.json"))
	for name, diff := range disagreements(t, conformance+"worlds", all, letsEncrypt(), func(w *walk.Walker) { w.Hurry = true }) {
		t.Errorf("%s: %s", name, diff)
	}
}
