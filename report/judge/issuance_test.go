package judge_test

// This file holds what is said of a real order: that a CA's word always has a
// reason beside it, that nothing it contradicts counts, and how it is told.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

// ordered is a scene of a fixture as a report.
func ordered(tb testing.TB, code, name string) *report.Report {
	tb.Helper()
	a, err := txtar.ParseFile(fixtureOf(code))
	if err != nil {
		tb.Fatal(err)
	}
	scenes := scenesOf(tb, a)
	i := slices.IndexFunc(scenes, func(s *scene) bool { return s.name == name })
	if i < 0 {
		tb.Fatalf("%s has no scene %q", code, name)
	}
	var order checks.Order
	if err := json.Unmarshal([]byte(scenes[i].order), &order); err != nil {
		tb.Fatal(err)
	}
	return reported(scenes[i].judged(tb), order)
}

// reported is a report of one outcome and its order.
func reported(o report.Outcome, order checks.Order) *report.Report {
	p := policy.LetsEncrypt()
	ready := o.Verdict.Ready()
	return &report.Report{
		Ready: ready, Summary: report.Summarize(o.Findings), Run: report.Run{Policy: p.ID(), PolicyRead: p.Read, Vantages: []report.Vantage{{ID: "local"}}},
		Targets: []report.Target{{
			Identifier: report.Identifier{Type: "dns", Value: "www.example.com"}, Ready: ready, Verdict: o.Verdict, Verdicts: []report.Outcome{o}, Findings: o.Findings, Probes: o.Probes,
		}},
		Issuance: judge.Issuance(order, p, nil),
	}
}

func text(tb testing.TB, r *report.Report) string {
	tb.Helper()
	var b bytes.Buffer
	if err := render.Text(&b, r); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// The screens of a rehearsal.
func TestOrderIsTold(t *testing.T) {
	for _, tt := range []struct{ code, scene string }{
		{"net.inbound.filtered", "inside"},
		{"vantage.quorum.missed", "real-arrivals"},
		{"acme.problem.other", "forbidden"},
		{"acme.problem.other", "of-a-redirect-to-4434"},
		{"net.inbound.filtered", "inside-and-it-works"},
		{"acme.limit.reached", "limit"},
		{"acme.directory.unreachable", "certificate"},
	} {
		t.Run(tt.code+" "+tt.scene, func(t *testing.T) {
			file := filepath.Join("testdata", "told", strings.NewReplacer(".", "_", "-", "_").Replace(tt.code+"_"+tt.scene)+".txt")
			golden(t, file, text(t, ordered(t, tt.code, tt.scene)))
		})
	}
}

// types are those of RFC 8555 §6.7, of what came after it, and one of nobody.
var types = strings.Fields(`accountDoesNotExist alreadyReplaced alreadyRevoked badCSR badNonce badPublicKey badRevocationReason
	badSignatureAlgorithm caa compound connection dns externalAccountRequired incorrectResponse invalidContact invalidProfile malformed
	orderNotReady rateLimited rejectedIdentifier serverInternal tls unauthorized unsupportedContact unsupportedIdentifier
	userActionRequired nobodysType`)

// Whatever a CA says, and whatever we foresaw: a refusal has a reason that
// counts, a validation has none against it, and no answer is blamed on the name.
func TestEveryWordOfACAHasABecause(t *testing.T) {
	fine := atTen + "http 192.0.2.10:80 * 200 body=\"$KA\"\n"
	worlds := map[string]string{"fine": fine, "404": atTen + "http 192.0.2.10:80 * 404\n", "dropped": atTen + "tcp 192.0.2.10:80 drop\n"}
	for name, lines := range worlds {
		seen := see(parsed(t, lines), manner{})
		for _, typ := range types {
			for _, stage := range []string{"account", "order", "challenge", "finalize", "certificate"} {
				for _, served := range []bool{true, false} {
					o := refusedBy(typ, stage)
					o.Served = served
					out := judge.Judge(judge.In{Trace: seen.trace, Policy: documentation(), Options: checks.Options{Order: &o}})
					counts(t, fmt.Sprintf("%s: %s at %s, served %v", name, typ, stage, served), out)
				}
			}
		}
	}
}

const atTen = "challenge http-01 www.example.com\ndns www.example.com A 192.0.2.10\n"

// counts holds that what counts among the findings fits the verdict.
func counts(t *testing.T, where string, o report.Outcome) {
	t.Helper()
	n := report.Summarize(o.Findings)
	switch {
	case o.Verdict == report.WouldNot != (n.Error > 0):
		t.Errorf("%s: %s, and %d errors: %v", where, o.Verdict, n.Error, o.Codes)
	case o.Verdict == report.WouldNot && o.Proof == probes.ProofCA && (o.Problem == nil || o.Problem.Predicted):
		t.Errorf("%s: the CA's own problem is not told: %+v", where, o.Problem)
	}
	for _, f := range o.Findings {
		presentable(t, where, f)
	}
}

// refusedBy is an order that ended with a problem at a stage.
func refusedBy(typ, stage string) checks.Order {
	p := &probes.ACMEProblem{Type: probes.ProblemNamespace + typ, Detail: "no", Status: 400}
	o := checks.Order{CA: "staging", Directory: "https://ca.example/directory", Sent: stage != "account" && stage != "order", Problem: p, Stage: stage}
	if stage == "finalize" || stage == "certificate" { // it got that far
		const body = `{"identifier":{"type":"dns","value":"www.example.com"},"status":"valid","challenges":[{"type":"http-01","url":"https://ca.example/chall","status":"valid"}]}`
		o.Exchanges = []checks.Step{
			{Fact: probes.Exchange{What: "challenge", URL: "https://ca.example/chall", Status: 200}},
			{Fact: probes.Exchange{What: "poll", URL: "https://ca.example/authz", Status: 200, Body: json.RawMessage(body)}},
		}
	}
	o.Exchanges = append(o.Exchanges, checks.Step{ID: 3, Fact: probes.Exchange{What: stage, Method: "POST", URL: "https://ca.example/" + stage, Status: 400, Problem: p}})
	return o
}

// What a CA sends is escaped, all of it.
func TestHostileCA(t *testing.T) {
	const bad = "\x1b[2J\u202e\r\n\x00<script>"
	seen := see(parsed(t, atTen+"http 192.0.2.10:80 * 200 body=\"$KA\"\n"), manner{})
	for _, typ := range types {
		o := refusedBy(typ, "order")
		o.Problem.Detail, o.Problem.Type, o.Problem.Instance = bad, o.Problem.Type+bad, "https://"+bad
		o.CA, o.Directory, o.Served = bad, "https://ca.example/"+bad, true
		last := &o.Exchanges[len(o.Exchanges)-1]
		x, _ := last.Fact.(probes.Exchange)
		x.URL, x.RetryAfter, x.Location, x.What = bad, bad, bad, "challenge"
		body, err := json.Marshal(map[string]any{"identifier": map[string]string{"type": "dns", "value": bad}, "status": bad, "challenges": []any{map[string]any{"type": bad, "status": bad, "error": map[string]string{"type": bad, "detail": bad}}}})
		if err != nil {
			t.Fatal(err)
		}
		x.Body = body
		last.Fact = x
		o.Arrived = []checks.Arrival{{From: netip.MustParseAddrPort("198.51.100.7:80"), UserAgent: bad, Token: true}}
		out := judge.Judge(judge.In{Trace: seen.trace, Policy: documentation(), Options: checks.Options{Order: &o}})
		r := reported(out, o)
		r.Issuance.Certificate = &report.Certificate{Serial: bad, SANs: []string{bad}, NotAfter: asOf.Add(time.Hour), Files: map[string]string{bad: bad}}
		for _, c := range text(t, r) {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Errorf("%s: %q is shown", typ, c)
				break
			}
		}
	}
}

