package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// gen is the state of one world's making.
type gen struct {
	*rand.Rand
	text  strings.Builder
	made  int               // fresh names and addresses
	ports map[string]string // what stands on an ADDR:PORT, or what a whole ADDR does
	slow  bool              // one wait is still allowed
	calm  bool              // few faults, so that something else decides
}

func (g *gen) line(format string, a ...any) { fmt.Fprintf(&g.text, format+"\n", a...) }

// chance is true with probability p.
func (g *gen) chance(p float64) bool { return g.Float64() < p }

// flaw is chance for what breaks a validation.
func (g *gen) flaw(p float64) bool {
	if g.calm {
		p /= 8
	}
	return g.chance(p)
}

// wait is chance for what makes the CA wait; it is true once in a slow world.
func (g *gen) wait(p float64) bool {
	if g.slow && g.chance(p) {
		g.slow = false
		return true
	}
	return false
}

func (g *gen) pick(s ...string) string { return s[g.IntN(len(s))] }

// number is one of the numbers, as text.
func (g *gen) number(n ...int) string { return fmt.Sprint(n[g.IntN(len(n))]) }

// fresh is a number that was not used before in this world.
func (g *gen) fresh() int {
	g.made++
	return g.made
}

func (g *gen) freshV4() string {
	return fmt.Sprintf("%s.%d", g.pick("192.0.2", "198.51.100", "203.0.113"), 60+g.fresh())
}

func (g *gen) freshV6() string { return fmt.Sprintf("2001:db8::%x", 0x100+g.fresh()) }

// name is a name to validate. CAs get them in lower case.
func (g *gen) name() string {
	return g.pick("example.com", "www.example.com", "a.b.example.org", "shop.example.co.uk", "xn--bcher-kva.example.net", "x.dev",
		"deep.er.than.most.example.com", "under_score.example.io")
}

// question writes what is asked, with a token and an account of its own now
// and then.
func (g *gen) question(method, identifier string) {
	g.line("challenge %s %s", method, identifier)
	if g.chance(0.1) {
		g.line("account https://acme-v02.api.letsencrypt.org/acme/acct/%d", 1+g.IntN(2_000_000_000))
	}
	if g.chance(0.05) {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		token := make([]byte, 43)
		for i := range token {
			token[i] = alphabet[g.IntN(len(alphabet))]
		}
		g.line("token %s", token)
	}
}

// A host is a name, or an address, and the addresses to put servers on.
type host struct {
	name   string // as in a URL
	v6, v4 string // those that are used first; may be empty
}

func (h host) addresses() []string {
	var out []string
	for _, a := range []string{h.v6, h.v4} {
		if a != "" {
			out = append(out, a)
		}
	}
	return out
}

// literal is the host of an address.
func literal(addr string) host {
	if strings.Contains(addr, ":") {
		return host{name: "[" + addr + "]", v6: addr}
	}
	return host{name: addr, v4: addr}
}

// at is ADDR:PORT.
func at(addr, port string) string { return literal(addr).name + ":" + port }

// aliases puts CNAMEs at a name and returns where they end.
func (g *gen) aliases(owner string, n int) string {
	for range n {
		next := fmt.Sprintf("alias%d.example.net", g.fresh())
		g.line("dns %s CNAME %s", owner, next)
		owner = next
	}
	return owner
}

// resolve gives a name addresses, behind aliases and faults now and then.
func (g *gen) resolve(name string) host {
	h := host{name: name}
	owner := name
	switch {
	case g.chance(0.12):
		owner = g.aliases(name, 1+g.IntN(3))
	case g.flaw(0.02): // the resolver follows 11
		owner = g.aliases(name, 10+g.IntN(3))
	}
	kind := g.IntN(20)
	switch {
	case kind < 8 || g.calm && kind >= 16:
		h.v4 = g.freshV4()
	case kind < 16:
		h.v4, h.v6 = g.freshV4(), g.freshV6()
	case kind < 18:
		h.v6 = g.freshV6()
	default:
		g.line("dns %s %s", owner, g.pick("A 10.0.0.1", "A 127.0.0.1", "A 100.64.0.7", "A 8.8.8.8", "A 0.0.0.0", "AAAA fd00::1", "AAAA ::1",
			"AAAA ::ffff:192.0.2.1", "AAAA 2606:4700::1", "A 192.88.99.1", "A 198.18.0.1", "A 224.0.0.1", "AAAA fe80::1", "AAAA 64:ff9b::1", `TXT "no addresses"`))
	}
	g.publish(owner, h)
	if g.flaw(0.12) {
		g.line("dns %s %s %s", owner, g.pick("A", "AAAA", "ANY"), g.fault())
	}
	return h
}

// publish writes the address records of a host, and some that do not count.
func (g *gen) publish(owner string, h host) {
	if h.v4 != "" {
		if g.chance(0.08) {
			g.line("dns %s A 10.9.8.7", owner) // dropped, so the next one is the first
		}
		g.line("dns %s A %s", owner, h.v4)
		if g.chance(0.1) {
			g.line("dns %s A %s", owner, g.freshV4()) // never tried
		}
	}
	if h.v6 != "" {
		g.line("dns %s AAAA %s", owner, h.v6)
		if g.chance(0.05) {
			g.line("dns %s AAAA %s", owner, g.freshV6())
		}
	}
}

// fault is what may go wrong with a lookup.
func (g *gen) fault() string {
	if g.wait(0.3) {
		return g.pick("!drop", "!delay 1500ms", "!delay 4s")
	}
	switch g.IntN(6) {
	case 0:
		return "!rcode " + g.pick("SERVFAIL", "REFUSED", "NOTIMP", "FORMERR", "NXDOMAIN", "YXDOMAIN", "NOTAUTH", "NXRRSET", "BADSIG", "NOTZONE")
	case 1:
		return fmt.Sprintf("!rcode SERVFAIL ede=%d", g.IntN(32))
	case 2:
		return fmt.Sprintf("!rcode %s ede=%d:%s", g.pick("SERVFAIL", "NXDOMAIN", "REFUSED"), g.IntN(27),
			g.pick(`"no key"`, `"timeout at 198.51.100.1"`, `"a \"quoted\" word"`, `""`, `"f\u00fcr \u2603"`, `"signature crypto failed for example.com."`))
	case 3:
		return "!tc"
	case 4:
		return fmt.Sprintf("!delay %dms", 20+10*g.IntN(30))
	}
	return "!rcode SERVFAIL"
}

// dead makes a whole address unreachable; most refuse, which takes no line.
func (g *gen) dead(addr string) {
	kind := g.pick("refuse", "refuse", "refuse", "refuse", "netunreach", "hostunreach", "prohibited")
	if g.wait(0.5) {
		kind = "drop"
	}
	if kind != "refuse" {
		g.line("tcp %s %s", addr, kind)
	}
	g.ports[addr] = kind
}
