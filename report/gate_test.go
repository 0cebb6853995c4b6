package report

import (
	"slices"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// A shown is a finding in few words: its code, its severity, and whether it leaves
// the answer open.
type shown struct {
	code string
	sev  Severity
	open bool
}

// judged is a target as judges leave it, with an outcome of each method.
func judged(anyMethod bool, os ...Outcome) Target {
	t := Target{Identifier: Identifier{Type: "dns", Value: "example.com"}}
	for _, o := range os {
		t.Findings = append(t.Findings, o.Findings...)
		t.Verdicts = append(t.Verdicts, o)
	}
	t.Verdict = Decide(t.Verdicts, anyMethod)
	t.Ready = t.Verdict.Ready()
	return t
}

// outcome is one of a method that decides.
func outcome(m probes.Method, v Verdict, fs ...shown) Outcome {
	o := Outcome{Method: m, Decisive: true, Verdict: v}
	for _, f := range fs {
		settle := Text("")
		if f.open {
			settle = "look"
		}
		o.Codes = append(o.Codes, f.code)
		o.Findings = append(o.Findings, Finding{Code: f.code, Severity: f.sev, Method: m, Settle: settle, Fingerprint: Fingerprint(f.code, "example.com", m, "")})
	}
	return o
}

// opens is what the catalogue knows.
func opens(f Finding) bool { return f.Settle != "" }

var (
	refused  = shown{"net.connect.refused", Error, false}
	redirect = shown{"http01.redirect.port", Error, false}
	fragile  = shown{"net.ipv4.dropped", Warning, false}
	inside   = shown{"vantage.inside.only", Info, true}
	note     = shown{"http01.cdn.in-front", Info, false}
	cut      = shown{"local.look.cut-off", Info, true}
)

func TestGate(t *testing.T) {
	http := func(v Verdict, fs ...shown) Outcome { return outcome(probes.HTTP01, v, fs...) }
	dns := func(v Verdict, fs ...shown) Outcome { return outcome(probes.DNS01, v, fs...) }
	elsewhere := dns(WouldNot, shown{"dns01.txt.missing", Error, false})
	elsewhere.Decisive = false
	known := func(fs ...shown) *Baseline {
		old := judged(false, http(WouldNot, fs...))
		return BaselineOf(&Report{Targets: []Target{old}, Run: Run{StartedAt: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}})
	}
	for _, tt := range []struct {
		name string
		gate Gate
		os   []Outcome
		want Exit
	}{
		{"ready", Gate{}, []Outcome{http(WouldIssue)}, Exit{Reason: "ok"}},
		{"ready, with a warning", Gate{}, []Outcome{http(WouldIssue, fragile)}, Exit{Reason: "ok"}},
		{"strict", Gate{Strict: true}, []Outcome{http(WouldIssue, fragile)}, Exit{Code: 4, Reason: "warnings"}},
		{"strict, but not about this", Gate{Strict: true, Ignore: []string{"net.*"}}, []Outcome{http(WouldIssue, fragile)}, Exit{Reason: "ignored"}},
		{"a warning nobody asked about is ignored", Gate{Ignore: []string{"net.*"}}, []Outcome{http(WouldIssue, fragile)}, Exit{Reason: "ok"}},
		{"not ready", Gate{Strict: true}, []Outcome{http(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"ignored by its code", Gate{Ignore: []string{"net.connect.refused"}}, []Outcome{http(WouldNot, refused)}, Exit{Reason: "ignored"}},
		{"by its front", Gate{Ignore: []string{"net.connect"}}, []Outcome{http(WouldNot, refused)}, Exit{Reason: "ignored"}},
		{"half a word is no front", Gate{Ignore: []string{"net.conn"}}, []Outcome{http(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"for this target", Gate{IgnoreFor: map[string][]string{"example.com": {"net"}}}, []Outcome{http(WouldNot, refused)}, Exit{Reason: "ignored"}},
		{"for another", Gate{IgnoreFor: map[string][]string{"example.org": {"net"}}}, []Outcome{http(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"one of two", Gate{Ignore: []string{"net.*"}}, []Outcome{http(WouldNot, refused, redirect)}, Exit{Code: 1, Reason: "not_ready"}},
		{"both", Gate{Ignore: []string{"net.*", "http01.*"}}, []Outcome{http(WouldNot, refused, redirect)}, Exit{Reason: "ignored"}},
		{"a warning stays beside", Gate{Strict: true, Ignore: []string{"http01.*"}}, []Outcome{http(WouldNot, redirect, fragile)}, Exit{Code: 4, Reason: "warnings"}},
		{"only others count", Gate{Only: []string{"http01.*"}}, []Outcome{http(WouldNot, refused)}, Exit{Reason: "ignored"}},
		{"it is the one that counts", Gate{Only: []string{"net.*"}}, []Outcome{http(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"one method of two", Gate{Ignore: []string{"net.*"}}, []Outcome{http(WouldNot, refused), dns(WouldNot, shown{"dns01.txt.missing", Error, false})}, Exit{Code: 1, Reason: "not_ready"}},
		{"what is left is open", Gate{Ignore: []string{"net.*"}}, []Outcome{http(WouldNot, refused), dns(CannotTell, inside)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"any method", Gate{AnyMethod: true, Ignore: []string{"net.*"}}, []Outcome{http(WouldNot, refused), dns(WouldNot, shown{"dns01.txt.missing", Error, false})}, Exit{Reason: "ignored"}},
		{"what does not decide", Gate{Ignore: []string{"net.*"}}, []Outcome{http(WouldNot, refused), elsewhere}, Exit{Reason: "ignored"}},
		{"cannot tell", Gate{}, []Outcome{http(CannotTell, inside)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"what leaves it open is ignored", Gate{Ignore: []string{"vantage.inside.only"}}, []Outcome{http(CannotTell, inside, note)}, Exit{Reason: "ignored"}},
		{"something else is ignored", Gate{Ignore: []string{"http01.*"}}, []Outcome{http(CannotTell, inside, note)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"cannot tell, for no reason that has a code", Gate{Ignore: []string{"http01.*"}}, []Outcome{http(CannotTell, note)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"cannot tell, without any finding", Gate{Ignore: []string{"*"}}, []Outcome{http(CannotTell)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"not ready, without any finding", Gate{Ignore: []string{"*"}}, []Outcome{http(WouldNot)}, Exit{Code: 1, Reason: "not_ready"}},
		{"a look that was cut off", Gate{Ignore: []string{"*"}}, []Outcome{http(CannotTell, inside, cut)}, Exit{Code: 3, Reason: "inconclusive"}},
		{"allowed", Gate{AllowInconclusive: true}, []Outcome{http(CannotTell, cut)}, Exit{Reason: "inconclusive_allowed"}},
		{"known", Gate{Baseline: known(refused)}, []Outcome{http(WouldNot, refused)}, Exit{Reason: "known"}},
		{"known, and something new", Gate{Baseline: known(refused)}, []Outcome{http(WouldNot, refused, redirect)}, Exit{Code: 1, Reason: "not_ready"}},
		{"known of another method", Gate{Baseline: known(refused)}, []Outcome{dns(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"nothing is known", Gate{Baseline: known()}, []Outcome{http(WouldNot, refused)}, Exit{Code: 1, Reason: "not_ready"}},
		{"known or ignored", Gate{Baseline: known(refused), Ignore: []string{"http01.*"}}, []Outcome{http(WouldNot, refused, redirect)}, Exit{Reason: "ignored"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.gate.Opens = opens
			target := judged(tt.gate.AnyMethod, tt.os...)
			before := target.Verdict
			if got := tt.gate.Apply(&target); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if again := tt.gate.Apply(&target); again != tt.want {
				t.Errorf("again: %+v", again)
			}
			if target.Verdict != before || len(target.Findings) != len(judged(false, tt.os...).Findings) {
				t.Errorf("a gate changed what is so: %v, %v", target.Verdict, target.Findings)
			}
		})
	}
}

// Of a run the worst counts; without failing, its reason is still told.
func TestGateOfManyTargets(t *testing.T) {
	ok, known, ignored, open, no, warned := Exit{Reason: "ok"}, Exit{Reason: "known"}, Exit{Reason: "ignored"}, Exit{Code: 3, Reason: "inconclusive"}, Exit{Code: 1, Reason: "not_ready"}, Exit{Code: 4, Reason: "warnings"}
	for _, tt := range []struct {
		es   []Exit
		want Exit
	}{
		{nil, open},
		{[]Exit{ok, ok}, ok},
		{[]Exit{ok, known, ok}, known},
		{[]Exit{known, ignored, ok}, ignored},
		{[]Exit{ok, warned, known}, warned},
		{[]Exit{warned, open}, open},
		{[]Exit{open, no, ignored, warned}, no},
	} {
		if got := (Gate{}).Exit(tt.es...); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.es, got, tt.want)
		}
		if got := (Gate{ExitZero: true}).Exit(tt.es...); got != (Exit{Reason: tt.want.Reason}) {
			t.Errorf("%v: %v without failing", tt.es, got)
		}
	}
}

// A baseline hands on since when something is known, and knows nothing that did not
// count.
func TestBaseline(t *testing.T) {
	first := judged(false, outcome(probes.HTTP01, WouldNot, refused, redirect, fragile))
	because := "tls-alpn-01 was not asked for"
	first.Findings[2].Suppressed = &because
	day := func(d int) time.Time { return time.Date(2026, 11, d, 23, 0, 0, 0, time.UTC) }
	b := BaselineOf(&Report{Run: Run{StartedAt: day(20)}, Targets: []Target{first}})

	second := judged(false, outcome(probes.HTTP01, WouldNot, refused, fragile, note))
	Gate{Baseline: b}.Apply(&second)
	b = BaselineOf(&Report{Run: Run{StartedAt: day(21)}, Targets: []Target{second}})
	var since []string
	for _, f := range judged(false, outcome(probes.HTTP01, WouldNot, refused, redirect, fragile, note)).Findings {
		date, _ := b.Since(f)
		since = append(since, date)
	}
	if want := []string{"2026-11-20", "", "2026-11-21", "2026-11-21"}; !slices.Equal(since, want) {
		t.Errorf("%q, want %q", since, want)
	}

	forged := becauseKnown + "\x1b]0;ever\a"
	second.Findings[0].Suppressed = &forged
	b = BaselineOf(&Report{Run: Run{StartedAt: day(21)}, Targets: []Target{second}})
	if date, ok := b.Since(second.Findings[0]); !ok || date != "2026-11-21" {
		t.Errorf("%q %v", date, ok)
	}
}

func TestMatchesCode(t *testing.T) {
	for _, tt := range []struct {
		pattern, code string
		want          bool
	}{
		{"net.ipv4.dropped", "net.ipv4.dropped", true},
		{"net", "net.ipv4.dropped", true},
		{"net.ipv4", "net.ipv4.dropped", true},
		{"net.*", "net.ipv4.dropped", true},
		{"*.dropped", "net.ipv4.dropped", true},
		{"*", "net.ipv4.dropped", true},
		{"net.ipv?.dropped", "net.ipv4.dropped", true},
		{"ne", "net.ipv4.dropped", false},
		{"net.ipv4.dropped.", "net.ipv4.dropped", false},
		{"dns", "dns01.txt.missing", false},
		{"", "net.ipv4.dropped", false},
		{"[", "net.ipv4.dropped", false},
	} {
		if got := MatchesCode(tt.pattern, tt.code); got != tt.want {
			t.Errorf("%q of %q: %v", tt.pattern, tt.code, got)
		}
	}
}
