package probes

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct{ in, identifier, unicode, err string }{
		{"example.com", "example.com", "", ""},
		{"http-01@Example.COM", "example.com", "", ""},
		{"https://example.com:8443/x?y", "example.com", "", ""},
		{"example.com.", "example.com", "", ""},
		{"bücher.example", "xn--bcher-kva.example", "bücher.example", ""},
		{"BÜCHER。example", "xn--bcher-kva.example", "bücher.example", ""},
		{"*.bücher.example", "*.xn--bcher-kva.example", "*.bücher.example", ""},
		{"_x.bücher.example", "_x.xn--bcher-kva.example", "_x.bücher.example", ""},
		{"xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example", ""},
		{"XN--BCHER-KVA.example", "xn--bcher-kva.example", "bücher.example", ""},
		{"192.0.2.1", "192.0.2.1", "", ""},
		{"[2001:DB8::1]", "2001:db8::1", "", ""},
		{"2001:DB8:0::1", "2001:db8::1", "", ""},
		{"dns-01@*.example.com", "*.example.com", "", ""},
		{"http-01@*.example.com", "*.example.com", "", ""},
		{"http-01+dns-01@example.com", "example.com", "", ""},

		// What the CA refuses is a target: the policy says why.
		{"_sip.example.com", "_sip.example.com", "", ""},
		{"localhost", "localhost", "", ""},
		{"com", "com", "", ""},
		{"router.local", "router.local", "", ""},
		{"10.0.0.1", "10.0.0.1", "", ""},
		{"192.0.2.300", "192.0.2.300", "", ""},
		{"a..example.com", "a..example.com", "", ""},
		{".example.com", ".example.com", "", ""},
		{"ab--cd.example.com", "ab--cd.example.com", "", ""},
		{"-a-.example.com", "-a-.example.com", "", ""},
		{"xn--0.example.com", "xn--0.example.com", "", ""},
		{"a.*.example.com", "a.*.example.com", "", ""},
		{"*", "*", "", ""},
		{"exa$mple.com", "exa$mple.com", "", ""},
		{"a:b.example.com", "a:b.example.com", "", ""},
		{"fe80::1%eth0", "fe80::1%eth0", "", ""},
		{strings.Repeat("a", 64) + ".example.com", strings.Repeat("a", 64) + ".example.com", "", ""},
		{strings.Repeat("a.", 300) + "com", strings.Repeat("a.", 300) + "com", "", ""},

		{"", "", "", "the name is empty"},
		{".", "", "", "the name is empty"},
		{"http-01@", "", "", "the name is empty"},
		{"https://", "", "", "the name is empty"},
		{"ftp@example.com", "", "", `unknown method "ftp"`},
		{"@example.com", "", "", `unknown method ""`},
		{"http-01+@example.com", "", "", `unknown method ""`},
		{"exa mple.com", "", "", "white space"},
		{"http-01 @example.com", "", "", `unknown method "http-01 "`},
		{"example.com\n", "", "", "white space or a control character"},
		{"example.com\x00", "", "", "white space or a control character"},
		{"exa\xffmple.com", "", "", "is not UTF-8"},
		{"example.com,example.net", "", "", "more than one name"},
		{"192.0.2.0/24", "", "", "is a network"},
		{"a\u0308\u200c.example.com", "", "", "is not a domain name"},
		{"a／b.example.com", "", "", "is not a domain name"},
		{"\u00ad.example.com", "", "", "is not a domain name"},
		{"fe80::1%a@b", "", "", "unknown method"},
		{"http-01@fe80::1%a@b", "", "", "is not an address"},
		{strings.Repeat("a", 2049), "", "", "more than 2048 characters"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseTarget(tt.in)
			bad, _ := errors.AsType[*TargetError](err)
			switch {
			case tt.err == "" && (err != nil || string(got.Identifier) != tt.identifier || got.Unicode != tt.unicode):
				t.Errorf("got %q %q, %v", got.Identifier, got.Unicode, err)
			case tt.err != "" && (bad == nil || !strings.Contains(bad.Msg, tt.err) || bad.Hint == ""):
				t.Errorf("got %+v, want %q and a hint", bad, tt.err)
			}
		})
	}
}

func TestTargetMethods(t *testing.T) {
	for _, tt := range []struct {
		in, hint string
		methods  []Method
		all      bool
	}{
		{in: "example.com"},
		{in: "192.0.2.1"},
		{in: "http-01@example.com", methods: []Method{HTTP01}},
		{in: "dns-01+http-01+dns-01@example.com", methods: []Method{DNS01, HTTP01}},
		{in: "caa@example.com", methods: []Method{CAA}},
		{in: "caa+tls-alpn-01@example.com", methods: []Method{CAA, TLSALPN01}},
		{in: "all@example.com", all: true},
		{in: "http-01+all@example.com", all: true},
		{in: "http01@example.com", hint: "did you mean http-01@example.com?"},
		{in: "DNS_01@example.com", hint: "did you mean dns-01@example.com?"},
		{in: "dns@example.com", hint: "did you mean dns-01@example.com?"},
		{in: "CAA@example.com", hint: "did you mean caa@example.com?"},
		{in: "ftp@example.com", hint: "methods: http-01 dns-01 dns-account-01 dns-persist-01 tls-alpn-01 caa all; of an e-mail address, type the domain alone"},
	} {
		got, err := ParseTarget(tt.in)
		hint := ""
		if bad, ok := errors.AsType[*TargetError](err); ok {
			hint = bad.Hint
		}
		if hint != tt.hint || !slices.Equal(got.Methods, tt.methods) || got.All != tt.all {
			t.Errorf("%s: %v, all %v, hint %q", tt.in, got.Methods, got.All, hint)
		}
	}
}

