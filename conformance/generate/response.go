package generate

// This file makes last responses, and the TLS servers in front of them.

import "fmt"

// final is the response that ends a chain.
func (g *gen) final() string {
	if !g.flaw(0.45) {
		return g.pick(`200 body="$KA"`, `200 body="$KA\n"`, `200 body="$KA" gzip`, `200 body="$KA" chunked`, `200 body="$KA\r\n\t "`,
			`200 Content-Type="text/html" body="$KA"`, `200 body="$KA" length=none`)
	}
	if g.wait(0.5) {
		return g.pick(`200 body="$KA" stall`, `200 body="$KA" length=none then=hang`, `200 body="$KA" pad=127 stall`, `200 body="$KA" pad=128 stall`, `200 body="$KA" delay=12s`)
	}
	switch g.IntN(9) {
	case 0:
		return g.number(201, 202, 204, 206, 226, 400, 401, 403, 404, 410, 418, 421, 429, 451, 500, 502, 503, 600, 999) + g.pick(``, ` body="$KA"`, ` Location="/x"`)
	case 1:
		return fmt.Sprintf(`200 body="$KA" pad=%d%s`, 126+g.IntN(5), g.pick("", "", " gzip", " chunked", " length=none"))
	case 2:
		return fmt.Sprintf(`200 body="$(a*%d)"%s`, 126+g.IntN(5), g.pick("", " gzip", " chunked", " length=none"))
	case 3:
		return fmt.Sprintf(`200 body="%s$KA%s"`, g.pick("", " ", `\ufeff`, "x", `\n`, `\u00a0`),
			g.pick("", `\x00`, `\u00a0`, `\u200b`, "x", `\x85`, `\u0085`, `\u2003`, `\u2028`, `\v\f`, `\r\n\r\n`, `\u3000`, `\x1c`, `.`, `<br>`))
	case 4:
		return fmt.Sprintf(`200 body="%s"`, g.pick("", "$TOKEN", "<html>", `\xff\xfe`, "$TOKEN.$TOKEN", `\"$KA\"`, `a\tb\\c\u00fc`, `\x07\x7f`, `\u2028\u200e`, "$KA$KA"))
	case 5: // cut off in the middle
		return `200 body="$KA" ` + g.pick("length=200 then=reset", "length=128 then=reset", "length=88 then=reset", "length=none then=reset", "then=reset", "chunked then=reset",
			"length=200", "length=128", "length=10", "length=0", "length=200 gzip then=reset")
	case 6:
		return `200 body="$KA" ` + g.pick("gzip=undeclared", "proto=HTTP/1.0", "proto=HTTP/0.9", "proto=HTTP/2.0", "proto=ICY", "interim=103", "interim=100", "interim=102", "interim=101")
	case 7:
		return `200 body="$KA" ` + fmt.Sprintf("delay=%dms", 10*g.IntN(40))
	}
	return g.pick(`302`, `303 Location="/elsewhere"`, `304`, `304 Location="/elsewhere"`, `200 Content-Encoding="gzip" body="$KA"`, `200 Content-Encoding="deflate" body="$KA"`,
		`200 Content-Encoding="gzip" body=""`, `301 Location=""`, `200 Location="/elsewhere" body="$KA"`, `200 Refresh="0; url=/x" body=""`, `200 Content-Length="87" body="$KA"`,
		`200 X-Long="$(a*5000)" body="$KA"`)
}

// httpsServer is the TLS side of a redirect's target, about which the CA does
// not care much.
func (g *gen) httpsServer(name string) string {
	if !g.flaw(0.6) {
		return g.pick("cert=self", "cert=ca", "cert=self notafter=-1h notbefore=-9h", "cert=self san=dns:wrong.example.org", "cert=self max=1.2", "cert=self min=1.3",
			"cert=self alpn=h2", "cert=acme", "cert=self key=rsa2048", "cert=self key=ed25519", "cert=ca chain=3", "cert=self alpn=http/1.1")
	}
	return g.pick("cert=self min=1.0 max=1.1", g.alert(), g.alert(), "cert=self clientauth=require max=1.2", "cert=self clientauth=require", "cert=self sni="+name,
		"cert=self sni=none", "cert=self sni=other.example.com", "cert=none", "cert=self ciphers=rsa", "cert=self sanext=dup", "cert=acme signer=broken")
}

// alert is a TLS alert, also of the numbers that nobody has named.
func (g *gen) alert() string {
	return "alert=" + g.number(0, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 86, 90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 120, 121, 200, 255)
}
