package lab_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/respond"
)

func newZone(t *testing.T, o lab.ZoneOptions) *lab.Zone {
	t.Helper()
	z, err := lab.StartZone(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(z.Close)
	return z
}

// exchange asks a zone.
func exchange(t *testing.T, z *lab.Zone, network string, q *dns.Msg) *dns.Msg {
	t.Helper()
	c := dns.Client{Net: network, Timeout: 5 * time.Second, TsigSecret: secrets}
	m, _, err := c.ExchangeContext(t.Context(), q, z.Address().String())
	if err != nil && m == nil {
		t.Fatalf("%v: %v", q.Question, err)
	}
	return m
}

// says is an answer in short: its rcode and the data of its records.
func says(m *dns.Msg) string {
	s := dns.RcodeToString[m.Rcode]
	for _, r := range m.Answer {
		s += " " + strings.TrimPrefix(r.String(), r.Header().String())
	}
	return s
}

func ask(t *testing.T, z *lab.Zone, name, kind string) *dns.Msg {
	t.Helper()
	return exchange(t, z, "udp", new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.StringToType[kind]))
}

func set(t *testing.T, z *lab.Zone, name, kind string, values ...string) {
	t.Helper()
	if err := z.Set(name, kind, values...); err != nil {
		t.Fatal(err)
	}
}

func TestZoneAnswers(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test", "sub.lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}})
	set(t, z, "own.lab.test", "A", "192.0.2.1", "192.0.2.2")
	set(t, z, "Alias.lab.test", "CNAME", "own.lab.test.")
	set(t, z, "away.lab.test", "CNAME", "www.example.com.")
	set(t, z, "loop.lab.test", "CNAME", "loop.lab.test.")
	set(t, z, "dead.lab.test", "CNAME", "_gone.lab.test.")
	set(t, z, "lab.test", "CAA", `0 issue "pebble.letsencrypt.org"`)
	set(t, z, "_acme-challenge.lab.test", "TXT", "one", `two "quoted" \ back`)
	set(t, z, "_a._b.lab.test", "TXT", "x")
	set(t, z, "wide.lab.test", "TXT", strings.Repeat("w", 300))
	for _, tt := range []struct{ name, kind, want string }{
		{"lab.test", "A", "NOERROR 127.0.0.1"},
		{"any.lab.test", "AAAA", "NOERROR ::1"},
		{"own.LAB.test", "A", "NOERROR 192.0.2.1 192.0.2.2"},
		{"own.lab.test", "AAAA", "NOERROR"},
		{"alias.lab.test", "A", "NOERROR own.lab.test. 192.0.2.1 192.0.2.2"},
		{"alias.lab.test", "CNAME", "NOERROR own.lab.test."},
		{"away.lab.test", "A", "NOERROR www.example.com."},
		{"loop.lab.test", "A", "SERVFAIL"},
		{"dead.lab.test", "A", "NXDOMAIN _gone.lab.test."},
		{"lab.test", "CAA", `NOERROR 0 issue "pebble.letsencrypt.org"`},
		{"lab.test", "NS", "NOERROR ns.lab.test."},
		{"x.sub.lab.test", "SOA", "NOERROR"},
		{"_acme-challenge.lab.test", "TXT", `NOERROR "one" "two \"quoted\" \\ back"`},
		{"_acme-challenge.lab.test", "A", "NOERROR"},
		{"_acme-challenge.www.lab.test", "TXT", "NXDOMAIN"},
		{"_b.lab.test", "TXT", "NOERROR"}, // something is below it
		{"wide.lab.test", "TXT", `NOERROR "` + strings.Repeat("w", 255) + `" "` + strings.Repeat("w", 45) + `"`},
		{"www.lab.test", "TXT", "NOERROR"},
		{"lab.test", "ANY", "REFUSED"},
		{"example.com", "A", "REFUSED"},
		{"test", "NS", "REFUSED"},
	} {
		m := ask(t, z, tt.name, tt.kind)
		if got := says(m); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.name, tt.kind, got, tt.want)
		}
		served := m.Rcode != dns.RcodeRefused
		if m.Authoritative != served {
			t.Errorf("%s %s: AA is %t", tt.name, tt.kind, m.Authoritative)
		}
		if negative := served && len(m.Answer) == 0 && m.Rcode != dns.RcodeServerFailure; negative && (len(m.Ns) != 1 || m.Ns[0].Header().Rrtype != dns.TypeSOA) {
			t.Errorf("%s %s: no SOA: %v", tt.name, tt.kind, m.Ns)
		}
	}
	if soa, ok := ask(t, z, "sub.lab.test", "SOA").Answer[0].(*dns.SOA); !ok || soa.Serial != 10 || soa.Hdr.Name != "sub.lab.test." {
		t.Errorf("%v", soa)
	}
}

