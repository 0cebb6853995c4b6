package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
)

const (
	syntaxSays = `Invalid identifiers requested :: Cannot issue for %q: %s`
	listSays   = `Error creating new order :: Cannot issue for %q: %s`
)

// long is a label of n octets.
func long(n int) string { return strings.Repeat("a", n) }

// ofLength is a name of n octets under com, in labels that are not too long.
func ofLength(n int) string {
	s := "com"
	for n-len(s) > 61 {
		s = long(60) + "." + s
	}
	return long(n-len(s)-1) + "." + s
}

// A nameCase is an identifier and what Boulder answers; rule "": it takes it.
// Where two rules could refuse it, the first one's words are there.
type nameCase struct {
	id    string
	rule  Rule
	words string
}

var nameCases = []nameCase{
	{"example.com", "", ""},
	{"*.example.com", "", ""},
	{"Example.COM", "", ""}, // lowered before it is looked at
	{"1.2.3.4.example.com", "", ""},
	{"xn--bcher-kva.example.com", "", ""},
	{"a--b.example.com", "", ""},
	{"github.io", "", ""},     // a suffix, but a private one
	{"*.github.io", "", ""},   // likewise
	{"www.ck", "", ""},        // an exception to *.ck
	{"city.kobe.jp", "", ""},  // an exception to *.kobe.jp
	{"kobe.jp", "", ""},       // above *.kobe.jp
	{"example.onion", "", ""}, // in the list
	{"example.arpa", "", ""},  // likewise
	{ofLength(253), "", ""},
	{"*." + ofLength(253), "", ""},
	{"a.b.c.d.e.f.g.h.i.com", "", ""},
	{"*.a.b.c.d.e.f.g.h.i.com", "", ""}, // an asterisk is no label
	{long(63) + ".com", "", ""},
	{"8.8.8.8", "", ""},
	{"2600::1", "", ""},

	{"", RuleNameEmpty, saysEmpty},

	{"*.*.example.com", RuleWildcard, saysWildcards},
	{"a*.*.example.com", RuleWildcard, saysWildcards}, // misplaced, too
	{"a*.example.com", RuleWildcard, saysWildcardPlace},
	{"a.*.example.com", RuleWildcard, saysWildcardPlace},
	{"*example.com", RuleWildcard, saysWildcardPlace},
	{"*", RuleWildcard, saysWildcardPlace},
	{"_*.local", RuleWildcard, saysWildcardPlace},
	{"*.local", RuleNameSuffix, saysSuffix}, // before: needs a dot
	{"*._x.local", RuleNameSuffix, saysSuffix},
	{"*.192.0.2.1", RuleNameSuffix, saysSuffix}, // before: is an address
	{"*.example.com.", RuleNameSuffix, saysSuffix},
	{"*.com", RuleNameIsSuffix, saysWildcardTLD}, // before: needs a dot
	{"*.co.uk", RuleNameIsSuffix, saysWildcardTLD},
	{"*.a.ck", RuleNameIsSuffix, saysWildcardTLD},
	{"*._x.example.com", RuleNameCharacter, saysCharacter},

	{"_x.example.com", RuleNameCharacter, saysCharacter},
	{"bücher.example.com", RuleNameCharacter, saysCharacter},
	{"www example.com", RuleNameCharacter, saysCharacter},
	{"example.com:443", RuleNameCharacter, saysCharacter},
	{"me@example.com", RuleNameCharacter, saysCharacter},
	{"_" + ofLength(253), RuleNameCharacter, saysCharacter}, // too long, too
	{ofLength(254), RuleNameLength, saysLength},
	{"*." + ofLength(254), RuleNameLength, saysLength},
	{"a.b.c.d.e.f.g.h.i.com.", RuleNameDot, saysDot}, // too many dots, too
	{"example.com.", RuleNameDot, saysDot},
	{".", RuleNameDot, saysDot},
	{"a.b.c.d.e.f.g.h.i.j.com", RuleLabelsMany, saysLabels},
	{"a..c.d.e.f.g.h.i.j.com", RuleLabelsMany, saysLabels},
	{"localhost", RuleLabelMissing, saysNoDot},
	{"com", RuleLabelMissing, saysNoDot}, // a suffix, too
	{"-", RuleLabelMissing, saysNoDot},
	{"a..example.com", RuleNameDots, saysDots},
	{".example.com", RuleNameDots, saysDots},
	{"." + long(64) + ".com", RuleNameDots, saysDots},
	{long(64) + "..com", RuleLabelLong, saysLabel}, // by the first label
	{long(64) + ".com", RuleLabelLong, saysLabel},
	{"-" + long(63) + ".com", RuleLabelLong, saysLabel}, // and a hyphen
	{"-a.example.com", RuleNameCharacter, saysCharacter},
	{"a-.example.com", RuleNameCharacter, saysCharacter},
	{"xn--.example.com", RuleNameCharacter, saysCharacter},
	{"-a--b.example.com", RuleNameCharacter, saysCharacter},
	{"ab--cd.example.com", RuleLabelReserved, saysReserved},
	{"ab--cd.-a.example.com", RuleLabelReserved, saysReserved},
	{"xn--0.ab--cd.example.com", RulePunycode, saysPunycode},
	{"xn--0.example.com", RulePunycode, saysPunycode}, // not decodable
	{"xn--www-.example.com", RuleNameCharacter, saysCharacter},
	{"xn--e-xbb.example.com", RulePunycode, saysPunycode}, // e and an accent: not NFC
	{"xn--0.example.local", RulePunycode, saysPunycode},
	{"router.local", RuleNameSuffix, saysSuffix},
	{"db.internal", RuleNameSuffix, saysSuffix},
	{"a.ck.example", RuleNameSuffix, saysSuffix},
	{"192.0.2.300", RuleNameSuffix, saysSuffix},
	{"010.0.0.1", RuleNameSuffix, saysSuffix},
	{"co.uk", RuleNameIsSuffix, saysTLD},
	{"a.ck", RuleNameIsSuffix, saysTLD},
	{"c.kobe.jp", RuleNameIsSuffix, saysTLD},

	{"2600:0::1", RuleAddressForm, saysIP},
	{"fe80::1%eth0", RuleAddressForm, saysIP}, // reserved, too
	{"10.0.0.1", RuleAddressReserved, "IP address is in a reserved address block: [RFC 1918]: Private-Use"},
	{"::1", RuleAddressReserved, "IP address is in a reserved address block: [RFC 4291]: Loopback Address"},
	{"::ffff:8.8.8.8", RuleAddressReserved, "IP address is in a reserved address block: [RFC 4291]: IPv4-mapped Address"},

	{"1.0.0.10.in-addr.arpa", RuleNameForbidden, saysForbidden},
	{"*.1.ip6.arpa", RuleNameForbidden, saysForbidden},
	{"224.0.0.1", RuleNameForbidden, saysForbidden},
	{"ff02::1", RuleNameForbidden, saysForbidden},
}

