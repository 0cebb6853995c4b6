package main

import (
	"context"
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
)

// lineAt is what the line of progress says so long after a look began.
func lineAt(t *testing.T, lines string, at time.Duration) (line string) {
	t.Helper()
	w, err := world.Parse("t", "challenge http-01 www.example.com\n"+lines)
	if err != nil {
		t.Fatal(err)
	}
	simnet.Bubble(time.Now(), func(ctx context.Context) {
		n := simnet.New(ctx, w.View(""))
		defer n.Close()
		pol := policy.LetsEncrypt()
		pol.Addresses.Public = world.Documentation
		wk := walk.Walker{Policy: pol, Hurry: true, Beyond: beyond.Plan(pol, beyond.Options{}), Net: &wire.Net{Dial: n.Dial, Resolver: world.Resolver, Refuses: pol.Addresses.Refusal}}
		target := probes.Target{Identifier: probes.Identifier(w.Identifier), Methods: []probes.Method{probes.HTTP01}}
		x := &examination{policy: pol, first: &run.Local{Walker: wk}}
		p := &progress{}
		p.look(1)
		p.known = &soFar{policy: pol, target: target}
		x.hear = p.hear
		looked := make(chan struct{})
		go func() {
			defer close(looked)
			if _, err := x.examine(ctx, []probes.Target{target}, run.Answers{Token: w.Token, Proof: probes.ProofPath}); err != nil {
				t.Error(err)
			}
		}()
		select {
		case <-time.After(at):
			p.mu.Lock()
			line = p.text(time.Now())
			p.mu.Unlock()
		case <-looked:
		}
		<-looked
	})
	return line
}

// After three SYNs it is said what is to be expected, and of whom; not before,
// and not where the CA has another address to go to.
func TestSoFar(t *testing.T) {
	const both = "dns www.example.com AAAA 2001:db8::1\ntcp 2001:db8::1 drop\ndns www.example.com A 192.0.2.1\ntcp 192.0.2.1 drop\n"
	tests := []struct {
		name, lines string
		at          time.Duration
		want        string
	}{
		{"too early", fourDropped, 3400 * time.Millisecond, "looking: www.example.com http-01 … 3.4 s"},
		{"dead", fourDropped, 3600 * time.Millisecond, "looking: www.example.com http-01 … 3.6 s; so far NOT READY (net.connect.timeout); waiting for 192.0.2.1:80"},
		{"still dead", fourDropped, 9900 * time.Millisecond, "looking: www.example.com http-01 … 9.9 s; so far NOT READY (net.connect.timeout); waiting for 192.0.2.1:80"},
		{"IPv4 may answer", both, 4 * time.Second, "looking: www.example.com http-01 … 4.0 s; waiting for [2001:db8::1]:80"},
		{"CAA forbids", both + "dns example.com CAA 0 issue \"ca.example\"\n", 4 * time.Second, "looking: www.example.com http-01 … 4.0 s; so far NOT READY (caa.issuer.forbidden); waiting for [2001:db8::1]:80"},
		{"healthy", "dns www.example.com A 192.0.2.1\nhttp 192.0.2.1:80 * 404", 4 * time.Second, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := lineAt(t, tt.lines, tt.at); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
