package generate

// This file makes chains of HTTP requests, from the identifier to a last
// response.

import "fmt"

const wellKnown = "/.well-known/acme-challenge/$TOKEN"

func (g *gen) httpWorld() {
	h, identifier := g.httpIdentifier()
	g.question("http-01", identifier)
	if g.chance(0.1) {
		g.line("check %s", g.pick("dcv", "both"))
	}
	g.http(h)
}

// httpIdentifier chooses whom to ask. A name without addresses is to be
// resolved.
func (g *gen) httpIdentifier() (h host, identifier string) {
	switch r := g.IntN(50); {
	case r < 2:
		addr := g.freshV4()
		return literal(addr), addr
	case r < 4:
		addr := g.freshV6()
		return literal(addr), addr
	case r < 5: // reserved, or nowhere
		return host{}, g.pick("10.0.0.1", "127.0.0.1", "fd00::1", "::1", "100.64.1.1", "169.254.1.1", "8.8.8.8", "2606:4700::1")
	case r < 6: // the VA takes it literally; the CA never asks that
		name := "*." + g.name()
		return host{name: name}, name
	case r < 7:
		name := g.pick("example.com.", "printer.local", "com", "nowhere.test")
		return host{name: name}, name
	}
	name := g.name()
	return host{name: name}, name
}

func (g *gen) http(h host) {
	switch {
	case h.name == "":
		return
	case h.v4+h.v6 == "":
		if g.chance(0.08) {
			g.countedChain(h.name, 9+g.IntN(3))
			return
		}
		h = g.resolve(h.name)
	}
	g.chain(hop{host: h, scheme: "http", port: "80", pattern: wellKnown}, []int{0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 9, 10}[g.IntN(12)])
}

// A hop is one request and where it goes.
type hop struct {
	host         host
	scheme, port string
	pattern      string // of the request target
}

// chain serves redirects from a hop on, and a last response, unless a redirect
// leads astray.
func (g *gen) chain(from hop, redirects int) {
	for n := range redirects {
		location, to := g.redirect(from, n+1)
		g.serve(from, g.redirectCode()+fmt.Sprintf(` Location="%s"`, location)+g.redirectBody())
		if to == nil {
			return
		}
		from = *to
	}
	g.serve(from, g.final())
}

func (g *gen) redirectCode() string {
	if g.flaw(0.03) {
		return g.pick("300", "303", "304", "305", "306", "399")
	}
	return g.pick("301", "302", "302", "307", "308")
}

// redirectBody is what else a redirect says, which does not matter.
func (g *gen) redirectBody() string {
	return g.pick("", "", "", ` body="moved"`, ` Set-Cookie="a=b"`, " chunked", ` body="moved" length=400 then=reset`, " stall", ` body="$(<p>*900)" gzip`,
		` Location="/second"`, " length=none", fmt.Sprintf(" delay=%dms", 10*g.IntN(20)))
}

// countedChain makes a chain of exactly so many requests, some of which are
// fallbacks from a refused IPv6 address. Ten is the CA's limit.
func (g *gen) countedChain(name string, requests int) {
	var hosts []host
	for left := requests; left > 0; left-- {
		h := host{name: name, v4: g.freshV4()}
		if left > 1 && g.chance(0.3) {
			h.v6 = g.freshV6()
			left--
		}
		g.publish(name, h)
		hosts = append(hosts, h)
		name = fmt.Sprintf("hop%d.example.org", g.fresh())
	}
	for i, h := range hosts {
		response := `200 body="$KA"`
		if i < len(hosts)-1 {
			response = fmt.Sprintf(`%s Location="http://%s%s"`, g.pick("301", "302", "307", "308"), hosts[i+1].name, wellKnown)
		}
		g.line("http %s:80 * %s", h.v4, response)
	}
}

// serve puts a response on all addresses of a hop, and spoils one now and
// then.
func (g *gen) serve(h hop, response string) {
	for _, addr := range h.host.addresses() {
		spoil := 0.06
		if addr == h.host.v6 && h.host.v4 != "" {
			spoil = 0.4
		}
		if g.spoiled(addr, h.port, spoil) {
			continue
		}
		ap := at(addr, h.port)
		if h.scheme == "https" && g.ports[ap] != "tls" {
			g.line("tls %s %s", ap, g.httpsServer(h.host.name))
			g.ports[ap] = "tls"
		}
		if g.ports[ap] == "" {
			g.ports[ap] = "http"
		}
		if g.flaw(0.06) {
			g.line("http %s %s", ap, fmt.Sprintf(g.condition(), h.pattern))
		}
		g.line("http %s %s %s", ap, h.pattern, response)
	}
}

// condition is a response that only some clients get.
func (g *gen) condition() string {
	return g.pick(`ua~="Let's Encrypt" %s 403`, `ua~=curl %s 403`, `header!=Referer %s 403`, `header~="Referer: ^http://" %s 403`, `host=other.example.com %s 421`,
		`header~="Accept-Encoding: gzip" %s 200 body="$KA" gzip`, `header!=Cookie %s 302 Location="$PATH" Set-Cookie="a=b"`, `header!=Authorization %s 401`)
}

// spoiled reports whether nothing can be served at a port: because of what was
// done before, or is done now with the probability given.
func (g *gen) spoiled(addr, port string, p float64) bool {
	ap := at(addr, port)
	switch {
	case g.ports[addr] != "" || g.ports[ap] == "tcp":
		return true
	case g.ports[ap] != "" || !g.flaw(p):
		return false
	case g.chance(0.6) && g.ports[at(addr, "80")] == "" && g.ports[at(addr, "443")] == "":
		g.dead(addr)
	default:
		g.line("tcp %s %s", ap, g.badPort(port))
		g.ports[ap] = "tcp"
	}
	return true
}

// badPort is what a port does that is no web server's.
func (g *gen) badPort(port string) string {
	switch {
	case g.wait(0.5):
		return g.pick("hang", "drop")
	case port == "443":
		return g.pick("reset", "close", "close after=request", "prohibited", `say="SSH-2.0-x\r\n"`, `say="HTTP/1.1 400 Bad Request\r\n\r\n" after=request`,
			`say="\x15\x03\x03\x00\x02\x02\x28" after=request`, `say="\x16\x03\x03" after=request`)
	}
	return g.pick("reset", "close", "close after=request", "prohibited", "hostunreach", `say="SSH-2.0-x\r\n" after=request`, `say="$KA" after=request`,
		`say="\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80" after=request`,
		`say="\x15\x03\x01\x00\x02\x02\x46" after=request`,
		`say="HTTP/1.1 200 OK\r\nContent-" after=request`,
		`say="HTTP/1.1 200 OK\r\nContent-" after=request then=reset`,
		`say="HTTP/1.1 200 OK\r\nContent-Length: 87\r\n\r\n$KA" after=request`,
		`say="HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n$KA" after=request then=reset`,
		`say="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" after=request`,
		`say="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n57\r\n$KA" after=request then=reset`,
		`say="HTTP/1.1 200\r\n\r\n$KA" after=request delay=200ms`,
		`say="HTTP/1.1 302 Found\r\nLocation: /x\r\nLocation: /y\r\n\r\n" after=request`)
}