// ordered is what a policy says to an order for one name by one method. It
// must not look at anything.
func ordered(t *testing.T, p *Policy, id string, m probes.Method) Decision {
	t.Helper()
	g := probes.Given{Task: probes.Task{Method: m, Identifier: probes.Identifier(id)}, Order: true}
	d, _ := p.order(g)
	if d.Rule == RuleAccepted {
		return d
	}
	return p.Decide(g, func(asks ...probes.Ask) []probes.Step {
		t.Fatalf("%q: looked at %+v", id, asks[0].Fact)
		return nil
	})
}

// methodFor is a method that is offered for an identifier.
func methodFor(id string) probes.Method {
	if probes.Identifier(id).Wildcard() {
		return probes.DNS01
	}
	return probes.HTTP01
}

// want is the detail of the problem a case ends with.
func (c nameCase) want() string {
	switch c.rule {
	case RuleAccepted:
		return ""
	case RuleNameEmpty:
		return c.words
	case RuleNameForbidden:
		return fmt.Sprintf(listSays, c.id, c.words)
	}
	return fmt.Sprintf(syntaxSays, strings.ToLower(c.id), c.words)
}

func TestNames(t *testing.T) {
	for _, c := range nameCases {
		t.Run(c.id, func(t *testing.T) {
			d := ordered(t, LetsEncrypt(), c.id, methodFor(c.id))
			kind, detail := ProblemType(""), ""
			if d.Problem != nil {
				kind, detail = d.Problem.Kind(), d.Problem.Detail
			}
			want := map[bool]ProblemType{true: RejectedIdentifier}[c.rule != ""]
			if c.rule == RuleNameEmpty {
				want = Malformed
			}
			if d.Rule != c.rule || detail != c.want() || kind != want {
				t.Errorf("%q %s\n got %q\nwant %q", d.Rule, kind, detail, c.want())
			}
		})
	}
}

