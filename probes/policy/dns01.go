package policy

// This file is the validation of the dns methods: one TXT look-up and what it
// holds (Boulder va/dns.go, va/dns_persist.go; RFC 8555 §8.4).

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// DNS01 is how a CA validates dns-01, dns-account-01 and dns-persist-01.
type DNS01 struct {
	Label        string // in front of the name
	PersistLabel string // the same of dns-persist-01
	// Shown is how many octets of a wrong value the CA quotes.
	Shown   int
	Persist Persist
	Source  string
}

func (p *Policy) dns01(g probes.Given, look probes.Look) Decision {
	v := p.validation(g, look)
	v.txt()
	v.d.Spent = v.clock.spent
	return v.d
}

// txt looks the record up and judges what it holds.
func (v *validation) txt() {
	if v.given.Identifier.IsIP() {
		v.stop(RuleNotDNS, v.p.Says.TXT.NotDNS(v.given.Method))
		return
	}
	name := v.p.TXTName(v.given.Task)
	v.d.Target = name
	s := v.ask(v.query(name, "TXT", 0))[0]
	l := lookupOf(s)
	why := v.p.Says.Lookup(v.p.Says.DNS, l, s.Fault)
	values := TXTValues(l)
	persist := v.given.Method == probes.DNSPersist01
	switch {
	case cutOff(s):
		v.undecided()
	case why != "" && persist && l.RCode == "NXDOMAIN":
		v.stop(RulePersistMissing, v.p.Says.TXT.PersistLookup(why))
	case why != "" && persist:
		v.d.Fault = s.Fault
		v.stop(RuleLookup, v.p.Says.TXT.PersistLookup(why))
	case why != "" && l.RCode == "NXDOMAIN":
		v.stop(RuleTXTMissing, problem(DNS, why))
	case why != "":
		v.d.Fault = s.Fault
		v.stop(RuleLookup, problem(DNS, why))
	case persist:
		v.persist(values)
	default:
		v.digest(name, values)
	}
	if v.d.Valid {
		v.d.Records = []Record{{Hostname: Base(v.given.Identifier)}}
	}
}

// digest wants one of the values to be the digest of the key authorization.
func (v *validation) digest(name string, values []string) {
	want := WantedTXT(v.given.Task)
	for _, value := range values {
		if value == want && want != "" {
			v.d.Valid = true
			return
		}
	}
	rule, p := RuleTXTMissing, v.p.Says.TXT.None(name)
	if len(values) > 0 {
		rule, p = RuleTXTMismatch, v.p.Says.TXT.Wrong(shortened(values[0], v.p.DNS01.Shown), len(values)-1, name)
	}
	if v.given.Method == probes.DNSAccount01 {
		p = v.p.Says.TXT.OfAccount(p, v.given.Account)
	}
	v.stop(rule, p)
}

func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// TXTName is where a CA looks for the record of a task.
func (p *Policy) TXTName(t probes.Task) string {
	base := Base(t.Identifier)
	switch t.Method { //nolint:exhaustive // the others have no TXT record
	case probes.DNSPersist01:
		return p.DNS01.PersistLabel + "." + base
	case probes.DNSAccount01:
		return "_" + AccountLabel(t.Account) + "." + p.DNS01.Label + "." + base
	}
	return p.DNS01.Label + "." + base
}

// Base is an identifier without its leading "*.".
func Base(id probes.Identifier) string { return strings.TrimPrefix(string(id), "*.") }

// AccountLabel is the label of an account, without its underscore
// (draft-ietf-acme-dns-account-label).
func AccountLabel(account string) string {
	const octets = 10 // 80 bits, so that base32 needs no padding
	sum := sha256.Sum256([]byte(account))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:octets]))
}

// WantedTXT is the value that a dns-01 task wants; empty: nobody knows it.
func WantedTXT(t probes.Task) string {
	if t.TXT == "" && t.KeyAuthorization != "" {
		return TXTDigest(t.KeyAuthorization)
	}
	return t.TXT
}

// TXTDigest is the value that dns-01 demands (RFC 8555 §8.4).
func TXTDigest(keyAuthorization string) string {
	sum := sha256.Sum256([]byte(keyAuthorization))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// TXTValues are the values of the TXT records of an answer: the
// character-strings of each joined, in presentation form, which is how Boulder
// compares and prints them. Owner names are not compared.
func TXTValues(l probes.Lookup) []string {
	var out []string
	for _, r := range l.Answers {
		if r.Type == "TXT" {
			out = append(out, joined(r.Data))
		}
	}
	return out
}

// joined takes the quotes off character-strings and puts them together.
func joined(data string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\\' && i+1 < len(data):
			b.WriteString(data[i : i+2])
			i++
		case c == '"':
			quoted = !quoted
		case quoted || c != ' ':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Raw is a text without the escapes of its presentation form (RFC 1035 §5.1).
func Raw(presented string) string {
	var b strings.Builder
	for i := 0; i < len(presented); i++ {
		c := presented[i]
		if c != '\\' || i+1 == len(presented) {
			b.WriteByte(c)
			continue
		}
		i++
		if n, ok := octet(presented[i:]); ok {
			b.WriteByte(n)
			i += 2
			continue
		}
		b.WriteByte(presented[i])
	}
	return b.String()
}

// octet reads DDD.
func octet(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for _, c := range s[:3] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return byte(n), n <= 255
}
