package generate

// This file makes TLS servers for tls-alpn-01 (RFC 8737, RFC 8738).

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

func (g *gen) alpnWorld() {
	h := host{name: g.name()}
	identifier := h.name
	switch r := g.IntN(20); {
	case r < 3:
		h = literal(g.pick(g.freshV4(), g.freshV6()))
		identifier = strings.Trim(h.name, "[]")
	case r < 4:
		identifier = g.pick("10.0.0.1", "fd00::1", "8.8.8.8", "*."+h.name)
	}
	g.question("tls-alpn-01", identifier)
	if g.chance(0.1) {
		g.line("check %s", g.pick("dcv", "both"))
	}
	if identifier == h.name {
		h = g.resolve(h.name)
	}
	g.alpn(h, identifier)
}

// alpn puts challenge servers on all addresses of a host.
func (g *gen) alpn(h host, identifier string) {
	for _, addr := range h.addresses() {
		spoil := 0.1
		if addr == h.v6 {
			spoil = 0.4
		}
		if g.spoiled(addr, "443", spoil) {
			continue
		}
		ap := at(addr, "443")
		switch {
		case g.flaw(0.08):
			g.line("%s", g.pick("http "+ap+" * 200", "tls "+ap+" "+g.alert(), "tls "+ap+" cert=none", "tls "+ap+" cert=self", "tls "+ap+" cert=ca", "tls "+ap+" cert=self alpn=acme-tls/1",
				"tls "+ap+" cert=acme ciphers=rsa", "tls "+ap+" cert=acme clientauth=require max=1.2"))
		case g.flaw(0.05): // a server for somebody else comes first
			g.line("tls %s cert=acme sni=other.example.com", ap)
			g.line("tls %s cert=acme sni=%s", ap, g.pick(serverName(identifier), "none", "third.example.com"))
		default:
			g.line("tls %s cert=acme%s", ap, g.alpnOptions())
		}
	}
}

// serverName is the SNI for an identifier (RFC 8738 §6).
func serverName(identifier string) string {
	a, err := netip.ParseAddr(identifier)
	if err != nil {
		return identifier
	}
	labels, zone := []string{}, "in-addr.arpa"
	for _, b := range a.AsSlice() {
		if a.Is4() {
			labels = append(labels, fmt.Sprint(b))
		} else {
			labels = append(labels, fmt.Sprintf("%x", b>>4), fmt.Sprintf("%x", b&15))
		}
	}
	if a.Is6() {
		zone = "ip6.arpa"
	}
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "." + zone
}

// alpnOptions are what is unusual about a challenge certificate and its
// server, some fatal, some not.
func (g *gen) alpnOptions() string {
	options := ""
	if !g.flaw(0.75) {
		return options
	}
	for range []int{1, 1, 1, 2, 2, 3}[g.IntN(6)] {
		o := g.alpnOption()
		key, _, _ := strings.Cut(o, "=")
		if !strings.Contains(options, " "+key+"=") {
			options += " " + o
		}
	}
	return options
}

func (g *gen) alpnOption() string {
	switch g.IntN(6) {
	case 0:
		return g.pick("signer=ca", "signer=renamed", "signer=broken", "chain=2", "chain=3", "notbefore=-48h notafter=-1h", "notbefore=24h notafter=48h", "cn=$NAME", "cn=Some.Name", "cn=zz.example.com",
			"key=p384", "key=rsa2048", "key=ed25519")
	case 1:
		return "san=" + g.pick("dns:$NAME,dns:x.example.com", "dns:$NAME,dns:$NAME", "dns:other.example.com", "none", "dns:$NAME,email:a@example.com", "dns:$NAME,uri:https://example.com/",
			"email:a@example.com", "ip:192.0.2.1", "dns:$NAME,ip:192.0.2.1", "ip:192.0.2.1,ip:192.0.2.2", "ip:2001:db8::1", "dns:$NAME.", "dns:192.0.2.61", "dns:*.$NAME",
			"dns:EXAMPLE.com", "dns:WWW.example.com", "dns:"+g.pick("example.com", "www.example.com", "x.dev"), "dns:", `"dns:b\xfccher"`)
	case 2:
		return g.pick("sanext=critical", "sanext=dup", "acmecritical=no", "acmeid=none", "acmeid=dup", "acmeoid=1.3.6.1.5.5.7.1.30.1", "acmeoid=1.3.6.1.5.5.7.1.30",
			"extra=1.2.3.4", "extra=1.2.3.4!", "extra=2.5.29.17", "extra=1.3.6.1.5.5.7.1.31", "extra=1.3.6.1.5.5.7.1.31!", "extra=2.5.29.19!", "extra=2.5.29.15!")
	case 3:
		return "acmeid=" + g.pick("$(ab*32)", "$(ab*31)", "$(ab*33)", "$(00*32)", "$ALPN$(00*1)", "$ALPN$ALPN", "00")
	case 4: // an OCTET STRING of 32 bytes, and near misses
		return "acmeraw=" + g.pick("0420$ALPN", "0420$ALPN$(00*1)", "0421$ALPN$(00*1)", "048120$ALPN", "04820020$ALPN", "0320$ALPN", "2420$ALPN", "$ALPN", "04", "0400", "041f$(ab*31)", "05", "0420$(ab*32)")
	}
	return g.pick("min=1.3", "max=1.2", "min=1.0 max=1.1", "alpn=none", "alpn=h2", "alpn=h2,acme-tls/1", "alpn=acme-tls/1,h2", "alpn=acme-tls/2", "clientauth=require", "sni=$NAME", "sni=other.example.com", "sni=none")
}
