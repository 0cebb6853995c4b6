package judge_test

// This file makes worlds up for the methods beside http-01, for CAA and for
// several perspectives.

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// makeMethodWorld is the world of a seed.
func makeMethodWorld(seed uint64) string {
	m := &maker{dice: rand.New(rand.NewPCG(seed, 2))} //nolint:gosec // worlds are no secrets
	switch m.n(5) {
	case 0, 1:
		m.txtWorld()
	case 2, 3:
		m.alpnWorld()
	default:
		m.add("challenge http-01 www.example.com")
		m.add("dns www.example.com A 192.0.2.10")
		m.add(`http 192.0.2.10:80 * 200 body="$KA"`)
		m.perspectives("http 192.0.2.10:80 * "+m.of("403", "404", `301 Location="https://$HOST:4434/"`), "tcp 192.0.2.10:80 "+m.of("drop", "refuse", "reset"))
	}
	if m.oneIn(2) {
		m.caaRecords()
	}
	return strings.Join(m.lines, "\n") + "\n"
}

// perspectives adds remote ones, some of which see one of the lines instead.
func (m *maker) perspectives(lines ...string) {
	all := []string{"alfa/ARIN", "bravo/RIPE", "charlie/APNIC", "delta/ARIN", "echo/LACNIC", "foxtrot/AFRINIC"}
	if m.oneIn(8) {
		all = []string{"alfa/ARIN", "bravo/ARIN", "charlie/ARIN", "delta/ARIN", "echo/RIPE"}
	}
	all = all[:min(len(all), 3+m.n(4))]
	m.add("perspectives %s", strings.Join(all, " "))
	line := m.of(lines...)
	for _, p := range all {
		if m.oneIn(4) {
			name, _, _ := strings.Cut(p, "/")
			m.add("from %s %s", name, line)
		}
	}
}

// txtWorld asks for a TXT record.
func (m *maker) txtWorld() {
	method := m.of("dns-01", "dns-01", "dns-01", "dns-account-01", "dns-persist-01")
	name := m.of("www.example.com", "*.example.com", "example.com", "xn--bcher-kva.example.com", "a.b.c.example.co.uk")
	m.add("challenge %s %s", method, name)
	at := map[string]string{"dns-01": "_acme-challenge.$NAME", "dns-account-01": "$LABEL._acme-challenge.$NAME", "dns-persist-01": "_validation-persist.$NAME"}[method]
	if method == "dns-persist-01" {
		for range 1 + m.n(2) {
			m.add(`dns %s TXT "%s"`, at, m.persistValue())
		}
		return
	}
	switch m.n(12) {
	case 0: // nowhere
	case 1:
		m.add(`dns %s TXT "$TXT"`, m.of("_acme-challenge.$NAME.$NAME", "acme-challenge.$NAME", "$NAME", "_acme-challenge._acme-challenge.$NAME", "_acme-challenge.www.$NAME", "_acme-challenge.example.com"))
	case 2:
		m.nameFault(at, m.of("TXT", "ANY"))
		m.add(`dns %s TXT "$TXT"`, at)
	case 3:
		m.add("dns %s CNAME x.target.example.net", at)
		m.add(`dns x.target.example.net %s`, m.of(`TXT "$TXT"`, `TXT "old"`, "A 192.0.2.1", "CNAME "+at, "TXT !rcode SERVFAIL"))
	case 4:
		for range 1 + m.n(30) {
			m.add(`dns %s TXT "%s"`, at, m.txtValue())
		}
	default:
		for range 1 + m.n(2) {
			m.add(`dns %s TXT "%s"`, at, m.txtValue())
		}
	}
	if m.oneIn(6) {
		m.perspectives(fmt.Sprintf(`dns %s TXT "stale"`, at), fmt.Sprintf("dns %s TXT !rcode SERVFAIL", at))
	}
}

func (m *maker) txtValue() string {
	return m.of("$TXT", "$TXT", "$TXT", `\"$TXT\"`, "$TXT ", " $TXT", "$TXT=", "$KA", "$TOKEN", "", "v=spf1 -all", "old",
		"gfj9Xq1uYwqFJvMqJ0l2Vn8h8m4mC3sQk0bRg85nM-A", "$(x*99)", "$(x*100)", "$(x*101)", "$(x*255)", "$(x*256)", `\000\255`, `\027[31m`, "$TXT$TXT", "google-site-verification=x")
}

