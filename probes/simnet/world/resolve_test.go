package world

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// show is an answer as one line: RCODE, records, marks.
func show(a Answer) string {
	if a.Drop {
		return "drop"
	}
	s := dns.RcodeToString[a.Rcode]
	for _, rr := range a.Records {
		h := rr.Header()
		s += fmt.Sprintf(" %s/%s=%s", h.Name, dns.Type(h.Rrtype), strings.TrimPrefix(rr.String(), h.String()))
	}
	if a.TC {
		s += " TC"
	}
	if a.EDE != nil {
		s += fmt.Sprintf(" EDE%d", a.EDE.InfoCode)
	}
	if a.Delay > 0 {
		s += " " + a.Delay.String()
	}
	return s
}

func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "dns c%d.example.com CNAME c%d.example.com\n", i, i+1)
	}
	fmt.Fprintf(&b, "dns c%d.example.com A 192.0.2.1\n", n)
	return b.String()
}

// WORLD-FORMAT.md §3, rule by rule.
func TestResolve(t *testing.T) {
	tests := []struct{ name, lines, ask, want string }{
		{"a record, whatever the case", "dns www.example.com A 192.0.2.1", "WWW.example.COM A", "NOERROR www.example.com./A=192.0.2.1"},
		{"file order", "dns a.example.com A 192.0.2.2\ndns a.example.com A 192.0.2.1", "a.example.com A", "NOERROR a.example.com./A=192.0.2.2 a.example.com./A=192.0.2.1"},
		{"no such name", "", "a.example.com A", "NXDOMAIN"},
		{"no such type", "dns a.example.com A 192.0.2.1", "a.example.com AAAA", "NOERROR"},
		{"a name above a record exists", "dns a.b.example.com A 192.0.2.1", "b.example.com A", "NOERROR"},
		{"a suffix exists", "", "co.uk A", "NOERROR"},
		{"a fault makes a name exist", "dns a.example.com A !tc", "a.example.com TXT", "NOERROR"},
		{"alias", "dns a.example.com CNAME b.example.com\ndns b.example.com A 192.0.2.1", "a.example.com A", "NOERROR a.example.com./CNAME=b.example.com. b.example.com./A=192.0.2.1"},
		{"alias asked for", "dns a.example.com CNAME b.example.com", "a.example.com CNAME", "NOERROR a.example.com./CNAME=b.example.com."},
		{"alias to nowhere", "dns a.example.com CNAME b.example.com", "a.example.com A", "NXDOMAIN a.example.com./CNAME=b.example.com."},
		{"twelve aliases", chain(12), "c0.example.com A", "SERVFAIL"},
		{"a loop", "dns a.example.com CNAME b.example.com\ndns b.example.com CNAME a.example.com", "a.example.com A", "SERVFAIL"},
		{"subtree alias", "dns d.example.com DNAME e.example.com\ndns x.e.example.com A 192.0.2.1", "x.d.example.com A", "NOERROR d.example.com./DNAME=e.example.com. x.d.example.com./CNAME=x.e.example.com. x.e.example.com./A=192.0.2.1"},
		{"wildcard", "dns *.example.com A 192.0.2.1", "x.y.example.com A", "NOERROR x.y.example.com./A=192.0.2.1"},
		{"wildcard without the type", "dns *.example.com A 192.0.2.1", "x.example.com TXT", "NOERROR"},
		{"no wildcard below an existing name", "dns *.example.com A 192.0.2.1\ndns a.b.example.com A 192.0.2.2", "x.b.example.com A", "NXDOMAIN"},
		{"rcode", "dns a.example.com A !rcode REFUSED\ndns a.example.com A 192.0.2.1", "a.example.com A", "REFUSED"},
		{"rcode with EDE", "dns a.example.com A !rcode SERVFAIL ede=6", "a.example.com A", "SERVFAIL EDE6"},
		{"fault of all types", "dns a.example.com ANY !rcode NOTIMP", "a.example.com TXT", "NOTIMP"},
		{"faults are not made up by a wildcard", "dns *.example.com A !rcode REFUSED\ndns *.example.com A 192.0.2.1", "x.example.com A", "NOERROR x.example.com./A=192.0.2.1"},
		{"drop", "dns a.example.com A !drop", "a.example.com A", "drop"},
		{"truncated", "dns a.example.com A !tc\ndns a.example.com A 192.0.2.1", "a.example.com A", "NOERROR a.example.com./A=192.0.2.1 TC"},
		{"delays add up", "dns a.example.com A !delay 1s\ndns a.example.com CNAME b.example.com\ndns b.example.com A !delay 2s", "a.example.com A", "NOERROR a.example.com./CNAME=b.example.com. 3s"},
		{"only there", "perspectives p/ARIN\nfrom p dns a.example.com A 192.0.2.9", "a.example.com A", "NXDOMAIN"},
		{"replaced", "dns a.example.com A 192.0.2.1\nfrom Primary dns a.example.com A 192.0.2.9", "a.example.com A", "NOERROR a.example.com./A=192.0.2.9"},
		{"removed", "dns a.example.com A 192.0.2.1\nfrom Primary dns a.example.com A !none", "a.example.com A", "NXDOMAIN"},
		{"long text is cut", "dns a.example.com TXT \"$(x*300)\"", "a.example.com TXT", "NOERROR a.example.com./TXT=\"" + strings.Repeat("x", 255) + "\" \"" + strings.Repeat("x", 45) + "\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := Parse("t", "challenge http-01 www.example.com\n"+tt.lines)
			if err != nil {
				t.Fatal(err)
			}
			name, qtype, _ := strings.Cut(tt.ask, " ")
			if got := show(w.View("").Resolve(name, dns.StringToType[qtype])); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if w, err := Parse("t", "challenge http-01 a.example.com\n"+chain(11)); err != nil || w.View("").Resolve("c0.example.com", dns.TypeA).Rcode != 0 {
		t.Errorf("eleven aliases: %v", err)
	}
}
