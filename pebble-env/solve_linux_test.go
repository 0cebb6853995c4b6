package lab_test

// Solvers at real name servers: BIND is the primary of example.com, and Knot
// its secondary, which hears of no change and asks by itself every other
// second; Knot is the primary of example.net. Unbound resolves.

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// What BIND's tsig-keygen and Knot's keymgr print for the same keys.
const (
	solveSecret = "ETcBKOJuRQS26iFRd5i9FWiqKesFl2uUB18H9C9Tk8o="
	solveKeys   = `key "acme-key." { algorithm hmac-sha256; secret "` + solveSecret + `"; };
key "broad-key." { algorithm hmac-sha256; secret "` + solveSecret + `"; };
`
)

const solveBIND = solveKeys + bindConf + `
zone "dns.org" { type primary; file "dns"; };
zone "example.com" { type primary; file "com"; allow-transfer { any; }; update-policy {
	grant acme-key. name _acme-challenge.example.com. TXT;
	grant acme-key. name _acme-challenge.www.example.com. TXT;
	grant acme-key. name alias.example.com. TXT;
	grant broad-key. zonesub ANY;
}; };
`

const solveKnot = `server:
    rundir: {{dir}}
    listen: {{at}}@53
    user: root:root
log:
  - target: stderr
    any: info
database:
    storage: {{dir}}/db
key:
  - id: acme-key
    algorithm: hmac-sha256
    secret: ` + solveSecret + `
  - id: broad-key
    algorithm: hmac-sha256
    secret: ` + solveSecret + `
acl:
  - id: acme
    key: acme-key
    action: update
    update-type: TXT
    update-owner: name
    update-owner-match: sub-or-equal
    update-owner-name: [_acme-challenge]
  - id: broad
    key: broad-key
    action: update
remote:
  - id: primary
    address: ` + ns1At + `
zone:
  - domain: example.net
    file: {{dir}}/net
    zonefile-sync: -1
    journal-content: all
    acl: [acme, broad]
  - domain: example.com
    file: {{dir}}/com
    master: primary
`

const solveUnbound = unboundConf + `
stub-zone:
	name: "dns.org"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "example.com"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "example.net"
	stub-addr: ` + ns2At + `
`

