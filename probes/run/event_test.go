package run_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
)

// The events of an examination are its traces, told while they come about:
// every question of every vantage, begun, stepped through and ended, and then
// answered.
func TestEvents(t *testing.T) {
	w := load(t, conformance+"worlds", "mpic-geo-blocked")
	p := letsEncrypt()
	a := run.Answers{Token: w.Token, KeyAuthorization: w.KeyAuthorization(), Proof: probes.ProofToken}
	plan := run.Plan(probes.Target{Identifier: probes.Identifier(w.Identifier)}, a, p)
	var mu sync.Mutex
	var heard []probes.Event
	var seen []probes.Seen
	simnet.Bubble(asOf, func(ctx context.Context) {
		x := run.Examination{Policy: p, AsOf: asOf, Hear: func(e probes.Event) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, e)
		}}
		first, done, _ := vantage(ctx, w, "", p, nil)
		defer done()
		x.First = first
		for _, at := range w.Perspectives {
			v, done, _ := vantage(ctx, w, at.Name, p, nil)
			defer done()
			x.Remotes = append(x.Remotes, v)
		}
		seen = x.Examine(ctx, plan)
	})
	told := map[string][]probes.Event{} // by question and vantage
	for _, e := range heard {
		key := fmt.Sprint(e.Question, " ", e.Vantage)
		told[key] = append(told[key], e)
	}
	traces := 0
	for i, s := range seen {
		sameTrace(t, told[fmt.Sprint(i, " local")], s.Question, s.Trace)
		for _, r := range s.Remotes {
			sameTrace(t, told[fmt.Sprint(i, " ", r.Name)], s.Question, r.Trace)
		}
		end := told[fmt.Sprint(i, " ")]
		if len(end) != 1 || end[0].Kind != probes.EventAnswered || !reflect.DeepEqual(end[0].Seen, s) {
			t.Errorf("question %d ends with %+v", i, end)
		}
		traces += 2 + len(s.Remotes)
	}
	if len(told) != traces || len(seen[0].Remotes) != len(w.Perspectives) {
		t.Errorf("%d threads of events, want %d; %d remotes", len(told), traces, len(seen[0].Remotes))
	}
}

// sameTrace holds the events of one vantage against its trace.
func sameTrace(t *testing.T, es []probes.Event, q probes.Question, tr probes.Trace) {
	t.Helper()
	if len(es) < 2 || es[0].Kind != probes.EventAsked || es[0].Asked != q || es[len(es)-1].Kind != probes.EventLooked {
		t.Errorf("%s: %d events", q.Task.Method, len(es))
		return
	}
	var steps probes.Trace
	for _, e := range es[1 : len(es)-1] {
		steps = append(steps, e.Step)
	}
	if !reflect.DeepEqual(steps, tr[1:]) {
		t.Errorf("%s: %d steps were told, %d were seen", q.Task.Method, len(steps), len(tr)-1)
	}
	if !slices.IsSortedFunc(es, func(a, b probes.Event) int { return int(a.At - b.At) }) {
		t.Errorf("%s: events go back in time", q.Task.Method)
	}
}
