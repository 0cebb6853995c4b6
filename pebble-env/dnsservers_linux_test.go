package lab_test

// A DNS of its own: a root, a provider that runs BIND and one that runs Knot,
// and Unbound, which resolves as the CA's own does. All of them are real, and
// in one network namespace.

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// Where the servers are. ns2 takes no TCP, and nobody is at gone.
const (
	rootAt = "198.51.100.1"
	ns1At  = "203.0.113.1"
	ns2At  = "203.0.113.2"
	goneAt = "203.0.113.9"
)

// A dnsZone is delegated to name servers, and loaded, or not, by each provider.
type dnsZone struct {
	name string
	to   string // ns1, ns2, gone: the servers it is delegated to
	bind string // its lines on ns1, below SOA and NS; see unloaded
	knot string // and on ns2
}

// unloaded: the provider does not have the zone.
const unloaded = "-"

// file is the zone as one provider has it. The one that has more lines is the
// one that has the newer serial.
func (z dnsZone) file(lines string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$ORIGIN %s.\n$TTL 300\n@ SOA ns1.dns.org. hostmaster.dns.org. %d 3600 600 86400 60\n", z.name, 1+strings.Count(lines, "\n"))
	for ns := range strings.FieldsSeq(z.to) {
		fmt.Fprintf(&b, "@ NS %s.dns.org.\n", ns)
	}
	return b.String() + lines
}

// rootZone delegates all zones, and knows where the name servers are.
func rootZone(zones []dnsZone) string {
	var b strings.Builder
	b.WriteString(". 300 SOA a.root.dns.org. hostmaster.dns.org. 1 3600 600 86400 60\n. 300 NS a.root.dns.org.\n")
	for name, at := range map[string]string{"a.root": rootAt, "ns1": ns1At, "ns2": ns2At, "gone": goneAt} {
		fmt.Fprintf(&b, "%s.dns.org. 300 A %s\n", name, at)
	}
	for _, z := range zones {
		for ns := range strings.FieldsSeq(z.to) {
			fmt.Fprintf(&b, "%s. 300 NS %s.dns.org.\n", z.name, ns)
		}
	}
	return b.String()
}

const bindConf = `options {
	directory "{{dir}}";
	pid-file none; session-keyfile none; lock-file none;
	listen-on port 53 { {{at}}; }; listen-on-v6 { none; };
	recursion no; dnssec-validation no; notify no; allow-transfer { none; };
};
controls { };
`

const knotConf = `server:
    rundir: {{dir}}
    listen: {{at}}@53
    user: root:root
log:
  - target: stderr
    any: info
database:
    storage: {{dir}}/db
zone:
`

// Nobody has the key that the trust anchor is of, so bogus.net cannot be
// validated.
const unboundConf = `server:
	chroot: ""
	username: ""
	directory: "{{dir}}"
	pidfile: ""
	use-syslog: no
	logfile: ""
	interface: {{at}}@53
	access-control: 0.0.0.0/0 allow
	do-ip6: no
	root-hints: "{{dir}}/hints"
	module-config: "validator iterator"
	trust-anchor: "bogus.net. DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	ede: yes
remote-control:
	control-enable: no
`

// A registry is the DNS of a test, and the place from which it is looked at.
type registry struct {
	host
	bin string
	dir string
}

// newRegistry starts the servers with the zones, and waits until all answer.
func newRegistry(t *testing.T, zones []dnsZone) registry {
	t.Helper()
	r := registry{newHost(t, "dns"), build(t), t.TempDir()}
	for _, at := range []string{rootAt, ns1At, ns2At, goneAt, world.Resolver.Addr().String()} {
		r.ip(t, "addr add "+at+"/32 dev lo")
	}
	r.filter(t, "inet", "chain in { type filter hook input priority 0; policy accept; ip daddr "+ns2At+" tcp dport 53 reject with tcp reset; }")
	r.knot(t, "root", rootAt, map[string]string{".": rootZone(zones)})
	r.bind(t, loaded(zones, func(z dnsZone) string { return z.bind }))
	r.knot(t, "knot", ns2At, loaded(zones, func(z dnsZone) string { return z.knot }))
	r.write(t, "unbound/hints", ". 300 NS a.root.dns.org.\na.root.dns.org. 300 A "+rootAt+"\n")
	r.start(t, "unbound", "unbound", strings.NewReplacer("{{dir}}", r.dir+"/unbound", "{{at}}", world.Resolver.Addr().String()).Replace(unboundConf), "-d", "-c")
	r.answers(t, world.Resolver, "dns.org")
	return r
}

// loaded are the files of the zones that a provider has.
func loaded(zones []dnsZone, lines func(dnsZone) string) map[string]string {
	out := map[string]string{}
	for _, z := range zones {
		if l := lines(z); l != unloaded {
			out[z.name] = z.file(l)
		}
	}
	return out
}

// bind starts BIND on ns1.
func (r registry) bind(t *testing.T, zones map[string]string) {
	t.Helper()
	conf := strings.NewReplacer("{{dir}}", r.dir+"/bind", "{{at}}", ns1At).Replace(bindConf)
	for _, name := range names(zones) {
		r.write(t, "bind/"+name+"zone", zones[name])
		conf += fmt.Sprintf("zone %q { type primary; file %q; };\n", name, name+"zone")
	}
	r.start(t, "bind", "named", conf, "-g", "-c")
	for _, name := range names(zones) {
		r.answers(t, netip.MustParseAddrPort(ns1At+":53"), name)
	}
}

// knot starts a Knot at an address.
func (r registry) knot(t *testing.T, dir, at string, zones map[string]string) {
	t.Helper()
	conf := strings.NewReplacer("{{dir}}", r.dir+"/"+dir, "{{at}}", at).Replace(knotConf)
	for _, name := range names(zones) {
		r.write(t, dir+"/"+name+"zone", zones[name])
		conf += fmt.Sprintf("  - domain: %s\n    file: %s/%s/%szone\n    zonefile-sync: -1\n", name, r.dir, dir, name)
	}
	r.start(t, dir, "knotd", conf, "-c")
	for _, name := range names(zones) {
		r.answers(t, netip.MustParseAddrPort(at+":53"), name)
	}
}

func names(zones map[string]string) []string {
	out := make([]string, 0, len(zones))
	for name := range zones {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (r registry) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(r.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// start runs a server in the foreground; it ends with the test. Its last
// argument is the configuration's file.
func (r registry) start(t *testing.T, dir, program, conf string, arg ...string) {
	t.Helper()
	r.write(t, dir+"/conf", conf)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	c := command(ctx, program, append(arg, r.dir+"/"+dir+"/conf")...)
	log := &strings.Builder{}
	c.Stdout, c.Stderr = log, log
	if err := r.do(c.Start); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = c.Wait()
		if t.Failed() {
			t.Logf("%s says:\n%s", program, tail(log.String()))
		}
	})
}

// tail is the end of a log.
func tail(log string) string {
	const lines = 12
	all := strings.Split(strings.TrimSpace(log), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// answers waits until a server answers for a zone.
func (r registry) answers(t *testing.T, at netip.AddrPort, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var l probes.Lookup
		err := r.do(func() error {
			l, _ = (&wire.Net{Resolver: at}).Lookup(ctx, probes.Lookup{Name: name, Type: "SOA"}, wire.Patience{Try: time.Second})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if l.RCode == "NOERROR" {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%v does not answer for %s: %+v", at, name, l)
		}
	}
}
