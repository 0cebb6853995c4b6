package judge_test

// This file makes worlds up: random, but weighted to the edges that the
// recorded worlds are about. A world is a function of its seed, so a crasher
// is a number.

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A maker writes one world.
type maker struct {
	dice  *rand.Rand
	lines []string
}

// n draws a number below k, of draws a choice, and oneIn is true once in k times.
func (m *maker) n(k int) int                 { return m.dice.IntN(k) }
func (m *maker) of(choices ...string) string { return choices[m.n(len(choices))] }
func (m *maker) oneIn(k int) bool            { return m.n(k) == 0 }

func (m *maker) add(format string, a ...any) {
	m.lines = append(m.lines, fmt.Sprintf(format, a...))
}

// makeWorld is the world of a seed.
func makeWorld(seed uint64) string {
	m := &maker{dice: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // worlds are no secrets
	if m.oneIn(24) {
		m.oddName()
	} else {
		m.add("challenge http-01 www.example.com")
		m.names("www.example.com", 10)
	}
	m.server(":80", 10)
	if m.oneIn(3) {
		m.server(":80", 11)
	}
	m.https(10)
	m.names("target.example.net", 20)
	m.server(":80", 20)
	m.https(20)
	return strings.Join(m.lines, "\n") + "\n"
}

// oddName asks for something that is no plain name.
func (m *maker) oddName() {
	name := m.of("192.0.2.10", "2001:db8::10", "10.0.0.1", "127.0.0.1", "fe80::1%eth0", "::ffff:192.0.2.10", "router.local", "localhost",
		"WWW.example.com", "www.example.com.", "a_b.example.com", "*.example.com", "bücher.example.com", "xn--bcher-kva.example.com",
		"www..example.com", "user@example.com", `"www example.com"`, "$(a*64).example.com", "com", "8.8.8.8", "example.com:80", "a/b.example.com", "a?b.example.com", "a#b.example.com", "%41.example.com")
	if strings.Contains(name, "#") {
		name = `"` + name + `"`
	}
	m.add("challenge http-01 %s", name)
	m.add("dns *.example.com A 192.0.2.10")
	m.add("dns router.local A 192.0.2.10")
}

// names says what the name servers answer for a name whose server is number n.
func (m *maker) names(name string, n int) {
	a := func(i int) { m.add("dns %s A 192.0.2.%d", name, i) }
	aaaa := func(i int) { m.add("dns %s AAAA 2001:db8::%d", name, i) }
	switch m.n(32) {
	default:
		a(n)
	case 0, 1, 2, 3, 4, 5, 6:
		a(n)
		aaaa(n)
	case 7:
		aaaa(n)
	case 8:
		a(n)
		a(n + 1)
	case 9:
		aaaa(n)
		aaaa(n + 1)
		a(n)
	case 10:
		a(n)
		m.add("dns %s A %s", name, m.of("10.0.0.7", "127.0.0.1", "0.0.0.0", "169.254.1.1", "100.64.0.1"))
	case 11:
		m.add("dns %s %s", name, m.of("A 10.0.0.7", "AAAA fd00::1", "AAAA ::ffff:192.0.2.10", "A 8.8.8.8", "TXT hello", "MX 10 mail.example.com."))
	case 12:
		m.add("dns %s CNAME %s", name, m.of("a.example.org", name, "gone.example.org"))
		m.add("dns a.example.org %s", m.of(fmt.Sprintf("A 192.0.2.%d", n), "CNAME "+name, "TXT hello"))
	case 13:
		m.nameFault(name, m.of("ANY", "A", "AAAA"))
		a(n)
		aaaa(n)
	case 14:
		m.nameFault(name, "ANY")
		a(n)
	case 15: // no such name
	}
}

func (m *maker) nameFault(name, qtype string) {
	m.add("dns %s %s %s", name, qtype, m.of("!rcode SERVFAIL", "!rcode NXDOMAIN", "!rcode REFUSED", "!rcode NOTIMP", "!rcode FORMERR",
		"!drop", "!delay 900ms", "!delay 1500ms", "!delay 4s", "!tc",
		fmt.Sprintf("!rcode SERVFAIL ede=%d", m.n(30)), `!rcode NOERROR ede=18:"no\x1b[31m"`))
}

// server says what the two addresses of server n do on a port.
func (m *maker) server(port string, n int) {
	for _, addr := range []string{fmt.Sprintf("192.0.2.%d", n), fmt.Sprintf("2001:db8::%d", n)} {
		if m.oneIn(8) {
			continue // refused
		}
		at := addr + port
		if strings.Contains(addr, ":") {
			at = "[" + addr + "]" + port
		}
		m.host(at, addr)
	}
}

// host is one address and port.
func (m *maker) host(at, addr string) {
	switch m.n(12) {
	case 11:
		m.add("tcp %s %s", at, m.bare())
	case 10:
		m.add("tcp %s %s", addr, m.of("drop", "netunreach", "hostunreach", "prohibited"))
		m.responses(at)
	case 9:
		if strings.HasSuffix(at, ":80") {
			m.add("tls %s cert=self", at)
			m.add("http %s * %s", at, m.of("400", "200", "404"))
			return
		}
		m.responses(at)
	default:
		m.responses(at)
	}
}

// bare is the behaviour of a port that is no web server's.
func (m *maker) bare() string {
	if m.oneIn(2) {
		return m.of("refuse", "drop", "netunreach", "hostunreach", "prohibited", "hang", "close", "close after=request", "reset")
	}
	said := m.of(`SSH-2.0-OpenSSH_9.9\r\n`, `220 mail ESMTP\r\n`, `\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff`,
		`\x15\x03\x03\x00\x02\x02\x28`, `\x16\x03\x03\x00\x02\x02\x28`, `HTTP/1.1 200 OK\r\n`, `HTTP/1.1 200 OK\r\nContent-Length: 87\r\n\r\n$KA`, `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n$KA`,
		`HTTP/1.1 301 Moved\r\nLocation: /\x01\r\n\r\n`, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n`,
		`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n57\r\n$KA`, `HTTP/1.1 200 OK\r\nbad header\r\n\r\n`, `HTTP/1.1 100 Continue\r\n\r\n`, `HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n`,
		`HTTP/1.1 2000 OK\r\n\r\n`, `HTTP/3.0 200 OK\r\n\r\n$KA`, `HTTP/1.0 200\r\n\r\n$KA`, `\r\nHTTP/1.1 200 OK\r\n\r\n`, `$KA`, `\x1b[2J<html>`, `H`, ``)
	return fmt.Sprintf(`say="%s" %s %s`, said, m.of("after=request", "", "after=request delay=1s"), m.of("", "then=close", "then=reset", "then=hang"))
}

// responses are the http lines of a port.
func (m *maker) responses(at string) {
	path := m.of("*", "*", "*", "*", "*", "*", "/.well-known/acme-challenge/$TOKEN", "/.well-known/acme-challenge/*", "/.well-known/*", "/.*", `ua~="(?i)let's encrypt" *`, `header!=Referer *`, "host=www.example.com *", `header~="Referer: ." *`)
	m.add("http %s %s %s", at, path, m.response())
	if path != "*" {
		m.add("http %s * %s", at, m.response())
	}
}

func (m *maker) response() string {
	switch m.n(12) {
	case 7, 8, 10, 11:
		return m.redirect()
	case 9:
		return m.status() + " " + m.fields() + m.body() + m.framing()
	case 4, 5:
		return "200 " + m.fields() + m.body() + m.framing()
	case 6:
		return m.of("404", "403", "410") + " " + m.fields() + m.body()
	}
	return `200 body="$KA"`
}

func (m *maker) status() string {
	return m.of("404", "403", "401", "400", "406", "410", "418", "429", "451", "499", "500", "502", "503", "504", "520", "522", "530", "999",
		"201", "202", "204", "206", "226", "300", "303", "304", "305", "306", "399")
}

func (m *maker) redirect() string {
	status := m.of("301", "302", "307", "308", "301", "302", "303", "300", "309")
	if m.oneIn(2) {
		return fmt.Sprintf(`%s Location="%s" %s`, status, m.of("https://$HOST$PATH", "http://target.example.net$PATH", "https://target.example.net$PATH", "/a$PATH", "http://www.example.com$PATH"), m.fields())
	}
	if m.oneIn(16) {
		return status + " " + m.fields()
	}
	return fmt.Sprintf(`%s Location="%s%s%s%s" %s`, status,
		m.of("http://", "https://", "http://", "https://", "http://", "https://", "HTTP://", "ftp://", "//", "http:/", "javascript:", ""),
		m.of("target.example.net", "www.example.com", "target.example.net", "$HOST", "192.0.2.20", "[2001:db8::20]", "10.0.0.7", "[::1]", "[fe80::1%25eth0]", "127.1", "router.local", "localhost", "web01", "gone.example.org",
			"target.example.net.", "target.example.net.well-known", "TARGET.example.net", "u:p@target.example.net", "a b", "%41.example.net", "a|b.example.net", "[::1", "tärget.example.net", "xn--.example.net", "", "$(a*64).example.net", "$(abc.*90)example.net", `\x1b[31m.example.net`, "8.8.8.8", "com", "..", "a..example.net", "-.example.net"),
		m.of("", "", "", "", "", ":80", ":443", ":8443", ":8080", ":0", ":", ":65536", ":080", ":abc", ":-1"),
		m.of("$PATH", "$PATH", "$PATH", "/", "", "/x", "/$(a*1999)", "/$(a*2000)", "/a b", "/%zz", "/%00", `/\x7f`, "?q=$PATH", "#f", `/\u202e`, "/%1b[31m", "/é", "//"), m.fields())
}

func (m *maker) fields() string {
	var b strings.Builder
	for range m.n(3) {
		b.WriteString(m.of(`Server="nginx/1.26.3"`, `Server="Apache/2.4.62"`, `Server="Microsoft-IIS/10.0"`, `Server="cloudflare"`, `Cf-Ray="8f-FRA"`, `Cf-Mitigated="challenge"`, `Set-Cookie="a=b"`, `Content-Type="text/html"`,
			`Server="\x1b[31mred"`, `Server="mini_httpd"`, `Server="Caddy"`, `X-Amz-Cf-Id="x"`, `Content-Encoding="gzip"`, `Content-Encoding="br"`, `Location="/x"`, `Bad Name="x"`[4:], `X="$(a*5000)"`, `Retry-After="3"`, `Server="lighttpd/1.4"`) + " ")
	}
	return b.String()
}

func (m *maker) body() string {
	return fmt.Sprintf(`body="%s"`, m.of("$KA", "", `$KA\r\n`, `\ufeff$KA`, " $KA", "$TOKEN", "$TOKEN.x", "$KA$KA", "$KA.", `$KA\x00`, "<!doctype html><title>Shop</title>", "<html><script src=/aes.js></script>", "<html><title>FRITZ!Box</title>",
		"hello", "$(x*127)", "$(x*128)", "$(x*129)", "$(x*5000)", `\x1f\x8b\x08`, `\x1b[31m`, `\xff\xfe`, "The plain HTTP request was sent to HTTPS port", "<p>$(x*200)", `\u2028\u202e`, "$PATH", "$HOST"))
}

func (m *maker) framing() string {
	return " " + m.of("", "", "", "gzip", "gzip=undeclared", "chunked", "gzip chunked", "length=none", "length=200", "length=10", "length=0", "stall", "pad=128", "pad=129", "delay=3s", "delay=12s", "delay=25s",
		"proto=HTTP/1.0", "proto=HTTP/2.0", "proto=HTTP/0.9", "interim=100", "interim=103") + " " + m.of("", "", "", "then=reset", "then=hang", "then=close")
}

// https says what server n does on 443.
func (m *maker) https(n int) {
	if m.oneIn(4) {
		m.server(":443", n) // plain, or nothing
		return
	}
	for _, at := range []string{fmt.Sprintf("192.0.2.%d:443", n), fmt.Sprintf("[2001:db8::%d]:443", n)} {
		m.add("tls %s cert=%s", at, m.of("ca", "self", "self", "ca notafter=-1h notbefore=-9h", "ca san=dns:other.example.net", "none", "acme", "ca max=1.1 min=1.0", "ca max=1.2", "ca ciphers=rsa", "ca clientauth=require", "ca clientauth=require max=1.2",
			"ca sanext=dup", "ca san=none", fmt.Sprintf("ca alert=%d", m.n(128)), "ca sni=other.example.net", "ca alpn=h2", "self key=ed25519", "self chain=3", "ca min=1.3"))
		m.responses(at)
	}
}
