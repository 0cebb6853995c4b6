package lab_test

// Where acmecheck stands decides what it may say: only a look that crossed the
// way in from outside says how a CA fares, and what fails on this machine says
// nothing about anybody.

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// standings are looks at the same server, which holds the token.
var standings = []struct {
	name  string
	build func(t *testing.T, s *street) // changes the street
	from  func(s *street) host
	flags string
	name6 bool // the name has an IPv6 address too
	code  int
	want  string
}{
	{name: "outside", from: client, name6: true, code: 0, want: " READY\n"},
	{name: "outside, IPv4 only", from: client, code: 0, want: " READY\n"},

	{name: "the server itself", from: server, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "the server itself, IPv6", from: server, name6: true, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "the server itself, allowed", from: server, flags: "--allow-inconclusive", code: 0, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "a neighbour of the server", build: neighbour, from: client, code: 3, want: "CANNOT TELL[vantage.inside.only]"},

	{name: "NAT, outside", build: hairpin, from: client, code: 0, want: " READY\n"},
	{name: "NAT, inside", build: hairpin, from: neighbor, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "NAT, inside the server", build: hairpin, from: server, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "NAT without hairpin, outside", build: refusedInside, from: client, code: 0, want: " READY\n"},
	{name: "NAT without hairpin, refused inside", build: refusedInside, from: neighbor, code: 3, want: "CANNOT TELL[net.nat.hairpin]"},
	{name: "NAT with half a hairpin, inside", build: halfHairpin, from: neighbor, code: 3, want: "CANNOT TELL[net.nat.hairpin]"},
	{name: "NAT with a page of the router, inside", build: routerPage, from: neighbor, code: 3, want: "CANNOT TELL[net.nat.hairpin]"},
	{name: "NAT with a page of the router, outside", build: routerPage, from: client, code: 0, want: " READY\n"},

	{name: "router drops", build: dropped, from: client, code: 1, want: "error[net.connect.timeout]"},
	{name: "router drops, the server itself", build: dropped, from: server, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "router rejects", build: rejected, from: client, code: 1, want: "error[net.connect.rejected]"},
	{name: "router rejects, IPv6", build: rejected, from: client, name6: true, code: 1, want: "error[net.connect.rejected]"},
	{name: "router rejects, the server itself", build: rejected, from: server, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "host drops", build: hostDrops, from: client, code: 1, want: "error[net.connect.timeout]"},
	{name: "host drops, the server itself", build: hostDrops, from: server, code: 3, want: "CANNOT TELL[vantage.inside.only]"},
	{name: "host drops even its own", build: hostDropsAll, from: server, code: 1, want: "error[net.connect.timeout]"},

	{name: "no IPv6 here", build: without6, from: client, name6: true, code: 0, want: "warning[local.ipv6.missing]"},
	{name: "no IPv6 here, required", build: without6, from: client, name6: true, flags: "--require-ipv6", code: 3, want: "CANNOT TELL[local.ipv6.missing]"},
	{name: "IPv6 off here", build: off6, from: client, name6: true, code: 0, want: "warning[local.ipv6.missing]"},
	{name: "no IPv6 here, none needed", build: without6, from: client, flags: "--require-ipv6", code: 0, want: " READY\n"},

	{name: "no network here", build: without, from: client, name6: true, code: 3, want: "CANNOT TELL[local.network.missing]"},
	{name: "no route here but to the resolver", build: onlyResolver, from: client, name6: true, code: 3, want: "CANNOT TELL[local.route.missing]"},
	{name: "an unreachable route here", build: route("unreachable"), from: client, code: 3, want: "CANNOT TELL[local.route.missing]"},
	{name: "a prohibited route here", build: route("prohibit"), from: client, code: 3, want: "CANNOT TELL[local."},
	{name: "a black hole here", build: route("blackhole"), from: client, code: 3, want: "CANNOT TELL[local."},
	{name: "a firewall here rejects", build: rejectedHere, from: client, code: 3, want: "CANNOT TELL[local."},
}

func client(s *street) host   { return s.client }
func server(s *street) host   { return s.server }
func neighbor(s *street) host { return s.neighbour }

func TestStanding(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft") {
		return
	}
	bin := build(t)
	for _, tt := range standings {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // what is dropped takes 10 s to see
			dns := "challenge http-01 " + fixed + "\ndns " + fixed + " A " + server4 + "\n"
			if tt.name6 {
				dns += "dns " + fixed + " AAAA " + server6 + "\n"
			}
			s := newStreet(t, dns)
			if tt.build != nil {
				tt.build(t, &s)
			}
			dir := t.TempDir()
			s.server.serve(t, ":80", http.FileServer(http.Dir(dir)))
			arg := append(strings.Fields(tt.flags), "--webroot", dir, "http-01@"+fixed)
			if out, code := tt.from(&s).acmecheck(t, bin, arg...); code != tt.code || !strings.Contains(out, tt.want) {
				t.Errorf("exit code %d, want %d and %q in:\n%s", code, tt.code, tt.want, out)
			}
		})
	}
}

// neighbour moves the client onto the server's segment.
func neighbour(t *testing.T, s *street) {
	t.Helper()
	s.router.ip(t, "link add bridge type bridge", "link set bridge up", "link set client master bridge", "link set server master bridge",
		"addr flush dev client", "addr flush dev server", "addr add 203.0.113.1/24 dev bridge")
	s.client.ip(t, "addr flush dev eth0", "addr add 203.0.113.20/24 dev eth0", "route add default via 203.0.113.1")
}

