package delegation_test

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes/delegation"
)

const zone = "acme.host.net"

func plan(tb testing.TB, zone string, s delegation.Style) delegation.Plan {
	tb.Helper()
	p, err := delegation.New(zone, s)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func both(tb testing.TB) []delegation.Plan {
	tb.Helper()
	return []delegation.Plan{plan(tb, zone, delegation.Reversed), plan(tb, zone, delegation.Dash)}
}

func TestTarget(t *testing.T) {
	l63 := strings.Repeat("a", 63)
	tests := []struct{ name, reversed, dash string }{
		{"www.my-shop.co.uk", "uk.co.my-shop.www", "uk-co-my--shop-www"},
		{"*.Example.COM.", "com.example", "com-example"},
		{"a--b.example", "example.a--b", "example-a----b"},
		{"a.b.example", "example.b.a", "example-b-a"},
		{"a-b.example", "example.a-b", "example-a--b"},
		{"_dmarc.example.com", "com.example._dmarc", "com-example-_dmarc"},
		{"xn--e1afmkfd.xn--p1ai", "xn--p1ai.xn--e1afmkfd", "xn----p1ai-xn----e1afmkfd"},
		{l63 + ".com", "com." + l63, "com-" + l63[:24] + "---bvck3qlywensdxa347h25drfxw44rfc3"},
		{l63 + "." + l63 + "." + l63 + ".a--b.com", "com.a--b." + l63 + "." + l63 + "." + l63, "com-a----b-" + l63[:17] + "---qyjuiclgpniv2wr62rqlartdtwkcocv6"},
		{"my-very-long-sub-domain-names.of-a-customer.example.co.uk", "uk.co.example.of-a-customer.my-very-long-sub-domain-names", "uk-co-example-of--a--custome---tzyb3wesclwnj6fgdihxfhkzfcqcclh3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := delegation.ParseName(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range both(t) {
				if got, want := p.Target(n), []string{tt.reversed, tt.dash}[i]+".acme.host.net"; got != want {
					t.Errorf("%s: got %s, want %s", p.Style(), got, want)
				}
			}
		})
	}
}

