package judge

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// trace is a walk to one address that ended with a dial.
func trace(dial *probes.Fault) probes.Trace {
	to := netip.MustParseAddrPort("203.0.114.1:80")
	task := probes.Task{Method: probes.HTTP01, Identifier: "example.com", Token: "t", KeyAuthorization: "t.k"}
	return probes.Trace{
		{Fact: probes.Given{Task: task}},
		{ID: 1, Took: 3 * time.Millisecond, Fact: probes.Lookup{Name: "example.com", Type: "A", Port: 80, RCode: "NOERROR", Answers: []probes.Record{{Type: "A", Data: "203.0.114.1"}}}},
		{ID: 2, Took: 9 * time.Millisecond, Fact: probes.Lookup{Name: "example.com", Type: "AAAA", Port: 80, RCode: "NOERROR"}},
		{ID: 3, Hop: 1, Took: time.Millisecond, Fact: probes.Dial{To: to, Host: "example.com"}, Fault: dial},
	}
}

// What is this machine's fault is never called the target's.
func TestOurOwnFaultsDecideNothing(t *testing.T) {
	tests := []struct {
		name  string
		fault probes.Fault
		want  report.Verdict
	}{
		{"refused there", probes.Fault{Kind: probes.FaultRefused, Op: "dial"}, report.WouldNot},
		{"no route here", probes.Fault{Kind: probes.FaultNetUnreachable, Op: "dial", Errno: "ENETUNREACH"}, report.CannotTell},
		{"no route at a router", probes.Fault{Kind: probes.FaultNetUnreachable, Op: "dial", ICMP: "3/0", From: "203.0.114.9"}, report.WouldNot},
		{"no socket here", probes.Fault{Kind: probes.FaultLocal, Op: "dial"}, report.CannotTell},
		{"cut off", probes.Fault{Kind: probes.FaultCanceled, Op: "dial"}, report.CannotTell},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Judge(In{Trace: trace(&tt.fault), Policy: policy.LetsEncrypt()})
			if o.Verdict != tt.want || o.Why == "" || (o.Problem != nil) != (tt.want == report.WouldNot) {
				t.Errorf("%v, want %v: %v", o.Verdict, tt.want, o.Codes)
			}
		})
	}
}

func TestNoTraceDecidesNothing(t *testing.T) {
	for _, tr := range []probes.Trace{nil, trace(nil)[:1], trace(nil)[:2], trace(nil)} {
		if o := Judge(In{Trace: tr, Policy: policy.LetsEncrypt()}); o.Verdict != report.CannotTell {
			t.Errorf("%d steps: %+v", len(tr), o)
		}
	}
}

// A request that was never sent is a hop all the same, with the CA's URL.
func TestHops(t *testing.T) {
	o := Judge(In{Trace: trace(&probes.Fault{Kind: probes.FaultRefused, Op: "dial"}), Policy: policy.LetsEncrypt()})
	if len(o.Probes) != 1 || len(o.Probes[0].Hops) != 1 {
		t.Fatalf("%+v", o.Probes)
	}
	h := o.Probes[0].Hops[0]
	if h.N != 1 || h.Of != 10 || *h.Address != "203.0.114.1" || h.Port != 80 || *h.Timings.DNS != 9 || *h.Timings.Connect != 1 ||
		h.Timings.TTFB != nil || !strings.HasPrefix(string(h.URL), "http://example.com/.well-known/") || h.Error.Code != "net.connect.refused" {
		t.Errorf("%+v %+v", h, h.Error)
	}
}

// BenchmarkJudge judges a trace of 10,000 steps, which must take less than
// 10 ms: half of it the CA's look-ups of a name with many addresses, half of
// it errands.
func BenchmarkJudge(b *testing.B) {
	t := trace(&probes.Fault{Kind: probes.FaultRefused, Op: "dial"})
	for n := len(t); len(t) < 10_000; n++ {
		to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}), 80)
		t = append(t, probes.Step{ID: n, Beyond: probes.BeyondAddress, Errand: n / 2, Fact: probes.Dial{To: to}},
			probes.Step{ID: n + 1, Beyond: probes.BeyondAddress, Errand: n / 2, Fact: probes.Fetch{To: to, Status: 404}})
	}
	in := In{Trace: t, Policy: policy.LetsEncrypt()}
	for b.Loop() {
		Judge(in)
	}
}
