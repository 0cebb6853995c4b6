package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

// schemas is where the schemas say they are; nothing is fetched from there.
const schemas = "https://github.com/acmecheck/acmecheck/report/schema/"

// reportSchema returns a test of whether a document fits the schema, and has
// nothing that the schema does not know: readers bear that, we do not.
func reportSchema(tb testing.TB) func(doc []byte) error {
	tb.Helper()
	return strictSchema(tb, "report-1.json")
}

// strictSchema is reportSchema for either of the schemas.
func strictSchema(tb testing.TB, name string) func(doc []byte) error {
	tb.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for file, b := range map[string][]byte{"report-1.json": report.Schema(), "event-1.json": report.EventSchema()} {
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			tb.Fatal(err)
		}
		strict(schema)
		if err := c.AddResource(schemas+file, schema); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := c.Compile(schemas + name)
	if err != nil {
		tb.Fatal(err)
	}
	return func(doc []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc)) // one document, and nothing after it
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}

// Every line of a stream fits the schema of events, whatever it is about, and has
// nothing that the schema does not know.
func TestEventsFitTheSchema(t *testing.T) {
	fits := strictSchema(t, "event-1.json")
	types := map[string]bool{}
	for _, s := range samplesOf(t) {
		var b bytes.Buffer
		if err := render.NDJSON(&b, s.Report); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(b.Bytes()) {
			if err := fits(line); err != nil {
				t.Fatalf("%s: %v\n%s", s.name, err, line)
			}
			var e struct{ Type string }
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			types[e.Type] = true
		}
	}
	for kind := range types {
		if !bytes.Contains(report.EventSchema(), []byte(`{"const": "`+kind+`"}`)) {
			t.Errorf("the schema does not know %s", kind)
		}
	}
	for _, bad := range []string{`{}`, `{"type":"verdict","target":0}`, `{"type":"finding","target":0,"finding":{"code":"x"}}`, `{"type":"version","schema_version":"2.0","kind":"event","tool":{"name":"x","version":"1"}}`} {
		if fits([]byte(bad)) == nil {
			t.Errorf("%s fits", bad)
		}
	}
}

// strict forbids, everywhere in a schema, properties that it does not list, and
// requires all that it lists, but those that it says may be left out. What is
// put together of several schemas leaves that to them.
func strict(v any) {
	switch v := v.(type) {
	case map[string]any:
		if props, ok := v["properties"].(map[string]any); ok && v["type"] == "object" && v["allOf"] == nil {
			v["additionalProperties"] = false
			required := []any{}
			for name, p := range props {
				if !strings.Contains(fmt.Sprint(p), "left out: ") {
					required = append(required, name)
				}
			}
			v["required"] = required
		}
		for _, x := range v {
			strict(x)
		}
	case []any:
		for _, x := range v {
			strict(x)
		}
	}
}

func documented() *policy.Policy {
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	return p
}

// examineWorld is the check command in a world, in memory.
func examineWorld(tb testing.TB, w *world.World, proof probes.Proof) *report.Report {
	tb.Helper()
	var r *report.Report
	simnet.Bubble(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), func(ctx context.Context) {
		p := documented()
		first, remotes, done := vantagesOf(ctx, w, walk.Walker{Hurry: true, Beyond: beyond.Plan(p, beyond.Options{Deep: true})}, p)
		defer done()
		x := examination{policy: p, first: first, remotes: remotes}
		a := ownAnswers(w)
		if proof == probes.ProofPath {
			a = run.Answers{Token: strings.Repeat("x", 43), Proof: proof, Account: w.Account}
		}
		t := probes.Target{Input: w.Identifier, Identifier: probes.Identifier(w.Identifier)}
		if strings.HasPrefix(w.Name, "http-") {
			t.Methods = []probes.Method{probes.HTTP01} // the others show nothing new
		}
		var err error
		if r, err = x.examine(ctx, []probes.Target{t}, a); err != nil {
			tb.Error(err)
		}
	})
	return r
}

