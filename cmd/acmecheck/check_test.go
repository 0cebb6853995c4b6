package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
)

// simulate checks a name in a world, as the check command does.
func simulate(tb testing.TB, lines string, change func(*walk.Walker)) (o report.Outcome, took time.Duration) {
	tb.Helper()
	w, err := world.Parse("t", "challenge http-01 www.example.com\n"+lines)
	if err != nil {
		tb.Fatal(err)
	}
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		p := policy.LetsEncrypt()
		p.Addresses.Public = world.Documentation
		wk := &walk.Walker{Policy: p, Hurry: true, Beyond: beyond.Plan(p, beyond.Options{}), Net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: p.Addresses.Refusal}}
		if change != nil {
			change(wk)
		}
		t := probes.Target{Identifier: probes.Identifier(w.Identifier), Methods: []probes.Method{probes.HTTP01}}
		began := time.Now()
		x := examination{policy: p, first: &run.Local{Walker: *wk}}
		r, err := x.examine(ctx, []probes.Target{t}, run.Answers{Token: w.Token, Proof: probes.ProofPath})
		took = time.Since(began)
		if err != nil {
			tb.Error(err)
			return
		}
		o = r.Targets[0].Verdicts[0]
	})
	return o, took
}

const fourDropped = `
dns www.example.com A 192.0.2.1
dns www.example.com A 192.0.2.2
dns www.example.com A 192.0.2.3
dns www.example.com A 192.0.2.4
tcp 192.0.2.1 drop
tcp 192.0.2.2 drop
tcp 192.0.2.3 drop
tcp 192.0.2.4 drop
`

// A check of a dropped port takes as long as one dial of the CA, whatever the
// CA would go on to try; its words are those of the whole wait.
func TestDroppedPortsAreCheckedInOneDial(t *testing.T) {
	o, took := simulate(t, fourDropped, nil)
	if took > 10600*time.Millisecond || o.Verdict != report.WouldNot || !strings.HasSuffix(o.Problem.Detail, "Timeout during connect (likely firewall problem)") {
		t.Errorf("took %v: %v %v", took, o.Codes, o.Problem)
	}
	o, took = simulate(t, fourDropped+"dns www.example.com AAAA 2001:db8::1\ntcp 2001:db8::1 drop\n", nil)
	if took > 10600*time.Millisecond || o.Verdict != report.WouldNot || !strings.HasSuffix(o.Problem.Detail, "Timeout after connect (your server may be slow or overloaded)") {
		t.Errorf("took %v: %v %v", took, o.Codes, o.Problem)
	}
	if o.CAMS == nil || *o.CAMS < 19000 {
		t.Errorf("the CA's own wait is %v ms", o.CAMS)
	}
}

func TestVerdictsOfAnUnknownToken(t *testing.T) {
	const name = "dns www.example.com A 192.0.2.1\n"
	tests := []struct {
		name, lines string
		change      func(*walk.Walker)
		want        report.Verdict
	}{
		{"404", name + "http 192.0.2.1:80 * 404", nil, report.WouldIssue},
		{"200", name + "http 192.0.2.1:80 * 200 body=hello", nil, report.WouldIssue},
		{"a long page", name + "http 192.0.2.1:80 * 200 pad=5000", nil, report.WouldIssue},
		{"403 shows nothing", name + "http 192.0.2.1:80 * 403", nil, report.CannotTell},
		{"refused", name, nil, report.WouldNot},
		{"no such name", "", nil, report.WouldNot},
		{"a resolver that is not there", name, func(w *walk.Walker) { w.Net.Resolver = web53 }, report.CannotTell},
		{"our own impatience", name + "tcp 192.0.2.1 drop", func(w *walk.Walker) { w.Patience = time.Second }, report.CannotTell},
		{"one family", name + "dns www.example.com AAAA 2001:db8::1\nhttp 192.0.2.1:80 * 404", func(w *walk.Walker) { w.Family = 4 }, report.WouldIssue},
		{"a pinned address", "http 192.0.2.9:80 * 404", func(w *walk.Walker) {
			w.Pins = []walk.Pin{{Name: "WWW.example.com", Port: 80, Addr: netip.MustParseAddr("192.0.2.9")}}
		}, report.WouldIssue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if o, _ := simulate(t, tt.lines, tt.change); o.Verdict != tt.want || o.Why == "" || (o.Problem != nil) != (tt.want == report.WouldNot) {
				t.Errorf("%v, want %v: %s %+v", o.Verdict, tt.want, o.Why, o.Problem)
			}
		})
	}
}

// web53 is an address at which a world has no resolver: it refuses.
var web53 = netip.MustParseAddrPort("192.0.2.7:53")

// An interrupted check ends at once, with a whole report, code 130, and a
// webroot as it was.
func TestInterruptLeavesNothingBehind(t *testing.T) {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	root := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	written := make(chan int, 1)
	go func() {
		_, _, _ = pc.ReadFrom(make([]byte, 512)) // the check is under way
		found, _ := filepath.Glob(root + "/.well-known/acme-challenge/*")
		written <- len(found)
		cancel()
	}()
	var out bytes.Buffer
	code := execute(ctx, []string{"--json", "--webroot", root, "--resolver", pc.LocalAddr().String(), "example.com"}, &out, io.Discard)
	if code != exitInterrupted || !strings.Contains(out.String(), `"reason": "interrupted"`) {
		t.Errorf("exit code %d, report:\n%s", code, out.String())
	}
	if err := reportSchema(t)(out.Bytes()); err != nil {
		t.Error(err)
	}
	if n := <-written; n != 1 {
		t.Errorf("%d tokens were in the webroot", n)
	}
	if left, err := os.ReadDir(root); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// BenchmarkHealthy is a whole check of a healthy name, over real sockets.
func BenchmarkHealthy(b *testing.B) {
	d, err := findDemo("healthy")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := runDemo(b.Context(), d); err != nil || r.Exit.Code != 0 {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkDropped reports how long a user waits for four dropped addresses
// with IPv6 beside them, by a simulated clock.
func BenchmarkDropped(b *testing.B) {
	var took time.Duration
	for b.Loop() {
		_, took = simulate(b, fourDropped+"dns www.example.com AAAA 2001:db8::1\ntcp 2001:db8::1 drop\n", nil)
	}
	b.ReportMetric(took.Seconds(), "simulated-s")
}

// BenchmarkVersion is a command line that looks at nothing.
func BenchmarkVersion(b *testing.B) {
	for b.Loop() {
		if code := execute(b.Context(), []string{"version"}, io.Discard, io.Discard); code != 0 {
			b.Fatal(code)
		}
	}
}