// A client may order an address as a name, or the reverse.
func TestNamesOfTheWrongType(t *testing.T) {
	p := LetsEncrypt()
	for _, tt := range []struct {
		kind, value string
		rule        Rule
		words       string
	}{
		{"dns", "192.0.2.1", RuleNameAddress, saysAddress},
		{"dns", "2600::1", RuleNameCharacter, saysCharacter},
		{"dns", "Example.com", RuleNameCharacter, saysCharacter},
		{"ip", "example.com", RuleAddressForm, saysIP},
		{"ip", "2600::A", RuleAddressForm, saysIP},
		{"ip", "[2600::1]", RuleAddressForm, saysIP},
		{"ip", "010.8.8.8", RuleAddressForm, saysIP},
		{"ip", "8.8.8.8", RuleAccepted, ""},
	} {
		if rule, words := p.Refusal(p.Names.Rules, tt.kind, tt.value); rule != tt.rule || words != tt.words {
			t.Errorf("%s %s: %s %q", tt.kind, tt.value, rule, words)
		}
	}
}

func TestPebbleNames(t *testing.T) {
	const order = "Order included "
	for _, tt := range []struct {
		id   string
		rule Rule
		text string
	}{
		{"localhost", "", ""},
		{"a..com", "", ""},
		{"router.local", "", ""},
		{"*.com", "", ""},
		{"10.0.0.1", "", ""},
		{"2600:0::1", "", ""},
		{"", RuleNameEmpty, order + "DNS identifier with empty value"},
		{"_x.com", RuleNameCharacter, order + "DNS identifier with a value containing an illegal character: '_'"},
		{"_x.com.", RuleNameCharacter, order + "DNS identifier with a value containing an illegal character: '_'"},
		{ofLength(254) + ".", RuleNameLength, order + "DNS identifier that was longer than 253 characters"},
		{"*.a*.com.", RuleNameDot, order + "a DNS identifier with a value ending in a period: \"*.a*.com.\"\n"},
		{"a*.*.com", RuleWildcard, order + "DNS type identifier with illegal wildcard value: too many wildcards \"a*.*.com\""},
		{"a*.com", RuleWildcard, order + "DNS type identifier with illegal wildcard value: wildcard isn't leftmost prefix \"a*.com\""},
		{"fe80::1%eth0", RuleAddressForm, order + "malformed IP type identifier value: \"fe80::1%eth0\"\n"},
		{"a.blocked-domain.example", RuleNameForbidden, order + "an identifier for which issuance is forbidden by policy: \"a.blocked-domain.example\""},
	} {
		t.Run(tt.id, func(t *testing.T) {
			d := ordered(t, Pebble(), tt.id, methodFor(tt.id))
			if d.Rule != tt.rule || (d.Problem != nil) != (tt.text != "") || d.Problem != nil && d.Problem.Detail != tt.text {
				t.Errorf("%s %+v", d.Rule, d.Problem)
			}
		})
	}
	p := Pebble()
	if rule, words := p.Refusal(p.Names.Rules, "dns", "10.0.0.1"); rule != RuleNameAddress || words != order+"a DNS identifier with an IP address value: \"10.0.0.1\"\n" {
		t.Errorf("%s %q", rule, words)
	}
}

func TestForbiddenLists(t *testing.T) {
	p := LetsEncrypt()
	p.Names.Forbidden, p.Names.Exact = []string{"bad.com"}, []string{"www.high.com"}
	for id, want := range map[string]bool{
		"bad.com": true, "a.bad.com": true, "*.bad.com": true, "notbad.com": false,
		"www.high.com": true, "*.high.com": true, "high.com": false, "a.www.high.com": false, "*.www.high.com": false,
	} {
		if d := ordered(t, p, id, probes.DNS01); (d.Rule == RuleNameForbidden) != want {
			t.Errorf("%s: %+v", id, d)
		}
	}
}

// The CA just offers no such challenge: there is no problem to show.
func TestMethodsThatAreNotOffered(t *testing.T) {
	for _, p := range []*Policy{LetsEncrypt(), Pebble()} {
		for _, m := range probes.Methods {
			dns := m == probes.DNS01 || m == probes.DNSAccount01 || m == probes.DNSPersist01
			for id, want := range map[string]Rule{
				"example.com":   RuleAccepted,
				"*.example.com": map[bool]Rule{false: RuleMethodWildcard}[dns],
				"8.8.8.8":       map[bool]Rule{true: RuleMethodAddress}[dns],
			} {
				d := ordered(t, p, id, m)
				offered := slices.Contains(p.Offers(probes.Identifier(id)), m)
				if d.Rule != want || d.Problem != nil || d.Valid || offered != (want == RuleAccepted) {
					t.Errorf("%s %s@%s: %+v, want %q", p.Name, m, id, d, want)
				}
			}
		}
	}
}