// A slip is put right, and said.
func TestSlips(t *testing.T) {
	const port = " is left away: CAs connect to ports 80 and 443, whatever port the site lives on"
	for _, tt := range []struct {
		in, identifier string
		notes          []string
	}{
		{"example.com", "example.com", nil},
		{"example.com/", "example.com", nil},
		{"Example.com", "example.com", nil},
		{"[2001:db8::1]", "2001:db8::1", nil},
		{"2001:db8::1", "2001:db8::1", nil},
		{"https://example.com/x", "example.com", []string{`"https://example.com/x" is a URL; its host is checked`}},
		{"http-01@http://user@example.com:8443/", "example.com", []string{`"http://user@example.com:8443/" is a URL; its host is checked`, "port 8443" + port}},
		{"//example.com", "example.com", []string{`"//example.com" is a URL; its host is checked`}},
		{"https:example.com", "example.com", []string{`"https:example.com" is nearly a URL; its host is checked`}},
		{"HTTPS:/example.com/x", "example.com", []string{`"HTTPS:/example.com/x" is nearly a URL; its host is checked`, `"/x" is left away: a CA asks for a path of its own`}},
		{"example.com:8443", "example.com", []string{"port 8443" + port}},
		{"example.com:", "example.com", nil},
		{"192.0.2.1:80", "192.0.2.1", []string{"port 80" + port}},
		{"[2001:db8::1]:8443", "2001:db8::1", []string{"port 8443" + port}},
		{"example.com/path?q", "example.com", []string{`"/path?q" is left away: a CA asks for a path of its own`}},
		{"example.com.", "example.com", []string{"the final dot is left away: certificates have none"}},
		{"example.com.:443/x", "example.com", []string{`"/x" is left away: a CA asks for a path of its own`, "port 443" + port, "the final dot is left away: certificates have none"}},
		{"_acme-challenge.example.com", "example.com", []string{"_acme-challenge.example.com is where the TXT record lives; the name to certify is example.com"}},
		{"dns-01@_acme-challenge.example.com.", "example.com", []string{
			"the final dot is left away: certificates have none",
			"_acme-challenge.example.com is where the TXT record lives; the name to certify is example.com",
		}},
		{"all@_validation-persist.example.com", "example.com", []string{"_validation-persist.example.com is where the TXT record lives; the name to certify is example.com"}},
		{"_ujmmovf2vn55tgye._acme-challenge.example.com", "example.com", []string{"_ujmmovf2vn55tgye._acme-challenge.example.com is where the TXT record lives; the name to certify is example.com"}},
		{"http-01@_acme-challenge.example.com", "_acme-challenge.example.com", nil},
		{"www._acme-challenge.example.com", "www._acme-challenge.example.com", nil},
		{"_acme-challenge.", "_acme-challenge", []string{"the final dot is left away: certificates have none"}},
		{"first.last@example.com", "example.com", []string{`"first.last@example.com" is an e-mail address; its domain is checked`}},
		{"webmaster@example.com", "example.com", []string{`"webmaster@example.com" is an e-mail address; its domain is checked`}},
		{"mailto:me@example.com", "example.com", []string{`"mailto:me@example.com" is an e-mail address; its domain is checked`}},
		{"exa\u200bmple.com", "example.com", []string{`"exa\u200bmple.com" is read as example.com`}},
		{"ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", []string{`"ｅｘａｍｐｌｅ．ｃｏｍ" is read as example.com`}},
	} {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseTarget(tt.in)
			if err != nil || string(got.Identifier) != tt.identifier || !slices.Equal(got.Notes, tt.notes) {
				t.Errorf("%q %q, %v", got.Identifier, got.Notes, err)
			}
		})
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{
		"example.com", "http-01+dns-01@*.example.com", "https://[2001:db8::1]:80/", "bücher.example", "xn--a", "@", "a@b@c", "%",
		"all@_acme-challenge.x", "a.b@c@d", "[[::1]]:1", "https:http:a:1/b.", "fe80::1%25a", "１.2.3.4", "a.\u00ad", "[1.１.1.1]", "*.", "ab--c-.ü",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTarget(s)
		if err != nil {
			if bad, ok := errors.AsType[*TargetError](err); !ok || bad.Msg == "" || bad.Hint == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		method := "all"
		if len(got.Methods) > 0 {
			method = string(got.Methods[0])
		}
		again, err := ParseTarget(method + "@" + string(got.Identifier))
		if err != nil || again.Identifier != got.Identifier || slices.Contains(got.Methods, "") || got.Identifier == "" || len(again.Notes) > 0 {
			t.Errorf("%q is %q, which is %q %q (%v)", s, got.Identifier, again.Identifier, again.Notes, err)
		}
	})
}
