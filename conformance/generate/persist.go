package generate

// This file makes values of dns-persist-01, with every branch of their grammar
// (draft-ietf-acme-dns-persist; Boulder va/dns.go parseDNSPersistIssueValues).

import (
	"fmt"
	"strings"
)

// persistTXT is a value as zone-file text.
func (g *gen) persistTXT() string {
	if g.calm {
		return `"letsencrypt.org; accounturi=$ACCOUNT; policy=wildcard"`
	}
	if g.chance(0.05) { // no value at all
		return g.pick(`""`, `";"`, `"accounturi=$ACCOUNT"`, `"$TXT"`, `" "`, `"letsencrypt.org accounturi=$ACCOUNT"`, `"letsencrypt.org,accounturi=$ACCOUNT"`)
	}
	parts := []string{g.persistIssuer()}
	if g.chance(0.9) {
		parts = append(parts, g.persistAccount())
	}
	for range []int{0, 0, 1, 1, 2, 3}[g.IntN(6)] {
		parts = append(parts, g.persistParameter())
	}
	if g.chance(0.1) {
		g.Shuffle(len(parts)-1, func(i, j int) { parts[i+1], parts[j+1] = parts[j+1], parts[i+1] })
	}
	return `"` + strings.Join(parts, g.pick("; ", "; ", ";", ` ;\009`, ";  ")) + g.pick("", "", "", "", "", "", ";", " ", "; ") + `"`
}

// persistIssuer is mostly ours: Boulder normalises it.
func (g *gen) persistIssuer() string {
	if g.chance(0.6) {
		return "letsencrypt.org"
	}
	return g.pick("LetsEncrypt.org", "letsencrypt.org.", "letsencrypt.org..", " letsencrypt.org", `\009letsencrypt.org`, "", "ca.example", "xn--letsencrypt-.org", "-letsencrypt.org",
		`b\195\188cher.example`, `let\194\173sencrypt.org`, `\239\188\172etsencrypt.org`, "letsencrypt.org/x", `letsencrypt\255.org`, "$(a*64).org", "$(a.*126)org", "www.letsencrypt.org")
}

func (g *gen) persistAccount() string {
	if g.chance(0.75) {
		return g.pick("accounturi=$ACCOUNT", "accounturi=$ACCOUNT", "accounturi=$ACCOUNT", "AccountURI=$ACCOUNT", "accounturi =$ACCOUNT", "accounturi= $ACCOUNT", `accounturi=\009$ACCOUNT`)
	}
	return g.pick("accounturi=", "accounturi", "accounturi=https://ca.example/1", "accounturi=$ACCOUNT/", "accounturi=$(x*100)", `accounturi=a\034b`, "accounturi=$ACCOUNT$ACCOUNT",
		"accounturi=https://acme-v01.api.letsencrypt.org/acme/reg/123", "accounturi==$ACCOUNT", "accounturi=HTTPS://acme-v02.api.letsencrypt.org/acme/acct/123")
}

func (g *gen) persistParameter() string {
	switch g.IntN(4) {
	case 0:
		return g.pick("policy=wildcard", "policy=wildcard", "policy=Wildcard", "policy=WILDCARD", "policy=no", "policy=", "Policy=wildcard", "policy=wild card", "policy=wildcard-x")
	case 1:
		return "persist" + g.pick("Until", "until", "UNTIL") + "=" + g.persistUntil()
	case 2: // tags that nobody knows may be repeated
		return g.pick("foo=bar", "foo=baz", "foo=", "FOO=bar", "a_b=c", "a-=c", `a\195\188=c`, "x y=z", "accounturis=x")
	}
	return g.pick("foo", "=a", "=", "", " ", "a=b c", `a=\127`, `a=\195\188`, `a=\009`, "accounturi=x", "accounturi=$ACCOUNT", `a=\"b\"`, `a=b\\c`, "a=b=c", `a=\000`, `\000=a`)
}

// persistUntil is nowhere near the present, whatever that is.
func (g *gen) persistUntil() string {
	return g.pick("4000000000", "4000000000", "+4000000000", "04000000000", "1000000000", "1000000000", "0", "-1", "-0", "-62135596801", "253402300800", fmt.Sprint(1<<40),
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "x", "", "0x10", "1e9", "4_000_000_000", "4000000000.5", "2040-01-01T00:00:00Z", `\2354000000000`)
}
