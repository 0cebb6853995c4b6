package generate

// This file makes TXT records for dns-01, dns-account-01 and dns-persist-01.

import "fmt"

func (g *gen) dnsWorld() {
	method := g.pick("dns-01", "dns-01", "dns-account-01", "dns-persist-01", "dns-persist-01")
	if g.chance(0.02) {
		g.question(method, g.pick("192.0.2.1", "2001:db8::1")) // these methods are for names
		return
	}
	name := g.name()
	identifier := name
	if g.chance(0.3) {
		identifier = "*." + name
	}
	g.question(method, identifier)
	if g.chance(0.1) {
		g.line("check %s", g.pick("dcv", "both"))
	}
	g.dns(method, name)
}

// challengeNames are where the methods look, above the name.
var challengeNames = map[string]string{
	"dns-01": "_acme-challenge.", "dns-account-01": "$LABEL._acme-challenge.", "dns-persist-01": "_validation-persist.",
}

// dns puts TXT records where a method looks, or somewhere near.
func (g *gen) dns(method, name string) {
	owner := challengeNames[method] + name
	switch {
	case g.flaw(0.1):
		owner = g.pick(name, "_acme-challenge."+name+"."+name, "x."+owner, "_acme-challenge."+name, "_jo74ejefaduo7m3w._acme-challenge."+name)
	case g.flaw(0.05):
		owner = "*." + name
	case g.flaw(0.03):
		g.line("dns %s DNAME acme.example.net", name)
		owner = challengeNames[method] + "acme.example.net"
	case g.chance(0.25):
		owner = g.aliases(owner, []int{1, 1, 1, 2, 3, 10, 11, 12}[g.IntN(8)])
	}
	count := []int{0, 1, 1, 1, 1, 1, 2, 2, 3, 7}[g.IntN(10)]
	for range count {
		g.line("dns %s TXT %s", owner, g.txt(method))
	}
	if count == 0 {
		g.line("dns %s %s", g.pick(owner, "below."+owner), g.pick("A 192.0.2.1", `CAA 0 iodef "mailto:a@example.com"`, "CNAME nowhere.example.net", "MX 10 mail.example.com"))
	}
	if g.flaw(0.15) {
		g.line("dns %s %s %s", owner, g.pick("TXT", "ANY"), g.fault())
	}
}

// txt is the data of one TXT record.
func (g *gen) txt(method string) string {
	if method == "dns-persist-01" {
		return g.persistTXT()
	}
	if g.calm || g.chance(0.3) {
		return `"$TXT"`
	}
	if g.chance(0.3) { // the CA quotes 100 bytes of what it finds
		return fmt.Sprintf(g.pick(`"$(a*%d)"`, `"$(a*%d)\""`, `"$(a*%d)\200bc"`, `"$(a*40)" "$(b*%d)"`, `"$(a*%d)\\"`), 95+g.IntN(8))
	}
	return g.pick(`"$KA"`, `"$TXT "`, `" $TXT"`, `"$TXT="`, `""`, `"v=spf1 -all"`, `"\"$TXT\""`, `"$(x*254)"`, `"$(x*255)"`, `"$(x*256)"`, `"$(x*300)"`, `"$(x*3000)"`,
		`"a\255\000b"`, `"first" "second"`, `"" "$TXT"`, `"$TXT" ""`, `"$TXT" "$TXT"`, `"tab\009new\010line"`, `"back\\slash"`, `"$TOKEN"`, `"$ALPN"`, `"\195\188\226\152\131"`,
		`"_acme-challenge IN TXT $TXT"`, `$TXT`)
}
