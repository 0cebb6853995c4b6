package judge_test

// This file holds what is particular to tls-alpn-01: that a name which is well
// costs next to nothing, what a No may cost, and how it is told.

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

// alpnWorld is a world of www.example.com at 192.0.2.10 and what lines say.
func alpnWorld(tb testing.TB, lines string) *world.World {
	tb.Helper()
	w, err := world.Parse("alpn", "challenge tls-alpn-01 www.example.com\ndns www.example.com A 192.0.2.10\n"+lines)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// Whoever adds a packet to a healthy check says so here.
func TestALPNLedger(t *testing.T) {
	const both = "dns www.example.com AAAA 2001:db8::10\ntls [2001:db8::10]:443 cert=acme\ntls 192.0.2.10:443 "
	lookups := []string{"lookup www.example.com A", "lookup www.example.com AAAA"}
	healthy := []string{"dial [2001:db8::10]:443", "handshake [2001:db8::10]:443", "address: dial 192.0.2.10:443"}
	deep := append(slices.Clone(healthy), "port-443: dial [2001:db8::10]:443", "port-443: handshake [2001:db8::10]:443", "port-443: fetch [2001:db8::10]:443")
	refused := []string{"dial 192.0.2.10:443", "handshake 192.0.2.10:443", "port-443: dial 192.0.2.10:443", "port-443: handshake 192.0.2.10:443", "port-443: fetch 192.0.2.10:443"}
	tests := []struct {
		name, lines string
		manner      manner
		want        []string
	}{
		{"healthy", both + "cert=acme\n", manner{}, healthy},
		{"healthy, unknown token", both + "cert=acme\n", manner{unknown: true}, healthy},
		{"healthy, looked at deeply", both + "cert=acme\nhttp [2001:db8::10]:443 * 200\n", manner{Options: beyond.Options{Deep: true}}, deep},
		{"other protocols", "tls 192.0.2.10:443 cert=ca alpn=h2\n", manner{}, refused},
		{"nobody there", "", manner{}, []string{"dial 192.0.2.10:443"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := append(slices.Clone(lookups), tt.want...)
			if got := ledger(see(alpnWorld(t, tt.lines), tt.manner).trace); !slices.Equal(got, want) {
				t.Errorf("the flows:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// What answers in place of an ACME client is recognised, and so is which of
// the fixes is its.
func TestALPNHolder(t *testing.T) {
	const site, two = "http 192.0.2.10:443 * 200 ", "alpn=h2,http/1.1\n"
	tests := []struct{ name, lines, cause, fix string }{
		{"nginx", "tls 192.0.2.10:443 cert=ca " + two + site + `Server="nginx/1.22.1"`, "nginx ends TLS by itself", "nginx"},
		{"Apache", "tls 192.0.2.10:443 cert=ca " + two + site + `Server="Apache/2.4.62"`, "mod_md", "Apache"},
		{"Caddy", "tls 192.0.2.10:443 cert=ca " + two + site + "Server=Caddy", "Caddy answers acme-tls/1 for orders of its own", "Caddy"},
		{"Traefik, by its certificate", `tls 192.0.2.10:443 cert=self cn="TRAEFIK DEFAULT CERT" ` + two, "Traefik answers acme-tls/1 for orders of its own", "Traefik"},
		{"Cloudflare, by its header", "tls 192.0.2.10:443 cert=ca " + two + site + "Cf-Ray=8f1-FRA", "Cloudflare ends TLS for this name", "CDN"},
		{"CloudFront, by its certificate", "tls 192.0.2.10:443 cert=ca san=dns:www.example.com,dns:x.cloudfront.net " + two, "Amazon CloudFront ends TLS", "CDN"},
		{"a router", "tls 192.0.2.10:443 cert=self san=dns:fritz.box " + two + site + `body="<html><title>FRITZ!Box</title>"`, "a router or modem", "router"},
		{"another's", "tls 192.0.2.10:443 cert=ca san=dns:hosting.example.net " + two, "the certificate is for other names", "your app"},
		{"IPv6 leads elsewhere", "tls 192.0.2.10:443 cert=acme\ndns www.example.com AAAA 2001:db8::10\ntls [2001:db8::10]:443 cert=ca\n", "192.0.2.10 answers as it should", "DNS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := see(alpnWorld(t, tt.lines), manner{}).outcome
			if got := errorsOf(o); len(got) != 1 || !strings.HasPrefix(got[0], "tlsalpn01.protocol.") {
				t.Fatalf("found %v", got)
			}
			f := o.Findings[0]
			if !strings.Contains(f.Causes[0].Text, tt.cause) {
				t.Errorf("cause %q, want %q", f.Causes[0].Text, tt.cause)
			}
			if !slices.ContainsFunc(f.Remediation, func(r report.Remedy) bool { return r.For == tt.fix }) {
				t.Errorf("no fix for %s in %+v", tt.fix, f.Remediation)
			}
		})
	}
}

// A handshake is told as a hop without a URL, of no number of requests, and
// what findings refer to is there.
func TestALPNHops(t *testing.T) {
	o := see(alpnWorld(t, "dns www.example.com AAAA 2001:db8::10\ntcp [2001:db8::10]:443 reset\ntls 192.0.2.10:443 cert=ca\n"), manner{}).outcome
	hops := o.Probes[0].Hops
	if len(hops) != 2 || o.Probes[0].Kind != "tls-alpn-01" {
		t.Fatalf("%+v", o.Probes[0])
	}
	first, last := hops[0], hops[1]
	if first.N != 1 || first.Error == nil || first.Error.Class != "reset" || first.TLS != nil || len(first.DNS.Answers) != 2 {
		t.Errorf("%+v", first)
	}
	if last.N != 2 || last.Of != 0 || last.URL != "" || last.HTTP != nil || last.TLS == nil || last.TLS.ALPN != "" || last.TLS.Certificate == nil || last.Decision != "final" || last.Timings.TLS == nil {
		t.Errorf("%+v", last)
	}
	for _, f := range o.Findings {
		for _, e := range f.Evidence {
			i := slices.IndexFunc(o.Probes, func(p report.Probe) bool { return p.ID == e.Probe })
			if i < 0 || int(e.Hop) > len(o.Probes[i].Hops) {
				t.Errorf("%s: there is no %s hop %d", f.Code, e.Probe, e.Hop)
			}
		}
	}
}

// A name with an IPv6 address only, looked at from a machine without IPv6, is
// not spoken against, though the CA's words would be the same.
func TestALPNWithoutIPv6Here(t *testing.T) {
	fault := probes.Fault{Kind: probes.FaultNetUnreachable, Op: "dial", Errno: "ENETUNREACH"}
	task := probes.Task{Method: probes.TLSALPN01, Identifier: "example.com", Token: "t", KeyAuthorization: "t.k"}
	tr := probes.Trace{
		{Fact: probes.Given{Task: task, AsOf: asOf}},
		{ID: 1, Fact: probes.Lookup{Name: "example.com", Type: "A", Port: 443, RCode: "NOERROR"}},
		{ID: 2, Fact: probes.Lookup{Name: "example.com", Type: "AAAA", Port: 443, RCode: "NOERROR", Answers: []probes.Record{{Type: "AAAA", Data: "2a00::1"}}}},
		{ID: 3, Hop: 1, Fact: probes.Dial{To: netip.MustParseAddrPort("[2a00::1]:443"), Host: "example.com"}, Fault: &fault},
	}
	p := policy.LetsEncrypt()
	if o := judge.Judge(judge.In{Trace: tr, Policy: p}); o.Verdict != report.CannotTell || !slices.Contains(o.Codes, "local.ipv6.missing") {
		t.Errorf("%v %v", o.Verdict, o.Codes)
	}
	fault = probes.Fault{Kind: probes.FaultRefused, Op: "dial", Errno: "ECONNREFUSED"}
	if o := judge.Judge(judge.In{Trace: tr, Policy: p}); o.Verdict != report.WouldNot || !slices.Equal(o.Codes, []string{"tlsalpn01.ipv6.only"}) {
		t.Errorf("%v %v", o.Verdict, o.Codes)
	}
}
