package generate

// This file makes redirect targets, ordinary, odd and refused.

import (
	"fmt"
	"strings"
)

// redirect chooses where a hop leads. It returns nil where nothing has to be
// served, since the CA goes no further, or nobody knows where it goes.
func (g *gen) redirect(from hop, n int) (location string, to *hop) {
	path := fmt.Sprintf("/hop%d", n)
	next := from
	next.pattern = path
	r := g.Float64()
	if g.calm {
		r *= 0.7
	}
	switch {
	case r < 0.3:
		return path, &next
	case r < 0.45:
		next.scheme, next.port = "http", "80"
		if g.chance(0.5) {
			next.scheme, next.port = "https", "443"
		}
		return next.scheme + "://" + next.host.name + path, &next
	case r < 0.7:
		next.host = g.resolve(fmt.Sprintf("hop%d.example.org", g.fresh()))
		next.scheme, next.port = "http", "80"
		if g.chance(0.3) {
			next.scheme, next.port = "https", "443"
		}
		return next.scheme + "://" + next.host.name + path, &next
	case r < 0.75 && len(from.host.addresses()) > 0:
		next.host = literal(g.pick(from.host.addresses()...))
		return next.scheme + "://" + next.host.name + path, &next
	case r < 0.9:
		return g.oddTarget(next, path)
	}
	return g.badTarget(from.host.name), nil
}

// An odd target is unusual, but followed.
func (g *gen) oddTarget(to hop, path string) (string, *hop) {
	to.pattern = path + "*"
	name := to.host.name
	here := to.scheme + "://" + name
	switch g.IntN(7) {
	case 0: // scheme and port are independent
		to.scheme, to.port = "http", "80"
		explicit := g.pick(":80", ":080", ":", ":443", "")
		if explicit == ":443" {
			to.port = "443"
		}
		return "http://" + name + explicit + path, &to
	case 1:
		to.scheme, to.port = "https", g.pick("443", "443", "80")
		return "https://" + name + ":" + to.port + path, &to
	case 2:
		return to.scheme + "://" + g.userinfo() + "@" + name + path, &to
	case 3:
		return g.pick(strings.ToUpper(here), "//"+name, here) + path + g.pick("?q=$(b*3000)", "#fragment", "?a=b&c=d;e", "#", "?", "?u=http://x/"), &to
	case 4: // the limit is 2000 bytes of decoded path
		return g.pick("", here) + path + "/" + g.filler(2000-len(path)-1-1+g.IntN(3)), &to
	case 5:
		return g.pick(path+"/ b c", path+`/\u00fc`, path+"/%2e%2e/x", path+"/a%2Fb", "/x/.."+path, "/./"+path[1:], path+"/$$x", path+"//x", path+"/[]|", path+";p=1"), &to
	}
	return g.pick("", here) + path + "/?" + g.filler(4000), &to
}

// filler is a text of n bytes, some of it escaped.
func (g *gen) filler(n int) string {
	if g.chance(0.3) {
		return fmt.Sprintf("$(a*%d)$(%%41*%d)", n-500, 500)
	}
	return fmt.Sprintf("$(a*%d)", n)
}

// userinfo is a user name, and a password in all its forms: the CA masks it in
// what it says.
func (g *gen) userinfo() string {
	return g.pick("user:pass", "user:pass", "user", "user:", ":pass", "u%20ser:p%40ss", "user:p:w", "us%2Fer:xxxxx", "user:$(p*300)")
}

// A bad target is refused, or leads nowhere.
func (g *gen) badTarget(name string) string {
	if g.chance(0.25) {
		return "http://" + g.userinfo() + "@" + g.pick(name+":8080/", name+"/missing", name+"./", "nx.example.org/", "10.0.0.1/", "router.local/", name+"$PATH", "/x", "com/", name+":x/")
	}
	return g.pick("http://"+name+":8080/", "https://"+name+":4434/x", "http://"+name+":0/", "http://"+name+":65536/", "http://"+name+":-1/", "http://"+name+":+80/",
		"http://"+name+":99999999999999999999/", "http://"+name+":http/", "ftp://"+name+"/", "FTP://"+name+":21/", "javascript:alert(1)", "mailto:a@example.com", "file:///etc/passwd",
		"http:///x", "http:x", "http://", "https://?q", "http://:80/", "http://"+name+"./", "http://router.local/", "http://localhost/", "http://a.internal/", "http://x.test/",
		"http://10.1.1.1/", "http://127.0.0.1/", "http://169.254.169.254/latest", "http://[fd00::2]/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25eth0]/",
		"http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://8.8.8.8/", "http://192.0.2.256/", "http://[::1/", "http://["+name+"]/",
		"http://"+name+".well-known/acme-challenge/$TOKEN", "http://"+name+".WELL-KNOWN/x", "https://"+name+".well-known:8080/x",
		"http://nx.example.org/", "http://com/", "http://co.uk/", "http://b\\u00fccher.example.com/", "http://xn--bcher-kva.example.org/", "http://a_b.example.org/",
		"http://"+name+"/$(a*2000)", "https://"+name+"/$(%41*2000)", "http://"+name+"/$(%41*667)", "http://"+name+"/%zz", "http://exa mple.com/", "http://"+name+"/\\x01",
		"", " ", "$PATH", "//"+name+"$PATH", "http://"+name+"$PATH", "http://"+name+":80$PATH", "?again", "#again", "?", "/a\\tb", "://x", ":", "%", "//", "/../../x")
}
