package generate

// This file makes worlds that look different from different places.

import (
	"fmt"
	"strings"
)

func (g *gen) mpicWorld() {
	g.calm = true
	remotes := g.remotes()
	name, trouble := g.contested()
	if g.chance(0.25) {
		g.caaTree(name, 0.4)
	}
	if g.chance(0.06) { // the same for all: mostly the primary decides
		return
	}
	who := g.IntN(4)
	if who == 0 {
		return
	}
	// One trouble for all of them: whichever fails first, the text is the same.
	g.line("from %s %s", g.some(remotes, who), trouble)
}

// remotes writes the perspectives: too few, enough, and in too few regions.
func (g *gen) remotes() []string {
	names := []string{"alfa", "bravo", "charlie", "delta", "echo", "foxtrot"}[:[]int{3, 4, 4, 4, 5, 5, 6, 6}[g.IntN(8)]]
	regions := [][]string{{"ARIN", "RIPE", "APNIC", "LACNIC", "AFRINIC"}, {"ARIN", "RIPE"}, {"ARIN", "ARIN", "ARIN", "RIPE"}, {"APNIC"}}[g.IntN(4)]
	var words []string
	for _, n := range names {
		words = append(words, n+"/"+g.pick(regions...))
	}
	g.line("perspectives %s", strings.Join(words, " "))
	return names
}

// some are n of the remotes; or all of them, or the primary, now and then.
func (g *gen) some(remotes []string, n int) string {
	if g.chance(0.15) {
		return g.pick("remotes", "Primary")
	}
	var out []string
	for _, i := range g.Perm(len(remotes))[:n] {
		out = append(out, remotes[i])
	}
	return strings.Join(out, ",")
}

// contested asks for a name, lets it pass, and returns a statement that
// contests that where it holds.
func (g *gen) contested() (name, trouble string) {
	switch g.IntN(5) {
	case 0:
		method := g.pick("dns-01", "dns-account-01", "dns-persist-01")
		name = g.name()
		g.question(method, g.pick("", "*.")+name)
		owner := challengeNames[method] + name
		g.line("dns %s TXT %s", owner, g.txt(method))
		return name, fmt.Sprintf("dns %s TXT %s", owner, g.pick(`"stale"`, "!none", "!rcode SERVFAIL", "!rcode REFUSED ede=18", "!tc", "!delay 200ms"))
	case 1:
		name, addr := g.server("tls-alpn-01")
		g.line("tls %s:443 cert=acme", addr)
		return name, g.pick(
			fmt.Sprintf("tls %s:443 %s", addr, g.pick("cert=self", "cert=acme acmeid=$(cd*32)", "cert=acme alpn=none", "cert=acme alpn=h2", "alert=80", "cert=acme chain=2")), g.blocked(addr, "443"))
	case 2:
		name = g.name()
		g.question(g.pick("dns-01", "http-01"), name)
		g.line("check caa")
		g.caaTree(name, 0.2)
		return name, fmt.Sprintf("dns %s CAA %s", name, g.pick(`0 issue "ca.example"`, "!rcode SERVFAIL", "!none", `0 issue ";"`, "!tc", `128 foo "x"`))
	}
	name, addr := g.server("http-01")
	g.line(`http %s:80 * 200 body="$KA"`, addr)
	return name, g.pick(
		fmt.Sprintf("http %s:80 * %s", addr, g.pick("403", "404", `200 body="$KA"`, `200 body="$KA" pad=129`, `200 body="blocked"`, `302 Location="http://10.0.0.1/"`, `302 Location="/x"`,
			`302 Location="http://user:pass@nx.example.org/"`)),
		g.blocked(addr, "80"),
		fmt.Sprintf("dns %s A %s", name, g.pick("!none", "203.0.113.250", "!rcode SERVFAIL", "!rcode NXDOMAIN ede=15", "10.0.0.1")))
}

// server asks for a name with one address, where its server is to be put.
func (g *gen) server(method string) (name, addr string) {
	name, addr = g.name(), g.freshV4()
	g.question(method, name)
	g.line("dns %s A %s", name, addr)
	if g.wait(0.5) {
		// A black hole costs half of the time that the remotes have.
		black := g.freshV6()
		g.line("dns %s AAAA %s", name, black)
		g.line("tcp %s drop", black)
	}
	return name, addr
}

// blocked is what a firewall does to an address, or to a port.
func (g *gen) blocked(addr, port string) string {
	if g.wait(0.7) {
		return "tcp " + addr + " drop"
	}
	return "tcp " + addr + ":" + port + " " + g.pick("refuse", "refuse", "reset", "close", "netunreach", "hostunreach", "prohibited")
}
