package policy

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
)

func TestRegistrable(t *testing.T) {
	for name, want := range map[string]string{
		"_acme-challenge.www.example.com":     "example.com",
		"example.com":                         "example.com",
		"a.b.example.co.uk":                   "example.co.uk",
		"foo.duckdns.org":                     "duckdns.org", // a private suffix: somebody registered it
		"_acme-challenge.foo.s3.github.io":    "github.io",
		"com":                                 "",
		"co.uk":                               "",
		"router.local":                        "",
		"":                                    "",
		"_acme-challenge.xn--p1b6ci4b4b3a.in": "xn--p1b6ci4b4b3a.in",
	} {
		if got := Registrable(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestParents(t *testing.T) {
	got := Parents("_acme-challenge.www.example.co.uk")
	if want := []string{"www.example.co.uk", "example.co.uk"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := Parents("example.com"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// What the resolver and the servers say is put together whatever the order in
// which they said it, and in the spelling of whoever it was.
func TestDelegation(t *testing.T) {
	rr := func(owner, qtype, data string) probes.Record {
		return probes.Record{Name: owner, Type: qtype, Data: data}
	}
	lookups := []probes.Lookup{
		{Name: "_acme-challenge.example.com", Type: "TXT", RCode: "NXDOMAIN", Answers: []probes.Record{rr("_ACME-challenge.Example.com.", "CNAME", "com.example.Acme.host.net.")}, Authority: []probes.Record{rr("host.net.", "SOA", "a. b. 1 2 3 4 5")}},
		{Name: "example.com", Type: "SOA", RCode: "NOERROR", Answers: []probes.Record{rr("example.com.", "SOA", "a. b. 1 2 3 4 5")}},
		{Name: "com.example.acme.host.net", Type: "TXT", Server: netip.MustParseAddrPort("192.0.2.1:53"), RCode: "NOERROR", Authority: []probes.Record{rr("acme.HOST.net.", "NS", "n2.host.net."), rr("acme.host.net.", "NS", "N1.host.net.")}},
		{Name: "n1.host.net", Type: "A", RCode: "NOERROR", Answers: []probes.Record{rr("n1.host.net.", "A", "10.0.0.1"), rr("n1.host.net.", "A", "8.8.8.8"), rr("n1.host.net.", "A", "8.8.4.4")}},
		{Name: "n1.host.net", Type: "AAAA", RCode: "NOERROR", Answers: []probes.Record{rr("n1.host.net.", "AAAA", "2606:4700::1")}},
	}
	for range lookups {
		lookups = append(lookups[1:], lookups[0])
		var tr probes.Trace
		for _, l := range lookups {
			tr = append(tr, probes.Step{Fact: l})
		}
		d := LetsEncrypt().Delegation(tr, "_acme-challenge.example.com")
		if d.Target != "com.example.acme.host.net" || d.Home != "example.com" || d.Zone != "acme.host.net" || d.Loop || d.Nowhere || len(d.Aliases) != 1 {
			t.Errorf("%+v", d)
		}
		want := []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("2606:4700::1")}
		if len(d.Servers) != 2 || d.Servers[0].Host != "n1.host.net" || len(d.Servers[0].Addrs) != 2 || !slices.Contains(d.Servers[0].Addrs, want[0]) || !slices.Contains(d.Servers[0].Addrs, want[1]) || len(d.Servers[1].Addrs) != 0 {
			t.Errorf("%+v", d.Servers)
		}
	}
}