// nat makes the server's place a router with the server behind it, and a
// neighbour beside that.
func nat(t *testing.T, s *street, inbound, outbound string) {
	t.Helper()
	home := s.server
	if _, err := os.Stat("/proc/sys/net/bridge"); err == nil { // it leads back through the router what passes it by
		home.set(t, "bridge/bridge-nf-call-iptables", "0")
	}
	s.home, s.server, s.neighbour = home, newHost(t, "server"), newHost(t, "neighbour")
	cable{home, s.server, "server", "eth0 192.168.1.10/24"}.lay(t)
	cable{home, s.neighbour, "neighbour", "eth0 192.168.1.20/24"}.lay(t)
	home.ip(t, "link add bridge type bridge", "link set bridge up", "link set server master bridge", "link set neighbour master bridge", "addr add 192.168.1.1/24 dev bridge")
	s.server.ip(t, "route add default via 192.168.1.1")
	s.neighbour.ip(t, "route add default via 192.168.1.1")
	home.filter(t, "ip", `
chain inbound { type nat hook prerouting priority dstnat
`+inbound+` ip daddr `+server4+` tcp dport 80 dnat to 192.168.1.10
}
chain outbound { type nat hook postrouting priority srcnat
oifname eth0 masquerade
`+outbound+`
}`)
}

// hairpin is a router that leads connections from inside back in.
func hairpin(t *testing.T, s *street) {
	t.Helper()
	nat(t, s, "", "ip saddr 192.168.1.0/24 ip daddr 192.168.1.10 masquerade")
}

// halfHairpin leads them to the server, which answers past the router.
func halfHairpin(t *testing.T, s *street) {
	t.Helper()
	nat(t, s, "", "")
}

// refusedInside takes them for its own.
func refusedInside(t *testing.T, s *street) {
	t.Helper()
	nat(t, s, "iifname eth0", "")
}

// routerPage answers them with a page of its own.
func routerPage(t *testing.T, s *street) {
	t.Helper()
	refusedInside(t, s)
	s.home.serve(t, ":80", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html><title>FRITZ!Box</title>"))
	}))
}

func dropped(t *testing.T, s *street) {
	t.Helper()
	s.router.filter(t, "inet", "chain through { type filter hook forward priority 0\ntcp dport 80 ct state new drop\n}")
}

func rejected(t *testing.T, s *street) {
	t.Helper()
	s.router.filter(t, "inet", "chain through { type filter hook forward priority 0\ntcp dport 80 reject with icmpx type admin-prohibited\n}")
}

func hostDrops(t *testing.T, s *street) {
	t.Helper()
	s.server.filter(t, "inet", "chain in { type filter hook input priority 0\niifname lo accept\ntcp dport 80 drop\n}")
}

func hostDropsAll(t *testing.T, s *street) {
	t.Helper()
	s.server.filter(t, "inet", "chain in { type filter hook input priority 0\ntcp dport 80 drop\n}")
}

func without6(t *testing.T, s *street) {
	t.Helper()
	s.client.ip(t, "route del ::/0 via 2001:db8:a::1", "addr del 2001:db8:a::10/64 dev eth0")
}

func off6(t *testing.T, s *street) {
	t.Helper()
	s.client.set(t, "ipv6/conf/all/disable_ipv6", "1")
}

func without(t *testing.T, s *street) {
	t.Helper()
	s.client.ip(t, "route del ::/0 via 2001:db8:a::1", "route del default via 198.51.100.1")
}

func onlyResolver(t *testing.T, s *street) {
	t.Helper()
	without(t, s)
	s.client.ip(t, "route add 192.0.2.53 via 198.51.100.1")
}

// route is a route of this machine that leads nowhere.
func route(kind string) func(t *testing.T, s *street) {
	return func(t *testing.T, s *street) {
		t.Helper()
		s.client.ip(t, "route add "+kind+" 203.0.113.0/24")
	}
}

func rejectedHere(t *testing.T, s *street) {
	t.Helper()
	s.client.filter(t, "inet", "chain out { type filter hook output priority 0\ntcp dport 80 reject with icmpx type admin-prohibited\n}")
}

// The second screen of story 1 (reference/stories.md), word for word: on the
// server itself, with its answer put right and the firewall still closed.
func TestStoryFromInside(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft") {
		return
	}
	s := newStreet(t, "challenge http-01 rdsgw4.example.org\ndns rdsgw4.example.org A "+server4+"\n")
	dropped(t, &s)
	s.server.serve(t, ":80", http.NotFoundHandler())
	out, code := s.server.acmecheck(t, build(t), "http-01@rdsgw4.example.org")
	out = regexp.MustCompile(`, \d+\.\d s\.`).ReplaceAllString(out, ", 0.0 s.")
	const want = `CANNOT TELL[vantage.inside.only]: port 80 answers, but 203.0.113.10 is this machine: no firewall was crossed
  --> 203.0.113.10
   |  outbound works; new connections from outside were not seen
  why: The CA does not answer your client on its connection; it opens new ones to your server,
       from outside. From here no firewall was crossed.
  settle it: acmecheck rehearse http-01@rdsgw4.example.org --ca staging    has the CA look; or acmecheck http-01@rdsgw4.example.org from outside
  more:  acmecheck explain vantage.inside.only
         acmecheck explain port-80
Cannot tell. 0 errors, 0 warnings, 0.0 s. Rules: letsencrypt@v0.20261105.0, read 2026-11-21.
`
	if code != 3 || out != want {
		t.Errorf("exit code %d:\n%s\nwant 3:\n%s", code, out, want)
	}
}
