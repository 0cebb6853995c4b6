package lab_test

// Story 5 (reference/stories.md) at BIND: a challenge name that is delegated to
// a zone which is empty between orders, and the keys that write there.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const delegateBIND = solveKeys + bindConf + `
zone "dns.org" { type primary; file "dns"; };
zone "com" { type primary; file "tld"; };
zone "net" { type primary; file "net"; };
zone "example.com" { type primary; file "com"; update-policy { grant broad-key. zonesub ANY; }; };
zone "acme.host.net" { type primary; file "acme"; update-policy { grant acme-key. zonesub ANY; grant broad-key. zonesub ANY; }; };
`

// delegateUnbound has a stub for each zone. It remembers nothing: one test writes
// more than once.
var delegateUnbound = strings.Replace(unboundConf, "ede: yes\n", "ede: yes\n\tcache-max-ttl: 0\n\tcache-max-negative-ttl: 0\n", 1) + `
stub-zone:
	name: "com"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "net"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "dns.org"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "example.com"
	stub-addr: ` + ns1At + `
stub-zone:
	name: "acme.host.net"
	stub-addr: ` + ns1At + `
`

const challengeAt = "com.example.acme.host.net"

// newDelegation starts BIND and Unbound. The challenge zone has name servers
// besides ns1 by these lines.
func newDelegation(t *testing.T, besides string) {
	t.Helper()
	r := registry{own(t), "", t.TempDir()}
	r.ip(t, "addr add "+ns1At+"/32 dev lo", "addr add "+ns2At+"/32 dev lo")
	at := func(conf, dir, address string) string {
		return strings.NewReplacer("{{dir}}", r.dir+"/"+dir, "{{at}}", address).Replace(conf)
	}
	const soa = "$TTL 60\n@ SOA ns1.dns.org. hostmaster.dns.org. 1 2 2 86400 5\n@ NS ns1.dns.org.\n"
	r.write(t, "bind/dns", soa+"ns1 A "+ns1At+"\nns2 A "+ns2At+"\n")
	r.write(t, "bind/tld", soa+"example NS ns1.dns.org.\n")
	r.write(t, "bind/net", soa+"acme.host NS ns1.dns.org.\n")
	r.write(t, "bind/com", soa+"@ A 192.0.2.10\n_acme-challenge CNAME "+challengeAt+".\n")
	r.write(t, "bind/acme", soa+besides)
	r.start(t, "bind", "named", at(delegateBIND, "bind", ns1At), "-g", "-c")
	r.answers(t, netip.MustParseAddrPort(ns1At+":53"), "acme.host.net")
	r.write(t, "unbound/hints", ". 300 NS ns1.dns.org.\nns1.dns.org. 300 A "+ns1At+"\n")
	r.start(t, "unbound", "unbound", at(delegateUnbound, "unbound", world.Resolver.Addr().String()), "-d", "-c")
	r.answers(t, world.Resolver, "example.com")
}

// solving prepares a check that writes with a key.
func solving(t *testing.T, bin, key string, arg ...string) *exec.Cmd {
	t.Helper()
	a := newApplicant(t, bin, nil)
	secret := a.write(t, "secret", solveSecret+"\n")
	config := a.write(t, "dns.toml", fmt.Sprintf("server = %q\nkey = %q\nsecret_file = %q\nttl = 5\n", ns1At+":53", key, secret))
	return command(t.Context(), bin, append([]string{
		"dns-01@example.com", "--solver", "rfc2136", "--solver-config", config,
		"--resolver", world.Resolver.String(), "--treat-as-public", public,
	}, arg...)...)
}

// delegated are the values that BIND has for the challenge.
func delegated(t *testing.T) []string {
	t.Helper()
	l, fault := (&wire.Net{}).Lookup(t.Context(), probes.Lookup{Name: challengeAt, Type: "TXT", Server: netip.MustParseAddrPort(ns1At + ":53")}, wire.Patience{Try: 2e9, Tries: 3})
	if fault != nil {
		t.Fatalf("BIND does not tell: %+v", fault)
	}
	return policy.TXTValues(l)
}

func TestSolverDelegated(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "named", "unbound") {
		return
	}
	newDelegation(t, "")
	bin := build(t)
	for key, want := range map[string]string{"acme-key": "info[dns01.credentials.scope]", "broad-key": "warning[dns01.credentials.broad]"} {
		for format, proof := range map[string]string{"text": "READY", "json": `"solver"`} {
			t.Run(key+" "+format, func(t *testing.T) {
				b, err := solving(t, bin, key, "--format", format).Output()
				said := string(b)
				if err != nil {
					t.Errorf("exit: %v", err)
				}
				wants := []string{proof, "seen on 1 of 1 servers", "removed"}
				if format == "text" {
					wants = append(wants, want)
				}
				tells(t, said, wants, nil)
				if format == "text" {
					tells(t, said, nil, []string{"NXDOMAIN", "error["})
				}
				if left := delegated(t); len(left) > 0 {
					t.Errorf("left in the zone: %q", left)
				}
			})
		}
	}
}

// A name server that never has the value is waited for, until somebody is tired of it.
func TestSolverInterrupted(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "named", "unbound") {
		return
	}
	newDelegation(t, "@ NS ns2.dns.org.\n")
	c := solving(t, build(t), "acme-key", "--solver-wait", "10m")
	c.Stdout = io.Discard
	var out bytes.Buffer
	stderr, err := c.StderrPipe()
	if err = errors.Join(err, c.Start()); err != nil {
		t.Fatal(err)
	}
	for r, told := bufio.NewScanner(stderr), false; r.Scan(); {
		fmt.Fprintln(&out, r.Text())
		if !told && strings.Contains(r.Text(), " after ") { // a server was asked: the value is written
			told = true
			if len(delegated(t)) == 0 {
				t.Error("the value is not in the zone")
			}
			_ = c.Process.Signal(os.Signal(syscall.SIGINT))
		}
	}
	_ = c.Wait()
	if code, left := c.ProcessState.ExitCode(), delegated(t); code != 130 || len(left) > 0 {
		t.Errorf("exit code %d, want 130; left in the zone: %q\n%s", code, left, out.String())
	}
}