// Without addresses for all, a name exists when something is there.
func TestZoneNames(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"."}})
	set(t, z, "a.b.c.test", "A", "192.0.2.1")
	for _, tt := range []struct{ name, want string }{
		{"a.b.c.test", "NOERROR 192.0.2.1"},
		{"b.c.test", "NOERROR"},
		{"test", "NOERROR"},
		{".", "NOERROR"},
		{"x.b.c.test", "NXDOMAIN"},
		{"ab.c.test", "NXDOMAIN"},
		{"x.a.b.c.test", "NXDOMAIN"},
	} {
		if got := says(ask(t, z, tt.name, "A")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	set(t, z, "a.b.c.test", "A")
	if got := says(ask(t, z, "b.c.test", "A")); got != "NXDOMAIN" {
		t.Errorf("after it is gone: %s", got)
	}
}

func TestZoneValues(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}})
	for _, v := range []string{"one", "two", "one", "\x00 \"\\ \xff"} {
		if err := z.Add("x.lab.test", "TXT", v); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []string{"two", "\x00 \"\\ \xff", "never there"} {
		if err := z.Remove("x.lab.test", "txt", v); err != nil {
			t.Fatal(err)
		}
	}
	if got := says(ask(t, z, "x.lab.test", "TXT")); got != `NOERROR "one"` {
		t.Error(got)
	}
	for _, tt := range [][3]string{
		{"example.com", "TXT", "outside"},
		{"x.lab.test", "CNAME", "y.lab.test."},
		{"x.lab.test", "NONSENSE", "x"},
		{"x.lab.test", "A", "not an address"},
		{"x.lab.test", "A", ""},
	} {
		if err := z.Add(tt[0], tt[1], tt[2]); err == nil {
			t.Errorf("%s: no error", tt)
		}
	}
}

// Answers that are too long for UDP are cut, and whole over TCP.
func TestZoneTruncates(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}})
	for i := range 10 {
		if err := z.Add("x.lab.test", "TXT", fmt.Sprint(i, strings.Repeat("x", 180))); err != nil {
			t.Fatal(err)
		}
	}
	q := new(dns.Msg).SetQuestion("x.lab.test.", dns.TypeTXT)
	if m := exchange(t, z, "udp", q); !m.Truncated || m.Len() > dns.MinMsgSize {
		t.Errorf("truncated %t, %d octets", m.Truncated, m.Len())
	}
	if m := exchange(t, z, "tcp", q); m.Truncated || len(m.Answer) != 10 {
		t.Errorf("truncated %t, %d records", m.Truncated, len(m.Answer))
	}
	q.SetEdns0(65535, false)
	m := exchange(t, z, "udp", q)
	m.Compress = true // as it was
	if !m.Truncated || m.Len() > 1232 || m.Len() <= dns.MinMsgSize || m.IsEdns0() == nil {
		t.Errorf("truncated %t, %d octets", m.Truncated, m.Len())
	}
}

// A header that announces a question and brings none.
func TestZoneHostile(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}})
	for _, packet := range [][]byte{
		{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0},
		{0, 1, 5 << 3, 0, 0, 1, 0, 0, 0, 0, 0, 0},        // UPDATE
		{0, 1, 5 << 3, 0, 0, 1, 255, 255, 0, 0, 0, 0, 0}, // with more than it may
	} {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "udp", z.Address().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		answer := make([]byte, 512)
		if _, err := c.Write(packet); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(answer); err != nil || n < 12 || answer[3]&0xF != dns.RcodeFormatError {
			t.Errorf("%x: %x %v", packet, answer[:n], err)
		}
		_ = c.Close()
	}
	if got := says(ask(t, z, "lab.test", "NS")); got != "NOERROR ns.lab.test." {
		t.Errorf("afterwards: %s", got)
	}
}

