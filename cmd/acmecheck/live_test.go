package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A clocked buffer knows when a line was written.
type clocked struct {
	bytes.Buffer

	began time.Time
	at    map[string]time.Duration // of the first line of a type and target
}

func (c *clocked) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		kind, _, _ := strings.Cut(line, `,"input"`)
		if _, ok := c.at[kind]; !ok {
			c.at[kind] = time.Since(c.began)
		}
	}
	return c.Buffer.Write(b)
}

// A reader can follow: the head comes before anything was looked at, a target
// when it and those before it are done. At the end the stream is that of the
// saved report, gates included.
func TestStreamIsLive(t *testing.T) {
	w, err := world.Parse("t", `
challenge http-01 slow.example.com
dns quick.example.com A 192.0.2.1
http 192.0.2.1:80 * 404
dns slow.example.com A 192.0.2.2
tcp 192.0.2.2 drop
dns last.example.com A 192.0.2.3
`)
	if err != nil {
		t.Fatal(err)
	}
	var targets []probes.Target
	for _, name := range []string{"quick.example.com", "slow.example.com", "last.example.com"} {
		targets = append(targets, probes.Target{Input: name, Identifier: probes.Identifier(name), Methods: []probes.Method{probes.HTTP01}})
	}
	out := &clocked{at: map[string]time.Duration{}}
	l := newLive(out)
	var r *report.Report
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		p := documented()
		first, _, done := vantagesOf(ctx, w, walk.Walker{Hurry: true}, p)
		defer done()
		x := examination{policy: p, first: first, live: l, gate: report.Gate{Ignore: []string{"net.connect"}}}
		out.began = time.Now()
		r, err = x.examine(ctx, targets, run.Answers{Token: w.Token, Proof: probes.ProofPath})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Notes = append(r.Notes, "what is known at the end")
	if err := l.end(r); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]time.Duration{
		`{"type":"target_started","target":0`: 0,
		`{"type":"target_started","target":1`: 10 * time.Second,
		`{"type":"target_started","target":2`: 10 * time.Second, // done long before, but it is the third
	} {
		if got, ok := out.at[kind]; !ok || got.Round(time.Second) != want {
			t.Errorf("%s after %v, want %v", kind, got, want)
		}
	}
	var saved bytes.Buffer
	if err := render.NDJSON(&saved, decoded(t, r)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved.String(), out.String()); diff != "" {
		t.Errorf("the stream (-saved +live):\n%s", diff)
	}
	if !strings.Contains(out.String(), `"suppressed":"ignored: --ignore net.connect"`) {
		t.Errorf("no gate was told of in:\n%s", out.String())
	}
}

// Of a run that never began the stream is whole all the same, and of one that
// nobody reads the error is told.
func TestStreamWithoutABeginning(t *testing.T) {
	var out, want bytes.Buffer
	r := newReport(documented(), time.Unix(0, 0))
	if err := render.NDJSON(&want, r); err != nil {
		t.Fatal(err)
	}
	if err := newLive(&out).end(r); err != nil || out.String() != want.String() {
		t.Errorf("%v: %s", err, out.String())
	}
	l := newLive(broken{})
	l.begin(r)
	if err := l.end(r); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

type broken struct{}

var errBroken = errors.New("nobody reads")

func (broken) Write([]byte) (int, error) { return 0, errBroken }
