package lab_test

// What acmecheck says of real name servers with real faults, through a real
// resolver.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

const (
	dnsToken   = world.DefaultToken
	dnsKeyAuth = dnsToken + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
)

// dnsCases are names, each with the zones that it needs. VALUE is the value
// that is expected; the name is checked with its key authorization, or with a
// token that nobody knows.
var dnsCases = []struct {
	name    string
	target  string
	unknown bool
	zones   []dnsZone
	code    int
	want    []string // of the report
	not     string   // in it; empty: anything may be
}{
	{
		name: "well", target: "well.net", code: 0, want: []string{" READY\n"}, not: "[",
		zones: []dnsZone{{name: "well.net", to: "ns1 ns2", bind: txtLine("VALUE"), knot: txtLine("VALUE")}},
	},
	{
		// Which server Unbound asks is its own choice, so either may be said.
		name: "value on one of two servers", target: "behind.net", code: -1,
		want:  []string{"[dns01.servers.", "1 of 2 name servers without the new TXT value", "ns2.dns.org  203.0.113.2  serial 1  no such name  1 behind"},
		zones: []dnsZone{{name: "behind.net", to: "ns1 ns2", bind: txtLine("VALUE"), knot: ""}},
	},
	{
		name: "zone not loaded", target: "refused.net", unknown: true, code: 1,
		want:  []string{"error[dns.answer.servfail]", "ns1.dns.org  203.0.113.1  REFUSED", "warning[dns.delegation.lame]"},
		zones: []dnsZone{{name: "refused.net", to: "ns1", bind: unloaded, knot: unloaded}},
	},
	{
		name: "lame delegation", target: "lame.net", code: 0, want: []string{" READY\n", "warning[dns.delegation.lame]: ns2.dns.org (203.0.113.2) is delegated lame.net and does not serve it: REFUSED"},
		zones: []dnsZone{{name: "lame.net", to: "ns1 ns2", bind: txtLine("VALUE"), knot: unloaded}},
	},
	{
		name: "CNAME into a zone whose server is down", target: "down.net", unknown: true, code: 1,
		want: []string{"error[dns.answer.timeout]: the name servers of net.down.acme-down.org, where _acme-challenge.down.net leads, do not answer in time", "gone.dns.org  203.0.113.9  connection refused"},
		zones: []dnsZone{
			{name: "down.net", to: "ns1", bind: "_acme-challenge CNAME net.down.acme-down.org.\n", knot: unloaded},
			{name: "acme-down.org", to: "gone", bind: unloaded, knot: unloaded},
		},
	},
	{
		name: "CNAME into a zone that is not loaded", target: "abandoned.net", unknown: true, code: 1,
		want: []string{"error[dns.cname.dangling]: _acme-challenge.abandoned.net leads into the zone acme-abandoned.org, which its name servers do not have"},
		zones: []dnsZone{
			{name: "abandoned.net", to: "ns1", bind: "_acme-challenge CNAME net.abandoned.acme-abandoned.org.\n", knot: unloaded},
			{name: "acme-abandoned.org", to: "ns2", bind: unloaded, knot: unloaded},
		},
	},
	{
		name: "CNAME to an unregistered domain", target: "dangling.net", unknown: true, code: 1,
		want:  []string{"error[dns.cname.dangling]: _acme-challenge.dangling.net leads to net.dangling.nobody.org, and nobody has registered nobody.org"},
		zones: []dnsZone{{name: "dangling.net", to: "ns1", bind: "_acme-challenge CNAME net.dangling.nobody.org.\n", knot: unloaded}},
	},
	{
		name: "CNAME loop", target: "loop.net", unknown: true, code: 1, want: []string{"error[dns.cname.loop]"},
		zones: []dnsZone{{name: "loop.net", to: "ns1", bind: "_acme-challenge CNAME a\na CNAME _acme-challenge\n", knot: unloaded}},
	},
	{
		name: "delegated to a zone that is empty", target: "empty.net", unknown: true, code: 0, want: []string{" READY\n"}, not: "[",
		zones: []dnsZone{
			{name: "empty.net", to: "ns1", bind: "_acme-challenge CNAME net.empty.acme.host.net.\n", knot: unloaded},
			{name: "acme.host.net", to: "ns2", bind: unloaded, knot: ""},
		},
	},
	{
		name: "a dozen stale values", target: "example.com", unknown: true, code: 0,
		want: []string{
			"warning[dns01.txt.stale]: 12 old challenge values at _acme-challenge.example.com",
			"728 octets: over 512, so a resolver with small buffers needs TCP 53 (ns1 ok; ns2 refuses TCP)",
			"next thresholds: 1232 octets at 22 values, 65,535 at 1,170",
		},
		zones: []dnsZone{{name: "example.com", to: "ns1 ns2", bind: staleLines(12), knot: staleLines(12)}},
	},
	{
		name: "TCP refused and needed", target: "large.net", unknown: true, code: 1,
		want:  []string{"error[dns.tcp.blocked]: the answer for _acme-challenge.large.net needs TCP, and ns2.dns.org (203.0.113.2) does not take it"},
		zones: []dnsZone{{name: "large.net", to: "ns2", bind: unloaded, knot: staleLines(30)}},
	},
	{
		name: "TCP needed", target: "tcp.net", unknown: true, code: 0, want: []string{"warning[dns01.txt.stale]: 30 old", "over 1232, so every resolver needs TCP 53 (ns1 ok)"},
		zones: []dnsZone{{name: "tcp.net", to: "ns1", bind: staleLines(30), knot: unloaded}},
	},
	{
		name: "the zone twice", target: "doubled.net", code: 1, want: []string{"error[dns01.name.doubled]", "_acme-challenge.doubled.net.  300  IN  TXT  \"VALUE\""},
		zones: []dnsZone{{name: "doubled.net", to: "ns1 ns2", bind: "_acme-challenge.doubled.net TXT VALUE\n", knot: "_acme-challenge.doubled.net TXT VALUE\n"}},
	},
	{
		name: "quotes in the value", target: "quoted.net", code: 1, want: []string{"error[dns01.txt.malformed]", "the quotes are part of the value"},
		zones: []dnsZone{{name: "quoted.net", to: "ns1", bind: "_acme-challenge TXT \"\\\"VALUE\\\"\"\n", knot: unloaded}},
	},
	{
		name: "a value of another challenge", target: "replaced.net", code: 1, want: []string{"error[dns01.txt.replaced]"},
		zones: []dnsZone{{name: "replaced.net", to: "ns1", bind: staleLines(1), knot: unloaded}},
	},
	{
		name: "no record", target: "missing.net", code: 1, want: []string{"error[dns01.txt.missing]", "ns1.dns.org  203.0.113.1  serial 1  no such name"},
		zones: []dnsZone{{name: "missing.net", to: "ns1", bind: "", knot: unloaded}},
	},
	{
		name: "DNSSEC that does not hold", target: "bogus.net", unknown: true, code: 1, want: []string{"error[dnssec.chain.bogus]"},
		zones: []dnsZone{{name: "bogus.net", to: "ns1", bind: "", knot: unloaded}},
	},
	{
		name: "an unregistered domain", target: "nobody.net", unknown: true, code: 1, want: []string{"error[dns.name.nxdomain]: nobody.net does not exist in DNS"},
	},
}

func txtLine(value string) string { return "_acme-challenge TXT " + value + "\n" }

// staleLines are values of old challenges.
func staleLines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(txtLine(policy.TXTDigest(fmt.Sprint("old ", i))))
	}
	return b.String()
}

func TestDNS(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft", "named", "knotd", "unbound") {
		return
	}
	value := strings.NewReplacer("VALUE", policy.TXTDigest(dnsKeyAuth))
	var zones []dnsZone
	for _, tt := range dnsCases {
		for _, z := range tt.zones {
			z.bind, z.knot = value.Replace(z.bind), value.Replace(z.knot)
			zones = append(zones, z)
		}
	}
	r := newRegistry(t, zones)
	for _, tt := range dnsCases {
		t.Run(tt.name, func(t *testing.T) {
			arg := []string{"dns-01@" + tt.target}
			if !tt.unknown {
				arg = append(arg, "--token", dnsToken, "--key-authorization", dnsKeyAuth)
			}
			out, code := r.acmecheck(t, r.bin, arg...)
			if tt.code >= 0 && code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, value.Replace(want)) {
					t.Errorf("no %q", want)
				}
			}
			if tt.not != "" && strings.Contains(out, tt.not) {
				t.Errorf("says %q", tt.not)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
