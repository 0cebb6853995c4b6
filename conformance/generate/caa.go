package generate

// This file makes trees of CAA records (RFC 8659, RFC 8657; Boulder va/caa.go).

import (
	"fmt"
	"strings"
)

func (g *gen) caaWorld() {
	if g.chance(0.02) {
		g.question("http-01", g.pick("192.0.2.1", "2001:db8::1")) // CAA is for names
		g.line("check caa")
		return
	}
	name := g.name()
	if g.chance(0.03) {
		name = g.pick("nowhere.test", "a.example.invalid", "com", "example.zz")
	}
	method := g.pick("http-01", "tls-alpn-01", "dns-01", "dns-account-01", "dns-persist-01")
	identifier := name
	if g.chance(0.3) {
		method, identifier = g.pick("dns-01", "dns-account-01", "dns-persist-01"), "*."+name
	}
	g.question(method, identifier)
	g.line("check caa")
	g.caaTree(name, 0.9)
}

// bothWorld is about what comes after domain control.
func (g *gen) bothWorld() {
	g.calm = true
	name := g.anyMethod()
	g.caaTree(name, 0.8)
}

// anyMethod asks for a name by any method, and mostly lets it pass.
func (g *gen) anyMethod() string {
	name := g.name()
	switch method := g.pick("http-01", "http-01", "tls-alpn-01", "dns-01", "dns-account-01", "dns-persist-01"); method {
	case "http-01":
		g.question(method, name)
		g.http(host{name: name})
	case "tls-alpn-01":
		g.question(method, name)
		g.alpn(g.resolve(name), name)
	default:
		g.question(method, g.pick("", "", "*.")+name)
		g.line("dns %s%s TXT %s", challengeNames[method], name, g.txt(method))
	}
	return name
}

// caaTree puts CAA records and faults on a name, with probability p, and on
// its parents, with less.
func (g *gen) caaTree(name string, p float64) {
	for at, above := name, true; above; _, at, above = strings.Cut(at, ".") {
		if !strings.Contains(at, ".") {
			p /= 5 // a TLD
		}
		g.caaSet(at, p)
		p = min(p, 0.4)
	}
}

func (g *gen) caaSet(at string, p float64) {
	if !g.chance(p) {
		if g.chance(p / 3) {
			g.line("dns %s %s %s", at, g.pick("CAA", "CAA", "CAA", "ANY"), g.fault())
		}
		return
	}
	if g.chance(0.1) && !strings.Contains(g.text.String(), "dns "+at+" ") { // a CNAME stands alone
		at = g.aliases(at, []int{1, 2, 11, 12}[g.IntN(4)])
	}
	for range 1 + g.IntN(3) {
		g.line("dns %s CAA %s", at, g.caa())
	}
	if g.flaw(0.06) {
		g.line("dns %s CAA %s", at, g.fault())
	}
}

// caa is the data of one record.
func (g *gen) caa() string {
	flag := "0"
	if g.chance(0.3) {
		flag = g.number(128, 128, 1, 2, 3, 64, 129, 255)
	}
	tag := g.pick("issue", "issuewild")
	if g.chance(0.3) {
		tag = g.pick("issue", "Issue", "ISSUEWILD", "issueWild", "iodef", "issuemail", "issuevmc", "foo", "contactemail", "contactphone", "auth", "path")
	}
	return fmt.Sprintf(`%s %s "%s"`, flag, tag, g.caaValue())
}

func (g *gen) caaValue() string {
	value := "letsencrypt.org"
	if g.chance(0.35) {
		value = g.pick("ca.example", "", " ", "LetsEncrypt.org", "letsencrypt.org.", " letsencrypt.org ", `\009letsencrypt.org`, "letsencrypt.org ca.example", "%", "mailto:a@example.com",
			"www.letsencrypt.org", `letsencrypt.org\000`, "letsencrypt.org,ca.example", `\"letsencrypt.org\"`)
	}
	for range []int{0, 0, 0, 1, 1, 1, 2, 3}[g.IntN(8)] {
		value += g.pick(";", "; ", " ; ", `;\009`) + g.caaParameter()
	}
	return value + g.pick("", "", "", "", "", ";", "; ", ";;", " ")
}

func (g *gen) caaParameter() string {
	switch g.IntN(4) {
	case 0:
		return g.pick("validationmethods", "validationmethods", "validationmethods", "ValidationMethods") + "=" +
			g.pick("http-01", "dns-01,http-01", "http-01,dns-01,tls-alpn-01", "dns-account-01,dns-persist-01", "dns-01, http-01", "tls-alpn-01", "none", "", ",http-01", "http-01,", ",", "HTTP-01", "DNS-01",
				"http_01,http-01", "http-01,http_01", "dns-01,dns-01", "ca-custom,dns-01", "dns-01,,http-01", "http-01;dns-01")
	case 1:
		return g.pick("accounturi", "accounturi", "accounturi", "AccountURI") + "=" +
			g.pick("$ACCOUNT", "$ACCOUNT", "$ACCOUNT", "https://acme-v01.api.letsencrypt.org/acme/reg/123", "https://acme-v02.api.letsencrypt.org/acme/acct/124", "https://ca.example/", "", "%zz", ":",
				"$ACCOUNT/", "HTTPS://acme-v02.api.letsencrypt.org/acme/acct/123", "$ACCOUNT?x", "https://acme-v02.api.letsencrypt.org/acme/acct/0123", "http://[::1", "x")
	case 2:
		return g.pick("a=b", "a=", "a-b=c", "a--b=c", "A1=b", "a=b=c", "a=!~", "1=2", "cansignhttpexchanges=yes")
	}
	return g.pick("=b", "=", "a", "", " ", "a=b c", "a-=b", "-a=b", "a_b=c", `a=\195\188`, `\195\188=a`, `a=\127`, "a =b", "a= b", `a=\009b`, `a=\"b\"`)
}