func TestZoneSeen(t *testing.T) {
	t.Parallel()
	var seen respond.Record[lab.Query]
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}, Seen: seen.Add})
	exchange(t, z, "tcp", new(dns.Msg).SetQuestion("_x.lab.test.", dns.TypeTXT))
	z.Close() // or the answer may be here before it was recorded
	all, lost := seen.All()
	if len(all) != 1 || lost != 0 {
		t.Fatal(all)
	}
	if q := all[0]; q.Name != "_x.lab.test" || q.Type != "TXT" || q.Answer != "NXDOMAIN" || q.Network != "tcp" || !q.From.Addr().IsLoopback() || q.At.IsZero() {
		t.Errorf("%+v", q)
	}
}

func TestZoneEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	z, err := lab.StartZone(ctx, lab.ZoneOptions{Names: []string{"lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	z.Close()
	z.Close()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", z.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}

const right, wrong, unknown = "right-key.", "wrong-key.", "unknown-key."

// secrets are what the client signs with; the zone knows two of these names.
var secrets = map[string]string{right: encoded("right"), wrong: encoded("guessed"), unknown: encoded("right")}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func txt(name, value string) []dns.RR {
	return []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: []string{value}}}
}

// Updates as solvers send them, and as attackers would.
func TestZoneUpdates(t *testing.T) {
	t.Parallel()
	const name = "_acme-challenge.lab.test."
	address, err := dns.NewRR(name + " 60 IN A 192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, key, algorithm string
		zone                 string
		change               func(*dns.Msg)
		want                 string // of the update
		tsig                 uint16
		left                 string // at the name
	}{
		{name: "insert", change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOERROR", left: `NOERROR "old" "new"`},
		{name: "insert in capitals", change: func(m *dns.Msg) { m.Insert(txt("_ACME-challenge.LAB.test.", "new")) }, want: "NOERROR", left: `NOERROR "old" "new"`},
		{name: "insert twice", change: func(m *dns.Msg) { m.Insert(txt(name, "old")) }, want: "NOERROR", left: `NOERROR "old"`},
		{name: "remove a value", change: func(m *dns.Msg) { m.Remove(txt(name, "old")) }, want: "NOERROR", left: "NXDOMAIN"},
		{name: "remove another value", change: func(m *dns.Msg) { m.Remove(txt(name, "other")) }, want: "NOERROR", left: `NOERROR "old"`},
		{name: "remove all", change: func(m *dns.Msg) { m.RemoveRRset(txt(name, "")) }, want: "NOERROR", left: "NXDOMAIN"},
		{name: "replace", change: func(m *dns.Msg) { m.RemoveRRset(txt(name, "")); m.Insert(txt(name, "new")) }, want: "NOERROR", left: `NOERROR "new"`},
		{name: "below", change: func(m *dns.Msg) { m.Insert(txt("x."+name, "new")) }, want: "NOERROR", left: `NOERROR "old"`},
		{name: "another name", change: func(m *dns.Msg) { m.Insert(txt("www.lab.test.", "new")) }, want: "REFUSED", left: `NOERROR "old"`},
		{name: "half allowed", change: func(m *dns.Msg) { m.Remove(txt(name, "old")); m.Insert(txt("www.lab.test.", "new")) }, want: "REFUSED", left: `NOERROR "old"`},
		{name: "another type", change: func(m *dns.Msg) { m.Insert([]dns.RR{address}) }, want: "REFUSED", left: `NOERROR "old"`},
		{name: "remove the name", change: func(m *dns.Msg) { m.RemoveName(txt(name, "")) }, want: "REFUSED", left: `NOERROR "old"`},
		{name: "another zone's name", change: func(m *dns.Msg) { m.Insert(txt("_acme-challenge.example.com.", "new")) }, want: "NOTZONE", left: `NOERROR "old"`},
		{name: "another zone", zone: "example.com.", change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOTAUTH", left: `NOERROR "old"`},
		{name: "not an apex", zone: name, change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOTAUTH", left: `NOERROR "old"`},
		{name: "a type that is there", change: func(m *dns.Msg) { m.RRsetUsed(txt(name, "")); m.Insert(txt(name, "new")) }, want: "NOERROR", left: `NOERROR "old" "new"`},
		{name: "a type that is not there", change: func(m *dns.Msg) { m.RRsetUsed(txt("x."+name, "")); m.Insert(txt(name, "new")) }, want: "NXRRSET", left: `NOERROR "old"`},
		{name: "no such type", change: func(m *dns.Msg) { m.RRsetNotUsed([]dns.RR{address}); m.Insert(txt(name, "new")) }, want: "NOERROR", left: `NOERROR "old" "new"`},
		{name: "a type against the condition", change: func(m *dns.Msg) { m.RRsetNotUsed(txt(name, "")); m.Insert(txt(name, "new")) }, want: "YXRRSET", left: `NOERROR "old"`},
		{name: "a condition on values", change: func(m *dns.Msg) { m.Used(txt(name, "old")); m.Insert(txt(name, "new")) }, want: "NOTIMP", left: `NOERROR "old"`},
		{name: "unsigned", key: "none", change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "REFUSED", left: `NOERROR "old"`},
		{name: "wrong secret", key: wrong, change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOTAUTH", tsig: dns.RcodeBadSig, left: `NOERROR "old"`},
		{name: "unknown key", key: unknown, change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOTAUTH", tsig: dns.RcodeBadKey, left: `NOERROR "old"`},
		{name: "wrong algorithm", algorithm: dns.HmacSHA512, change: func(m *dns.Msg) { m.Insert(txt(name, "new")) }, want: "NOTAUTH", tsig: dns.RcodeBadKey, left: `NOERROR "old"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}, Keys: []lab.Key{
				{Name: "Right-key", Secret: []byte("right"), Writes: []string{"_acme-challenge.lab.test"}},
				{Name: "wrong-key", Secret: []byte("wrong"), Writes: []string{"."}},
			}})
			set(t, z, name, "TXT", "old")
			m := new(dns.Msg).SetUpdate("lab.test.")
			if tt.zone != "" {
				m.SetUpdate(tt.zone)
			}
			tt.change(m)
			if tt.algorithm == "" {
				tt.algorithm = dns.HmacSHA256
			}
			if tt.key == "" {
				tt.key = right
			}
			if tt.key != "none" {
				m.SetTsig(tt.key, tt.algorithm, 300, time.Now().Unix())
			}
			r := exchange(t, z, "tcp", m)
			if got := dns.RcodeToString[r.Rcode]; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if signed := r.IsTsig(); (signed == nil) != (tt.key == "none") || signed != nil && signed.Error != tt.tsig {
				t.Errorf("%v, want an error %d", signed, tt.tsig)
			}
			if got := says(ask(t, z, name, "TXT")); got != tt.left {
				t.Errorf("left: %s, want %s", got, tt.left)
			}
		})
	}
}

// Many at once; the race detector looks on.
func TestZoneConcurrent(t *testing.T) {
	t.Parallel()
	z := newZone(t, lab.ZoneOptions{Names: []string{"lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	var wg sync.WaitGroup
	for i := range 20 {
		value := fmt.Sprint(i)
		wg.Go(func() {
			if err := z.Add("x.lab.test", "TXT", value); err != nil {
				t.Error(err)
			}
			c := dns.Client{Net: []string{"udp", "tcp"}[i%2], Timeout: 5 * time.Second}
			m, _, err := c.ExchangeContext(t.Context(), new(dns.Msg).SetQuestion("x.lab.test.", dns.TypeTXT), z.Address().String())
			if err != nil || !slices.ContainsFunc(m.Answer, func(r dns.RR) bool { return r.(*dns.TXT).Txt[0] == value }) {
				t.Errorf("%s: %v %v", value, m, err)
			}
			if err := z.Remove("x.lab.test", "TXT", value); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := says(ask(t, z, "x.lab.test", "TXT")); got != "NOERROR" {
		t.Error(got)
	}
}