func encoded(tb testing.TB, r *report.Report) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := render.JSON(&b, r); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a server does, the report of it fits the schema and the rules that
// a schema cannot say, and the same trace gives the same report again, even
// after it was stored.
func TestReportsOfWorldsFitTheSchema(t *testing.T) {
	fits := reportSchema(t)
	files, err := filepath.Glob("../../testdata/conformance/worlds/*.world")
	if err != nil || len(files) < 355 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		w, err := world.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, proof := range []probes.Proof{probes.ProofToken, probes.ProofPath} {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".world")+"/"+string(proof), func(t *testing.T) {
				r := examineWorld(t, w, proof)
				doc := encoded(t, r)
				if err := fits(doc); err != nil {
					t.Errorf("%v\n%s", err, doc)
				}
				sound(t, r, doc)
				if got := encoded(t, again(t, doc)); !bytes.Equal(doc, got) {
					t.Errorf("first:\n%s\nagain:\n%s", doc, got)
				}
			})
		}
	}
}

func TestReportsOfDemosFitTheSchema(t *testing.T) {
	fits := reportSchema(t)
	demos, err := lab.Demos()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range demos {
		t.Run(d.Name, func(t *testing.T) {
			r := examineWorld(t, d.World, probes.ProofToken)
			if d.Name != "firewall-drop" { // takes its ten seconds on real sockets
				if r, err = runDemo(t.Context(), d); err != nil {
					t.Fatal(err)
				}
			}
			doc := encoded(t, r)
			if err := fits(doc); err != nil {
				t.Errorf("%v\n%s", err, doc)
			}
			sound(t, r, doc)
		})
	}
}

