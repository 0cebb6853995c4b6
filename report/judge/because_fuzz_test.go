package judge_test

// This file holds, for any world, that a refusal of the CA is given a reason,
// that what it accepts is not spoken against, and that what is said is fit to
// be shown and to be stored.

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

func FuzzEveryNoHasABecause(f *testing.F) {
	for seed := range uint64(32) {
		f.Add(seed, seed%4 == 3)
	}
	f.Fuzz(func(t *testing.T, seed uint64, deep bool) {
		because(t, makeWorld(seed), beyond.Options{Deep: deep})
	})
}

// The same for the other methods, CAA and several perspectives.
func FuzzEveryNoHasABecauseByAnyMethod(f *testing.F) {
	for seed := range uint64(64) {
		f.Add(seed, seed%4 == 3)
	}
	f.Fuzz(func(t *testing.T, seed uint64, deep bool) {
		because(t, makeMethodWorld(seed), beyond.Options{Deep: deep})
	})
}

// because checks one world, with its own token and with one that nobody
// knows. It returns what is found with its own.
func because(t *testing.T, text string, o beyond.Options) (refused bool, found []report.Finding) {
	t.Helper()
	w, err := world.Parse("made-up", text)
	if err != nil {
		t.Fatalf("the maker writes worlds that cannot be read: %v\n%s", err, text)
	}
	own := see(w, manner{Options: o})
	d := reasoned(t, text, own)
	unknown := see(w, manner{Options: o, unknown: true})
	fit(t, text, unknown)
	u := decided(unknown)
	byPath := strings.Contains(text, "acme-challenge") || strings.Contains(text, "/.") || w.Method != string(probes.HTTP01)
	got := errorsOf(unknown.outcome)
	// Nothing can be right in a domain that nobody has registered.
	nowhere := u.Rule == policy.RuleTXTMissing && len(got) == 1 && (got[0] == "dns.name.nxdomain" || got[0] == "dns.cname.dangling")
	if len(got) > 0 && !nowhere && (u.Excused(probes.ProofPath) && u.Rule != policy.RuleLookup || d.Valid && !byPath) {
		t.Errorf("%v against a server whose only fault is not to know an unknown token (%s %d)\n%s", got, u.Rule, u.Status, text)
	}
	if !probes.Identifier(w.Identifier).IsIP() {
		reasoned(t, text, see(w, manner{Options: o, caa: true}))
	}
	return !d.Valid, own.outcome.Findings
}

// reasoned holds that the CA's refusal has a reason, and its acceptance none.
func reasoned(t *testing.T, text string, s sight) policy.Decision {
	t.Helper()
	fit(t, text, s)
	d := decided(s)
	errs := len(errorsOf(s.outcome))
	switch {
	case d.Undecided:
		t.Errorf("undecided\n%s", text)
	case d.Valid != (errs == 0) || d.Valid != (s.outcome.Verdict == report.WouldIssue) || d.Valid == (s.outcome.Verdict == report.WouldNot):
		t.Errorf("the CA accepts: %v (%s, %+v); errors %v, verdict %v\n%s", d.Valid, d.Rule, d.Fault, errorsOf(s.outcome), s.outcome.Verdict, text)
	}
	if errs > 1 && d.Rule != policy.RuleLookup {
		t.Errorf("one refusal, and %v\n%s", errorsOf(s.outcome), text)
	}
	return d
}

// decided is the CA's decision over all perspectives, made without the checks.
func decided(s sight) policy.Decision {
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	g, _ := s.trace.Given()
	d := p.Decide(g, s.trace.Replay())
	if !d.Valid && !d.Excused(g.Proof) || len(s.remotes) == 0 {
		return d
	}
	remote := p.Remotely(d.Spent)
	var remotes []policy.Remote
	for _, r := range s.remotes {
		rd := remote.Decide(g, r.Trace.Replay())
		rd.Valid = rd.Valid || rd.Excused(g.Proof)
		remotes = append(remotes, policy.Remote{Perspective: r.Name, RIR: r.RIR, Decision: rd})
	}
	problem, rule := p.TooFew(len(remotes)), policy.RuleTooFew
	if problem == nil {
		problem, rule = p.Corroborate(remotes)
	}
	if problem != nil {
		d.Valid, d.Problem, d.Rule = false, problem, rule
	}
	return d
}