func TestLine(t *testing.T) {
	const want = "_acme-challenge.www.my-shop.co.uk.  CNAME  uk.co.my-shop.www.acme.host.net."
	if got := plan(t, "ACME.host.net.", delegation.Reversed).Line("www.my-shop.co.uk"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// In a zone with a long name the reversed style has a short form too.
func TestShortForWantOfRoom(t *testing.T) {
	n := delegation.Name(strings.Repeat("abcdefg-h.", 8) + "com")
	zone := strings.Repeat("z", 63) + "." + strings.Repeat("z", 63) + "." + strings.Repeat("z", 61)
	p := plan(t, zone, delegation.Reversed)
	target := p.Target(n)
	if len(target) > 253 || strings.Count(target, ".") != 3 {
		t.Errorf("%d octets: %s", len(target), target)
	}
	if _, err := p.Decode(target); !errors.Is(err, delegation.ErrShort) {
		t.Error(err)
	}
	// The last octet that fits, and the first that does not.
	for spare, fits := range map[int]bool{0: true, -1: false} {
		p := plan(t, strings.Repeat("z", 63)+"."+strings.Repeat("z", 63)+"."+strings.Repeat("z", 252-128-len(n)-spare), delegation.Reversed)
		if got, err := p.Decode(p.Target(n)); (got == n) != fits || (err == nil) != fits {
			t.Errorf("%d octets to spare: %v", spare, err)
		}
	}
	if _, err := delegation.New("z"+zone, delegation.Reversed); err == nil {
		t.Error("a zone that leaves no room is planned for")
	}
}

func TestNamesThatAreNone(t *testing.T) {
	long := strings.Repeat("a.", 118)
	for _, s := range []string{
		"", ".", "com", "*.com", "a..com", ".a.com", "a.com..", "-a.com", "a-.com", "a.-b", "*.*.a.com", "a.*.com", "a b.com", "ä.com",
		"\u212a.com", // the Kelvin sign: k in lower case
		"a/b.com", "192.0.2.1", "a.b.7", strings.Repeat("a", 64) + ".com", "aa" + "." + long + "a",
	} {
		if n, err := delegation.ParseName(s); err == nil {
			t.Errorf("%q is taken for %q", s, n)
		}
	}
	if n, err := delegation.ParseName(long + "a"); err != nil || len(n.Challenge()) != 253 {
		t.Errorf("%d octets: %v", len(n), err)
	}
	for _, zone := range []string{"", "net", "a..net", "*.host.net", "host net"} {
		if _, err := delegation.New(zone, delegation.Reversed); err == nil {
			t.Errorf("%q is taken for a zone", zone)
		}
	}
	if _, err := delegation.New("acme.host.net", "upright"); err == nil {
		t.Error("any style will do")
	}
}

func TestPlacesOfNoName(t *testing.T) {
	p := plan(t, "acme.host.net", delegation.Reversed)
	for target, want := range map[string]error{
		"acme.host.net":               delegation.ErrOtherZone,
		"com.example.host.net":        delegation.ErrOtherZone,
		"com.example.xacme.host.net":  delegation.ErrOtherZone,
		".acme.host.net":              delegation.ErrNoPlace,
		"com.acme.host.net":           delegation.ErrNoPlace,
		"com.example.*.acme.host.net": delegation.ErrNoPlace,
		"com---example.acme.host.net": delegation.ErrNoPlace,
		"-com-example.acme.host.net":  delegation.ErrNoPlace,

		"com." + strings.Repeat("a.b.c.d.", 40) + "acme.host.net": delegation.ErrNoPlace,
		"com-" + strings.Repeat("a", 60) + ".acme.host.net":       delegation.ErrNoPlace, // 64 octets
	} {
		if n, err := p.Decode(target); !errors.Is(err, want) {
			t.Errorf("%s is the place of %q: %v, want %v", target, n, err, want)
		}
	}
	if n, err := p.Decode("COM-Example.acme.HOST.net."); n != "example.com" || err != nil {
		t.Errorf("%q, %v: neither style nor letter case nor a final dot matter", n, err)
	}
}

// obey holds a plan to what it promises for a name, and returns the target.
func obey(tb testing.TB, p delegation.Plan, n delegation.Name) string {
	tb.Helper()
	target := p.Target(n)
	place, ours := strings.CutSuffix(target, "."+p.Zone())
	if len(target) > 253 || !ours {
		tb.Errorf("%s of %s in %s: %d octets", target, n, p.Zone(), len(target))
	}
	for l := range strings.SplitSeq(target, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			tb.Errorf("%s of %s: label %q", target, n, l)
		}
	}
	dash := strings.Count(string(n), "-")
	fits := p.Style() == delegation.Reversed && len(n)+1+len(p.Zone()) <= 253 || p.Style() == delegation.Dash && len(n)+dash <= 63
	switch got, err := p.Decode(target); {
	case fits && (got != n || err != nil):
		tb.Errorf("%s of %s decodes to %q, %v", place, n, got, err)
	case !fits && !errors.Is(err, delegation.ErrShort):
		tb.Errorf("%s of %s does not fit, and decodes to %q, %v", place, n, got, err)
	}
	return target
}

// Every name of up to nine octets that four characters make: whatever differs
// only in where a dot or a hyphen stands is among them.
func TestInjectiveOnAllSmallNames(t *testing.T) {
	const chars = "a-._"
	places := map[string]delegation.Name{}
	names := 0
	plans := both(t)
	buf := make([]byte, 0, 9)
	var grow func()
	grow = func() {
		if n, err := delegation.ParseName(string(buf)); err == nil && string(n) == string(buf) {
			names++
			for _, p := range plans {
				target := obey(t, p, n)
				if other, taken := places[target]; taken {
					t.Fatalf("%s and %s share %s", n, other, target)
				}
				places[target] = n
			}
		}
		if len(buf) == cap(buf) {
			return
		}
		for i := range len(chars) {
			buf = append(buf, chars[i])
			grow()
			buf = buf[:len(buf)-1]
		}
	}
	grow()
	if names < 10000 {
		t.Errorf("only %d names were tried", names)
	}
}

// mean makes names that are close to one another, or at a limit.
func mean(r *rand.Rand) string {
	pieces := []string{"a", "b", "a-b", "a--b", "a---b", "xn--a", "xn--p1ai", "_a", "a_b", "1", "co", "uk", "com", strings.Repeat("a", 63), strings.Repeat("a-", 31) + "a", strings.Repeat("b", 62) + "c"}
	labels := make([]string, 2+r.IntN(9))
	for i := range labels {
		labels[i] = pieces[r.IntN(len(pieces))]
	}
	if r.IntN(2) == 0 {
		labels[0] = fmt.Sprintf("c%x", r.Uint32())
	}
	labels[len(labels)-1] = []string{"com", "uk", "xn--p1ai", "museum"}[r.IntN(4)]
	return strings.Join(labels, ".")
}

// A million names have two million places, in both styles of one zone.
func TestInjectiveOnAMillionNames(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	seed := maphash.MakeSeed()
	places := make(map[uint64]uint64, 2*n)
	distinct := make(map[uint64]bool, n)
	plans := both(t)
	for len(distinct) < n {
		name, err := delegation.ParseName(mean(r))
		if err != nil {
			continue // too long
		}
		h := maphash.String(seed, string(name))
		if distinct[h] {
			continue
		}
		distinct[h] = true
		for _, p := range plans {
			target := p.Target(name)
			if len(distinct)%16 == 0 {
				obey(t, p, name)
			}
			place := maphash.String(seed, target)
			if _, taken := places[place]; taken {
				t.Fatalf("%s shares %s with another name", name, target)
			}
			places[place] = h
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{"www.my-shop.co.uk", "a--b.c", "*._x.xn--p1ai.", strings.Repeat("a-b.", 40) + "com"} {
		f.Add(s, "acme.host.net")
	}
	f.Add("a.b", strings.Repeat("z.", 94)+"z")
	f.Fuzz(func(t *testing.T, name, zone string) {
		n, err := delegation.ParseName(name)
		if err != nil {
			return
		}
		for _, s := range delegation.Styles {
			if p, err := delegation.New(zone, s); err == nil {
				obey(t, p, n)
			}
		}
	})
}

// What decodes is written exactly so by a plan.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"uk.co.my-shop.www", "uk-co-my--shop-www", "a---b-c", "com-a---bvck3qlywensdxa347h25drfxw44rfc3", "com.*", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, place string) {
		target := strings.ToLower(place) + "." + zone
		plans := both(t)
		n, err := plans[0].Decode(target)
		if err == nil && plans[0].Target(n) != target && plans[1].Target(n) != target {
			t.Errorf("%q decodes to %q, whose places are %s and %s", target, n, plans[0].Target(n), plans[1].Target(n))
		}
	})
}

func BenchmarkTarget(b *testing.B) {
	for _, p := range both(b) {
		b.Run(string(p.Style()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Target("www.my-shop.co.uk")
			}
		})
	}
}
