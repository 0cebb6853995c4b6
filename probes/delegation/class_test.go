package delegation_test

import (
	"testing"

	"github.com/acmecheck/acmecheck/probes/delegation"
)

func TestClassify(t *testing.T) {
	const ours = "com.example.www.acme.host.net."
	cname := func(targets ...string) delegation.Found { return delegation.Found{CNAME: targets} }
	tests := []struct {
		name  string
		found delegation.Found
		want  delegation.Class
	}{
		{"as planned", cname(ours), delegation.OK},
		{"letter case", cname("COM.example.WWW.acme.host.net"), delegation.OK},
		{"nothing", cname(), delegation.NoCNAME},
		{"a TXT record instead", delegation.Found{TXT: []string{"x"}}, delegation.NoCNAME},
		{"another zone", cname("example.acme-dns.io."), delegation.OtherZone},
		{"a zone whose name ends like ours", cname("com.example.www.xacme.host.net."), delegation.OtherZone},
		{"our zone below another", cname(ours + "evil.example."), delegation.OtherZone},
		{"another name", cname("com.example.acme.host.net."), delegation.OtherName},
		{"the other style", cname("com-example-www.acme.host.net."), delegation.OtherName},
		{"our zone itself", cname("acme.host.net."), delegation.OtherName},
		{"two of them", cname(ours, "example.acme-dns.io."), delegation.OtherZone},
		{"the same twice", cname(ours, ours), delegation.OK},
		{"TXT beside it", delegation.Found{CNAME: []string{ours}, TXT: []string{"x"}}, delegation.Beside},
		{"not registered", delegation.Found{NoDomain: true}, delegation.NoDomain},
		{"failed", delegation.Found{Failed: "SERVFAIL", TXT: []string{"x"}}, delegation.Unknown},
	}
	p := plan(t, "acme.host.net", delegation.Reversed)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Classify("www.example.com", tt.found); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
