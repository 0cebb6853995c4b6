package world

import (
	"errors"
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	const head = "challenge http-01 www.example.com\n"
	tests := []struct{ name, text, want, hint string }{
		{"empty", "", "t: no challenge line", "a world needs one"},
		{"unknown statement", "chalenge http-01 a.example.com", "t:1:1: unknown statement", `did you mean "challenge"?`},
		{"unknown method", "challenge http01 a.example.com", "t:1:11: unknown method", `did you mean "http-01"?`},
		{"two challenges", head + head, "t:2:1: a second challenge line", ""},
		{"too few words", "challenge http-01", "t:1:1: challenge takes 2", ""},
		{"unknown check", head + "check all", "t:2:7: unknown check", "dcv"},
		{"unknown behaviour", head + "tcp 192.0.2.1:80 refsue", "t:2:18: ", `did you mean "refuse"?`},
		{"unknown option", head + "http 192.0.2.1:80 * 200 bdy=x", "t:2:25: unknown http option", `did you mean "body"?`},
		{"unknown variable", head + "http 192.0.2.1:80 * 200 body=$KEY", "t:2:25: unknown variable $KEY", ""},
		{"bad duration", head + "http 192.0.2.1:80 * 200 delay=5", "t:2:25: bad duration", ""},
		{"negative delay", head + "http 192.0.2.1:80 * 200 delay=-5s", "t:2:25: a delay cannot be negative", ""},
		{"bad status", head + "http 192.0.2.1:80 * 99", "t:2:21: bad status", ""},
		{"mixed port", head + "tcp 192.0.2.1:80 hang\nhttp 192.0.2.1:80 * 200", "t:3:1: tcp mixed with http or tls", ""},
		{"public address", head + "tcp 8.8.8.8:80 hang", "t:2:5: 8.8.8.8 is not in a documentation range", ""},
		{"the resolver", head + "tcp 192.0.2.53:53 hang", "t:2:5: 192.0.2.53:53 is the world's resolver", ""},
		{"no port", head + "http 192.0.2.1 * 200", "t:2:6: http needs a port", ""},
		{"unknown perspective", head + "from mars tcp 192.0.2.1:80 hang", "t:2:6: unknown perspective", ""},
		{"from what", head + "perspectives a/ARIN\nfrom a challenge http-01 x", "t:3:8: from needs", ""},
		{"open quote", head + `http 192.0.2.1:80 * 200 body="x`, "t:2:30: quoted text does not end", ""},
		{"endless repetition", head + "http 192.0.2.1:80 * 200 body=$(a*99999999)", "t:2:25: repetition", ""},
		{"unknown type", head + "dns www.example.com AA 192.0.2.1", "t:2:21: unknown type", ""},
		{"bad data", head + "dns www.example.com A nonsense", "t:2:23: bad A data", ""},
		{"unknown fault", head + "dns www.example.com A !dorp", "t:2:23: unknown fault !dorp", `did you mean "drop"?`},
		{"tls without cert", head + "tls 192.0.2.1:443 min=1.2", "t:2:19: tls line without cert=", ""},
		{"not UTF-8", head + "\xff", "t: not UTF-8 text", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("t", tt.text)
			p, ok := errors.AsType[*ParseError](err)
			if !ok || !strings.HasPrefix(err.Error(), tt.want) || !strings.Contains(p.Hint, tt.hint) {
				t.Errorf("got %v (%+v), want %q with hint %q", err, p, tt.want, tt.hint)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"challenge http-01 www.example.com\ndns www.example.com A 192.0.2.10\nhttp 192.0.2.10:80 * 200 body=\"$KA\"",
		"challenge dns-01 *.example.com\nperspectives a/ARIN b/RIPE\nfrom remotes dns _acme-challenge.$NAME TXT !none",
		"challenge tls-alpn-01 192.0.2.1\ntls 192.0.2.1:443 sni=none cert=acme acmeid=00 chain=2",
		"challenge http-01 a.example.com\ndns *.example.com CNAME a.example.com\ndns a.example.com DNAME example.com",
		"challenge http-01 a.example.com\ndns a.example.com ANY !rcode SERVFAIL ede=6:\"x y\"\ntcp 2001:db8::1 drop # comment",
		"token \"\\x00\"\nchallenge http-01 $$(a*3)$",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return // too long to be telling
		}
		w, err := Parse("fuzz", text)
		if err != nil {
			p, ok := errors.AsType[*ParseError](err)
			if !ok || (p.Line == 0) != (p.Column == 0) || p.Line < 0 || p.Column < 0 || p.Msg == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		for _, name := range []string{w.Identifier, "www.example.com.", "a.b.c.example.com.", "."} {
			w.View("").Resolve(name, 1)
			w.View("").Resolve(name, 16)
		}
		for _, ap := range w.View("").Endpoints() {
			w.View("").Reach(ap)
		}
	})
}