// fit holds that an outcome can be shown, stored and judged again.
func fit(t *testing.T, text string, s sight) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range s.outcome.Findings {
		presentable(t, "made-up", f)
		if id := f.Code + " " + f.Subject; seen[id] {
			t.Errorf("%s is told twice\n%s", id, text)
		} else {
			seen[id] = true
		}
		for _, e := range f.Evidence {
			if e.Text == "" || e.Span != nil && (e.Span[0] < 0 || e.Span[0] > e.Span[1] || e.Span[1] > len(e.Text)) {
				t.Errorf("%s: evidence %+v\n%s", f.Code, e, text)
			}
		}
	}
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	first := encoded(t, s.outcome)
	if again := encoded(t, judge.Judge(judge.In{Trace: s.trace, Remotes: s.remotes, Policy: p})); again != first {
		t.Errorf("judged twice:\n%s\n%s", first, again)
	}
	raw, err := json.Marshal(s.trace)
	if err != nil {
		t.Fatal(err)
	}
	var stored probes.Trace
	if err := json.Unmarshal(raw, &stored); err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, judge.Judge(judge.In{Trace: stored, Remotes: s.remotes, Policy: p})); again != first {
		t.Errorf("judged from JSON:\n%s\n%s\n%s", first, again, text)
	}
	shown(t, text, s.outcome)
}

// encoded is all of an outcome, the parts that a report shows elsewhere too.
func encoded(t *testing.T, o report.Outcome) string {
	t.Helper()
	b, err := json.Marshal(struct {
		report.Outcome
		Findings []report.Finding
		Probes   []report.Probe
	}{o, o.Findings, o.Probes})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shown holds that the text of a report has no character that moves a cursor
// or hides, reorders or breaks what a reader sees.
func shown(t *testing.T, text string, o report.Outcome) {
	t.Helper()
	ready := o.Verdict.Ready()
	r := &report.Report{Ready: ready, Summary: report.Summarize(o.Findings), Targets: []report.Target{{
		Identifier: report.Identifier{Type: "dns", Value: "www.example.com"}, Ready: ready, Verdicts: []report.Outcome{o}, Findings: o.Findings, Probes: o.Probes,
	}}}
	var b bytes.Buffer
	if err := render.Text(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, c := range b.String() {
		if c != '\n' && !unicode.IsPrint(c) || c == unicode.ReplacementChar {
			t.Errorf("%q is shown\n%s\n%s", c, strings.ToValidUTF8(b.String(), "?"), text)
			break
		}
	}
}

// Nearly every refusal has a cause of its own, not just that it failed.
func TestGenericCodesAreRare(t *testing.T) {
	for name, make := range map[string]func(uint64) string{"http-01": makeWorld, "other methods": makeMethodWorld} {
		t.Run(name, func(t *testing.T) { genericCodesAreRare(t, make) })
	}
}

func genericCodesAreRare(t *testing.T, make func(uint64) string) {
	t.Helper()
	worlds, refusals, generic := 2000, 0, 0
	if testing.Short() {
		worlds = 200
	}
	began := time.Now()
	for seed := range uint64(worlds) {
		text := make(seed)
		refused, found := because(t, text, beyond.Options{})
		if !refused {
			continue
		}
		refusals++
		if !named(found) {
			generic++
			t.Logf("only generic codes for seed %d:\n%s", seed, text)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d worlds, %d refusals, %d with generic codes only, %v", worlds, refusals, generic, time.Since(began))
	if generic*50 > refusals || refusals < worlds/4 || refusals > worlds*9/10 {
		t.Errorf("%d of %d refusals in %d worlds have generic codes only; at most 2 %% may", generic, refusals, worlds)
	}
}

// named reports whether a cause is among findings.
func named(found []report.Finding) bool {
	return slices.ContainsFunc(found, func(f report.Finding) bool {
		return f.Severity == report.Error && !checks.ByCode(f.Code).Generic
	})
}