// again judges the traces of a stored report anew.
func again(t *testing.T, doc []byte) *report.Report {
	t.Helper()
	r, err := report.Decode(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Targets {
		was := r.Targets[i]
		t := probes.Target{Input: was.Input, Identifier: probes.Identifier(was.Identifier.Value)}
		r.Targets[i] = judge.Target(t, documented(), judge.Seen(was, r.Run.Vantages[0].ID), judge.Options{})
	}
	return r
}

// sound checks what a schema cannot say.
func sound(t *testing.T, r *report.Report, doc []byte) {
	t.Helper()
	if i := bytes.IndexFunc(doc, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 || !utf8.Valid(doc) {
		t.Errorf("the document is no plain text at octet %d", i)
	}
	for _, target := range r.Targets {
		if !slices.IsSortedFunc(target.Findings, func(a, b report.Finding) int {
			return cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
		}) {
			t.Error("the findings are not sorted")
		}
		seen := map[string]report.Probe{}
		for _, p := range target.Probes {
			if _, ok := seen[p.ID]; ok {
				t.Errorf("two probes are %s", p.ID)
			}
			seen[p.ID] = p
			soundHops(t, p)
		}
		for i, f := range target.Findings {
			if f.ID != fmt.Sprintf("f%d", i+1) {
				t.Errorf("finding %d is called %s", i+1, f.ID)
			}
			for _, e := range f.Evidence {
				soundEvidence(t, f.Code, e, seen, target.Traces)
			}
		}
	}
}

func soundHops(t *testing.T, p report.Probe) {
	t.Helper()
	for i, h := range p.Hops {
		if h.N != i+1 || h.Decision == "" || h.HTTP != nil && (len(h.HTTP.Body) > 256 || !utf8.ValidString(string(h.HTTP.Body))) {
			t.Errorf("%s: hop %d: %+v", p.ID, i+1, h)
		}
	}
}

func soundEvidence(t *testing.T, code string, e report.Evidence, seen map[string]report.Probe, traces []report.Recorded) {
	t.Helper()
	p, ok := seen[e.Probe]
	switch {
	case !ok, int(e.Hop) > len(p.Hops):
		t.Errorf("%s: evidence of %s, request %d, which is not there", code, e.Probe, e.Hop)
	case e.Step > 0 && !slices.ContainsFunc(traces, func(r report.Recorded) bool {
		return slices.ContainsFunc(r.Steps, func(s probes.Step) bool { return s.ID == int(e.Step) })
	}):
		t.Errorf("%s: evidence of step %d, which is not there", code, e.Step)
	case e.Text == "" && e.Field != "body", len(e.Text) > 256, !utf8.ValidString(e.Text):
		t.Errorf("%s: evidence %q", code, e.Text)
	case e.Span != nil && (e.Span[0] < 0 || e.Span[0] >= e.Span[1] || e.Span[1] > len(e.Text)):
		t.Errorf("%s: the span %v is not in %q", code, *e.Span, e.Text)
	}
}

// A run that cannot begin is a report in JSON, and one line in text.
func TestRunsThatCannotBegin(t *testing.T) {
	fits := reportSchema(t)
	for _, code := range []int{exitCannotTell, exitLab} {
		var out bytes.Buffer
		c := &cobra.Command{}
		c.SetContext(t.Context())
		c.SetOut(&out)
		c.SetErr(io.Discard)
		why := &exitError{code: code, msg: "no resolver"}
		if err := (&outputs{format: "text"}).unlooked(c, documented(), why); !errors.Is(err, why) || out.Len() > 0 {
			t.Errorf("text: %v %s", err, out.String())
		}
		if err := (&outputs{format: "json"}).unlooked(c, documented(), why); !errors.Is(err, why) || fits(out.Bytes()) != nil {
			t.Errorf("json: %v %v\n%s", err, fits(out.Bytes()), out.String())
		}
	}
	c := &cobra.Command{}
	c.SetOut(io.Discard)
	if err := (&outputs{format: "json"}).unlooked(c, documented(), usage("bad input")); err == nil {
		t.Error("bad input is no error")
	}
}

// A probe begins when it began in the run, also where its target had to wait
// for others.
func TestProbesBeginWithinTheRun(t *testing.T) {
	w, err := world.Parse("t", "challenge http-01 www.example.com\n"+fourDropped)
	if err != nil {
		t.Fatal(err)
	}
	targets := make([]probes.Target, atOnce+1)
	for i := range targets {
		targets[i] = probes.Target{Identifier: probes.Identifier(w.Identifier), Methods: []probes.Method{probes.HTTP01}}
	}
	var r *report.Report
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		p := documented()
		first, _, done := vantagesOf(ctx, w, walk.Walker{Hurry: true}, p)
		defer done()
		x := examination{policy: p, first: first}
		r, err = x.examine(ctx, targets, run.Answers{Token: w.Token, Proof: probes.ProofPath})
	})
	if err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, target := range r.Targets {
		p := target.Probes[0]
		if p.StartMS >= 10000 {
			late++
		}
		if p.StartMS+p.DurationMS > r.Run.DurationMS {
			t.Errorf("a probe of a run of %d ms: %d ms from %d ms on", r.Run.DurationMS, p.DurationMS, p.StartMS)
		}
	}
	if late != len(targets)-atOnceOfOwner { // they are one owner's
		t.Errorf("%d of %d targets had to wait", late, len(targets))
	}
}

// Interrupted before it began, every command that looks still writes its
// document.
func TestInterruptedDocuments(t *testing.T) {
	fits := reportSchema(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		args   string
		report bool
	}{
		{"--json --resolver 192.0.2.53 example.com", true},
		{"check --format json --resolver 192.0.2.53 example.com example.org", true},
		{"demo healthy --format json", true},
		{"validate http-01@example.com --format json --resolver 192.0.2.53 --token LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0 --key-authorization x", false},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		if code := execute(ctx, strings.Fields(tt.args), &out, io.Discard); code != exitInterrupted {
			t.Errorf("%s: exit code %d", tt.args, code)
		}
		if tt.report {
			if err := fits(out.Bytes()); err != nil {
				t.Errorf("%s: %v\n%s", tt.args, err, out.String())
			}
		} else if !strings.HasPrefix(out.String(), `{"valid":null,`) || !json.Valid(out.Bytes()) {
			t.Errorf("%s:\n%s", tt.args, out.String())
		}
	}
}