// newSolveLab starts the servers in the namespace of the test.
func newSolveLab(t *testing.T) *wire.Net {
	t.Helper()
	ns, err := os.Open("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ns.Close() })
	r := registry{host{"own", ns}, "", t.TempDir()}
	r.ip(t, "addr add "+ns1At+"/32 dev lo", "addr add "+ns2At+"/32 dev lo") // BIND wants an interface to have its address
	at := func(conf, dir, address string) string {
		return strings.NewReplacer("{{dir}}", r.dir+"/"+dir, "{{at}}", address).Replace(conf)
	}
	const soa = "$TTL 60\n@ SOA ns1.dns.org. hostmaster.dns.org. 1 2 2 86400 5\n@ NS ns1.dns.org.\n"
	r.write(t, "bind/dns", soa+"ns1 A "+ns1At+"\nns2 A "+ns2At+"\n")
	r.write(t, "bind/com", soa+"@ NS ns2.dns.org.\n@ A 192.0.2.10\nwww A 192.0.2.10\nalias CNAME www\n_acme-challenge.shop CNAME _acme-challenge.example.net.\n")
	r.write(t, "knot/db/journal/.keep", "") // Knot makes no directory for it
	r.write(t, "knot/net", strings.Replace(soa, "NS ns1", "NS ns2", 1)+"@ A 192.0.2.10\n")
	r.start(t, "bind", "named", at(solveBIND, "bind", ns1At), "-g", "-c")
	r.answers(t, netip.MustParseAddrPort(ns1At+":53"), "example.com")
	r.start(t, "knot", "knotd", at(solveKnot, "knot", ns2At), "-c")
	r.answers(t, netip.MustParseAddrPort(ns2At+":53"), "example.net")
	r.answers(t, netip.MustParseAddrPort(ns2At+":53"), "example.com")
	r.write(t, "unbound/hints", ". 300 NS ns1.dns.org.\nns1.dns.org. 300 A "+ns1At+"\n")
	r.start(t, "unbound", "unbound", at(solveUnbound, "unbound", world.Resolver.Addr().String()), "-d", "-c")
	r.answers(t, world.Resolver, "example.com")
	return &wire.Net{Resolver: world.Resolver}
}

func solveChallenge(id string) solve.Challenge {
	k := id + ".thumb"
	base := policy.Base(probes.Identifier(id))
	return solve.Challenge{Method: probes.DNS01, Identifier: probes.Identifier(id), Token: id, KeyAuthorization: k, TXTName: "_acme-challenge." + base, TXTValue: policy.TXTDigest(k)}
}

func solveKey(name string) solve.TSIGKey {
	return solve.TSIGKey{Name: name, Secret: solveSecret}
}

func TestSolve(t *testing.T) {
	if !inNamespace(t, "ip", "named", "knotd", "unbound") {
		return
	}
	n := newSolveLab(t)
	bind := func(key solve.TSIGKey) *solve.RFC2136 {
		return &solve.RFC2136{Net: n, Server: "ns1.dns.org", Key: key, TTL: 5}
	}
	knot := func(key solve.TSIGKey) *solve.RFC2136 {
		return &solve.RFC2136{Net: n, Server: ns2At + ":53", Key: key, TTL: 5}
	}
	acme, broad := solveKey("acme-key"), solveKey("broad-key.")
	t.Run("BIND with a lagging secondary", func(t *testing.T) {
		writeSeeRemove(t, n, bind(acme), solveChallenge("example.com"), solveChallenge("*.example.com"), solveChallenge("www.example.com"))
	})
	t.Run("Knot", func(t *testing.T) {
		writeSeeRemove(t, n, knot(acme), solveChallenge("example.net"), solveChallenge("*.example.net"))
	})
	t.Run("Knot, by an alias at BIND", func(t *testing.T) {
		writeSeeRemove(t, n, knot(acme), solveChallenge("shop.example.com"))
	})
	wrong := solve.TSIGKey{Name: "acme-key", Secret: "aHVudGVyMmh1bnRlcjI="}
	alias := solveChallenge("example.com")
	alias.TXTName = "alias.example.com"
	for _, tt := range []struct {
		name   string
		solver *solve.RFC2136
		c      solve.Challenge
		want   string
	}{
		{"BIND, wrong secret", bind(wrong), solveChallenge("example.com"), "ns1.dns.org says that the secret of the key acme-key is wrong (NOTAUTH with BADSIG)"},
		{"BIND, unknown key", bind(solveKey("other")), solveChallenge("example.com"), "ns1.dns.org knows no key other of that algorithm, or has no use for it in the zone of _acme-challenge.example.com (NOTAUTH with BADKEY)"},
		{"BIND, forbidden name", bind(acme), solveChallenge("ftp.example.com"), "ns1.dns.org does not let the key acme-key change TXT records at _acme-challenge.ftp.example.com (REFUSED)"},
		{"BIND, no key", bind(solve.TSIGKey{}), solveChallenge("example.com"), "ns1.dns.org does not let us, without a key, change TXT records at _acme-challenge.example.com (REFUSED)"},
		{"BIND, zone not served", bind(acme), solveChallenge("example.net"), "ns1.dns.org does not serve a zone that _acme-challenge.example.net is in (REFUSED)"},
		{"BIND, alias", bind(acme), alias, "alias.example.com is an alias (CNAME), beside which there can be no TXT record (YXRRSET)"},
		{"Knot, wrong secret", knot(wrong), solveChallenge("example.net"), "203.0.113.2:53 says that the secret of the key acme-key is wrong (NOTAUTH with BADSIG)"},
		{"Knot, unknown key", knot(solveKey("other")), solveChallenge("example.net"), "203.0.113.2:53 knows no key other of that algorithm, or has no use for it in the zone of _acme-challenge.example.net (NOTAUTH with BADKEY)"},
		{"Knot, forbidden name", knot(acme), solveChallenge("www.example.net"), "203.0.113.2:53 does not let the key acme-key change TXT records at _acme-challenge.www.example.net (NOTAUTH with BADKEY)"},
		{"Knot, zone not served", knot(acme), solveChallenge("example.org"), "203.0.113.2:53 does not serve a zone that _acme-challenge.example.org is in (REFUSED)"},
		{"Knot, a secondary", knot(acme), solveChallenge("example.com"), "203.0.113.2:53 knows no key acme-key of that algorithm, or has no use for it in the zone of _acme-challenge.example.com (NOTAUTH with BADKEY)"},
		{"no TCP there", &solve.RFC2136{Net: n, Server: "203.0.113.77", Key: acme}, solveChallenge("example.com"), "connecting to 203.0.113.77 over TCP: refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.solver.Present(t.Context(), tt.c); err == nil || !strings.Contains(err.Error(), tt.want) || solve.Hint(err) == "" {
				t.Errorf("error %v\nwant  %s", err, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		name   string
		solver *solve.RFC2136
		id     string
		want   solve.Reach
	}{
		{"BIND, challenge names only", bind(acme), "example.com", solve.Narrow},
		{"BIND, everything", bind(broad), "example.com", solve.Broad},
		{"Knot, challenge names only", knot(acme), "example.net", solve.Narrow},
		{"Knot, everything", knot(broad), "example.net", solve.Broad},
	} {
		t.Run("scope: "+tt.name, func(t *testing.T) {
			before := serial(t, n, tt.solver.Server, tt.id)
			got, err := tt.solver.Scope(t.Context(), solveChallenge(tt.id))
			if err != nil || got.Reach != tt.want {
				t.Errorf("scope %v, %v, want %s", got, err, tt.want)
			}
			if after := serial(t, n, tt.solver.Server, tt.id); after != before {
				t.Errorf("asking changed the zone: %s, then %s", before, after)
			}
		})
	}
}

// serial is the SOA that a server gives.
func serial(t *testing.T, n *wire.Net, server, zone string) string {
	t.Helper()
	at := netip.MustParseAddrPort(ns2At + ":53")
	if server == "ns1.dns.org" {
		at = netip.MustParseAddrPort(ns1At + ":53")
	}
	l, f := n.Lookup(t.Context(), probes.Lookup{Name: zone, Type: "SOA", Server: at}, wire.Patience{Try: 2 * time.Second, Tries: 3})
	if f != nil || len(l.Answers) != 1 {
		t.Fatalf("no SOA: %+v %+v", l, f)
	}
	return l.Answers[0].Data
}

// writeSeeRemove is what a solver is for: the values stand side by side on
// every server, one goes without the others, and all go under a context that
// has ended.
func writeSeeRemove(t *testing.T, n *wire.Net, s solve.Solver, cs ...solve.Challenge) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	set := solve.Set{Solver: s, Net: n}
	if err := set.Present(ctx, cs); err != nil {
		t.Fatal(err)
	}
	each(t, cs, func(c solve.Challenge, seen func(solve.Sighting)) error { return solve.Await(ctx, n, c, seen) })
	for _, c := range cs {
		everywhere(ctx, t, n, c)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if err := errors.Join(set.CleanUp(ended), set.CleanUp(ended)); err != nil {
		t.Error(err)
	}
	each(t, cs, func(c solve.Challenge, seen func(solve.Sighting)) error { return solve.Gone(ctx, n, c, seen) })
}

// everywhere looks once more, without the solver's eyes.
func everywhere(ctx context.Context, t *testing.T, n *wire.Net, c solve.Challenge) {
	t.Helper()
	p, err := solve.Locate(ctx, n, c.TXTName)
	if err != nil || len(p.Servers) == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, s := range p.Servers {
		l, f := n.Lookup(ctx, probes.Lookup{Name: p.Target, Type: "TXT", Server: s.Addr}, wire.Patience{Try: 2 * time.Second, Tries: 3})
		if f != nil || !slices.Contains(policy.TXTValues(l), c.TXTValue) {
			t.Errorf("%s does not have the value of %s: %+v %+v", s, c.Identifier, l, f)
		}
	}
}

// each waits for all challenges at once, and logs what is seen.
func each(t *testing.T, cs []solve.Challenge, wait func(solve.Challenge, func(solve.Sighting)) error) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() {
			err := wait(c, func(s solve.Sighting) { t.Logf("%s: %s after %v", c.Identifier, s, s.At.Round(time.Millisecond)) })
			if err != nil {
				t.Error(fmt.Errorf("%s: %w", c.Identifier, err))
			}
		})
	}
	wg.Wait()
}