// No CAA record stands against an address, so nothing is looked up.
func TestCAAOfAnAddress(t *testing.T) {
	g := probes.Given{Task: probes.Task{Method: probes.CAA, For: probes.HTTP01, Identifier: "8.8.8.8"}, Order: true}
	if d := LetsEncrypt().Decide(g, nil); !d.Valid {
		t.Errorf("%+v", d)
	}
	g.Identifier = "10.0.0.1"
	if d := LetsEncrypt().Decide(g, nil); d.Rule != RuleAddressReserved {
		t.Errorf("%+v", d)
	}
	for _, id := range []probes.Identifier{"example.com", "*.example.com"} {
		g.Identifier = id
		if _, decided := LetsEncrypt().order(g); decided {
			t.Errorf("%s is decided without its records", id)
		}
	}
}

// Without Given.Order it is the validation authority that is asked, which has
// no rules about names.
func TestTheVAHasNoRulesAboutNames(t *testing.T) {
	g := question
	g.Identifier = "ab--cd.com"
	if d := LetsEncrypt().Decide(g, script()); !d.Undecided {
		t.Errorf("%+v", d)
	}
}

func names(n int) []probes.Identifier {
	var out []probes.Identifier
	for i := range n {
		out = append(out, probes.Identifier(fmt.Sprintf("n%03d.example.com", i)))
	}
	return out
}

func TestOrder(t *testing.T) {
	long := probes.Identifier(ofLength(250))
	for _, tt := range []struct {
		name   string
		ids    []probes.Identifier
		rule   Rule
		kind   ProblemType
		detail string
	}{
		{"fine", []probes.Identifier{"example.com", "*.example.com", "8.8.8.8"}, "", "", ""},
		{"100", names(100), "", "", ""},
		{"a name twice is one", append(names(100), "N000.example.com"), "", "", ""},
		{"101", names(101), RuleOrderLarge, Malformed, "Error creating new order :: Order cannot contain more than 100 identifiers"},
		{"10,000 octets", slices.Repeat([]probes.Identifier{long}, 40), "", "", ""},
		{"more", append(slices.Repeat([]probes.Identifier{long}, 40), "a"), RuleOrderLarge, Malformed, "Cumulative length of all identifier values was greater than 10000 bytes"},
		{
			"redundant",
			[]probes.Identifier{"*.example.com", "B.example.com", "a.b.example.com"},
			RuleOrderRedundant, Malformed,
			`Error creating new order :: Domain name "b.example.com" is redundant with a wildcard domain in the same request. Remove one or the other from the certificate request.`,
		},
		{"a wildcard under a wildcard", []probes.Identifier{"*.example.com", "*.a.example.com"}, "", "", ""},
		{"one is bad", append(names(100), "localhost"), RuleLabelMissing, RejectedIdentifier, `Invalid identifiers requested :: Cannot issue for "localhost": ` + saysNoDot},
		{
			"three are bad, the first by the alphabet says why",
			[]probes.Identifier{"10.0.0.1", "example.com", "localhost", "_a.com"},
			RuleNameCharacter, RejectedIdentifier,
			`Invalid identifiers requested :: Cannot issue for "_a.com": ` + saysCharacter + ` (and 2 more problems. Refer to sub-problems for more information.)`,
		},
		{"on a list, and too many", append(names(100), "1.ip6.arpa"), RuleOrderLarge, Malformed, "Error creating new order :: Order cannot contain more than 100 identifiers"},
		{
			"on a list, and redundant",
			[]probes.Identifier{"x.ip6.arpa", "*.example.com", "a.example.com", "224.0.0.1"},
			RuleNameForbidden, RejectedIdentifier,
			`Error creating new order :: Cannot issue for "x.ip6.arpa": ` + saysForbidden + ` (and 1 more problems. Refer to sub-problems for more information.)`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.ids)
			rule, p := LetsEncrypt().Order(tt.ids)
			if rule != tt.rule || (p != nil) != (tt.rule != "") || p != nil && (p.Detail != tt.detail || p.Kind() != tt.kind) {
				t.Errorf("%q %+v, want %q", rule, p, tt.detail)
			}
			if !slices.Equal(before, tt.ids) {
				t.Error("the caller's names were changed")
			}
		})
	}
	if rule, p := Pebble().Order([]probes.Identifier{"*.a.com", "b.a.com"}); rule != "" || p != nil {
		t.Errorf("Pebble minds: %s", rule)
	}
	if rule, p := Pebble().Order(append(names(101), "_b", "_a")); rule != RuleNameCharacter || p.Kind() != Malformed {
		t.Errorf("%s %+v", rule, p)
	}
}
