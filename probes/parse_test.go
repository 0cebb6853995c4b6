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
		{"xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example", ""},
		{"192.0.2.1", "192.0.2.1", "", ""},
		{"[2001:DB8::1]", "2001:db8::1", "", ""},
		{"dns-01@*.example.com", "*.example.com", "", ""},
		{"http-01+dns-01@example.com", "example.com", "", ""},
		{"_sip.example.com", "_sip.example.com", "", ""},
		{"", "", "", "the name is empty"},
		{"*.example.com", "", "", "http-01 cannot validate a wildcard"},
		{"ftp@example.com", "", "", `unknown method "ftp"`},
		{"localhost", "", "", "needs at least one dot"},
		{"a..example.com", "", "", "two dots in a row"},
		{"exa mple.com", "", "", "is not a domain name"},
		{strings.Repeat("a", 64) + ".example.com", "", "", "63 is the most"},
		{"fe80::1%eth0", "", "", "an address with a zone"},
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

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"example.com", "http-01+dns-01@*.example.com", "https://[2001:db8::1]:80/", "bücher.example", "xn--a", "@", "a@b@c", "%"} {
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
		again, err := ParseTarget(string(got.Methods[0]) + "@" + string(got.Identifier))
		if err != nil || again.Identifier != got.Identifier || len(got.Methods) == 0 || slices.Contains(got.Methods, "") {
			t.Errorf("%q is %q, which is %q (%v)", s, got.Identifier, again.Identifier, err)
		}
	})
}