func TestIssuance(t *testing.T) {
	r := ordered(t, "net.inbound.filtered", "arrives").Issuance
	if r.Order != "https://acme-staging.example.net/order/1" || r.Status != "pending" || !r.Rehearsal || !r.Watched || r.Perspectives != 5 {
		t.Errorf("%+v", r)
	}
	var steps []string
	for _, s := range r.Steps {
		steps = append(steps, fmt.Sprintf("%s %s %d %d", s.Name, s.Status, s.MS, len(s.CAFetches)))
	}
	want := []string{"directory ok 12 0", "account ok 30 0", "order ok 14 0", "authorization ok 9 0", "challenge refused 19944 1"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	a := r.Authorizations[0]
	if a.Method != "http-01" || a.Status != "invalid" || a.Problem == nil || a.Problem.Predicted || len(a.Records) != 1 || a.Records[0].AddressUsed != "192.0.2.10" {
		t.Errorf("%+v", a)
	}
	if judge.Issuance(checks.Order{Credentials: &checks.Credentials{}}, policy.LetsEncrypt(), nil) != nil {
		t.Error("no CA was asked, and there is an issuance")
	}
}

// A rehearsal gives an authorization up that was valid from the beginning, and
// orders again: what the CA said to the new one counts.
func TestRehearsedTwice(t *testing.T) {
	o := checks.Order{CA: "pebble", Directory: "https://ca.example/dir", Sent: true, Rehearsal: true}
	add := func(what, url, body string) {
		o.Exchanges = append(o.Exchanges, checks.Step{ID: len(o.Exchanges) + 1, Fact: probes.Exchange{What: what, Method: "POST", URL: url, Status: 200, Body: json.RawMessage(body)}})
	}
	authorization := func(status, challenge string) string {
		return fmt.Sprintf(`{"identifier":{"type":"dns","value":"www.example.com"},"status":%q,"challenges":[{"type":"http-01","url":%q,"status":%q}]}`, status, challenge, status)
	}
	add("authorization", "https://ca.example/authz/1", authorization("valid", "https://ca.example/chall/1"))
	add("authorization", "https://ca.example/authz/1", authorization("deactivated", "https://ca.example/chall/1"))
	seen := see(parsed(t, atTen+"http 192.0.2.10:80 * 404\n"), manner{})
	in := judge.In{Trace: seen.trace, Policy: documentation(), Options: checks.Options{Order: &o}}
	if out := judge.Judge(in); out.Proof == probes.ProofCA || out.Verdict != report.WouldNot {
		t.Errorf("an old authorization decides: %+v", out)
	}
	add("authorization", "https://ca.example/authz/2", authorization("pending", "https://ca.example/chall/2"))
	add("challenge", "https://ca.example/chall/2", `{"type":"http-01","status":"pending"}`)
	if out := judge.Judge(in); out.Proof == probes.ProofCA || out.Verdict != report.WouldNot {
		t.Errorf("a pending authorization decides: %+v", out)
	}
	add("poll", "https://ca.example/authz/2", authorization("valid", "https://ca.example/chall/2"))
	add("authorization", "https://ca.example/authz/2", authorization("deactivated", "https://ca.example/chall/2"))
	if out := judge.Judge(in); out.Proof != probes.ProofCA || out.Verdict != report.WouldIssue {
		t.Errorf("the new authorization does not decide: %+v", out)
	}
}

func documentation() *policy.Policy {
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	return p
}

func parsed(tb testing.TB, lines string) *world.World {
	tb.Helper()
	w, err := world.Parse("order", lines)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// golden compares a text with the file that holds it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