func (m *maker) persistValue() string {
	issuer := m.of("letsencrypt.org", "letsencrypt.org", "letsencrypt.org", "LetsEncrypt.ORG.", "ca.example", "", "-a-.org")
	return issuer + m.of("; accounturi=$ACCOUNT", "; accounturi=$ACCOUNT", "; accounturi=https://acme-v01.api.letsencrypt.org/acme/reg/123", "; accounturi=", "", ";", "; accounturi") +
		m.of("", "", "; policy=wildcard", "; policy=WILDCARD", "; policy=other", ";", "; =x", "; a=b c", "; persistUntil=1", "; persistUntil=4000000000", "; persistUntil=x", "; accounturi=x")
}

// alpnWorld asks for a handshake on 443.
func (m *maker) alpnWorld() {
	if m.oneIn(8) {
		m.add("challenge tls-alpn-01 %s", m.of("192.0.2.10", "2001:db8::10"))
	} else {
		m.add("challenge tls-alpn-01 www.example.com")
		m.names("www.example.com", 10)
	}
	for _, at := range []string{"192.0.2.10:443", "[2001:db8::10]:443"} {
		switch m.n(8) {
		case 0: // refused
		case 1:
			m.add("tcp %s %s", at, m.bare())
		case 2:
			m.add("http %s * %s", at, m.of("200", "404", "400"))
		default:
			m.add("tls %s cert=%s", at, m.alpnCertificate())
		}
	}
	if m.oneIn(8) {
		m.perspectives("tcp 192.0.2.10:443 refuse", "tls 192.0.2.10:443 cert=self", "tcp [2001:db8::10]:443 drop")
	}
}

func (m *maker) alpnCertificate() string {
	return m.of("acme", "acme", "acme", "acme", "self", "ca", "ca alpn=h2,http/1.1", "self alpn=acme-tls/1", "ca alpn=acme-tls/1", "none", "self min=1.0 max=1.1", fmt.Sprintf("self alert=%d", m.n(128)), "ca clientauth=require", "ca ciphers=rsa", "self sni=other.example.com", "acme sni=none") +
		m.of("", "", "", "", " san=dns:other.example.com", " san=dns:www.example.com,dns:example.com", " san=dns:WWW.example.com", " san=none", " san=ip:192.0.2.10", " san=email:a@example.com,dns:www.example.com", " sanext=critical", " sanext=dup", " cn=www.example.com",
			" acmeid=00", " acmeid=none", " acmeid=dup", " acmecritical=no", " acmeoid=1.3.6.1.5.5.7.1.30.1", " acmeraw=0500", " signer=ca", " signer=renamed", " signer=broken", " extra=1.2.3.4!", " notafter=-1h notbefore=-2h", " key=rsa2048", " key=ed25519", " chain=3", " alpn=none", " min=1.3", " max=1.2")
}

// caaRecords adds records to the name or one above it.
func (m *maker) caaRecords() {
	for range 1 + m.n(3) {
		at := m.of("$NAME", "$NAME", "example.com", "com")
		if m.oneIn(8) {
			m.add("dns %s CAA %s", at, m.of("!rcode SERVFAIL", "!rcode REFUSED", "!rcode NXDOMAIN", "!drop", "!tc", "!rcode SERVFAIL ede=6", "!rcode SERVFAIL ede=7"))
			return
		}
		m.add(`dns %s CAA %s %s "%s"`, at, m.of("0", "0", "0", "128", "1", "2"), m.of("issue", "issue", "issue", "issuewild", "iodef", "issuemail", "ISSUE", "contactemail", "foo"), m.caaValue())
	}
}

func (m *maker) caaValue() string {
	return m.of("letsencrypt.org", "letsencrypt.org", "letsencrypt.org", "ca.example", ";", "", "LetsEncrypt.org", "letsencrypt.org.", " letsencrypt.org ") +
		m.of("", "", "", ";", ";;", "; validationmethods=http-01", "; validationmethods=dns-01", "; validationmethods=tls-alpn-01,dns-01", "; validationmethods=,http-01", "; validationmethods=http-01, dns-01", "; ValidationMethods=dns-01", "; validationmethods=HTTP-01",
			"; accounturi=$ACCOUNT", "; accounturi=https://acme-v01.api.letsencrypt.org/acme/reg/123", "; accounturi=x; accounturi=x", "; accounturi=:", "; a", "; =c", "; a-=b", "; a=b; a=c")
}
