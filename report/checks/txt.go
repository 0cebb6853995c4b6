package checks

// This file reads what was found at the name of a TXT record, and in which one
// of many ways it is not what the CA wants.

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// wanted is the value that the CA wants; empty: nobody knows it.
func (in *In) wanted() string { return policy.WantedTXT(in.Given.Task) }

// digested reports a question by a method whose TXT value is a digest.
func (in *In) digested() bool {
	m := in.Given.Method
	return (m == probes.DNS01 || m == probes.DNSAccount01) && !in.Given.Identifier.IsIP()
}

// byTXT reports a question by any method that has a TXT record.
func (in *In) byTXT() bool {
	return (in.digested() || in.Given.Method == probes.DNSPersist01) && !in.Given.Identifier.IsIP()
}

// txt is the CA's look-up of the TXT record; zero if it made none.
func (in *In) txt() (Step, probes.Lookup) {
	if !in.byTXT() || len(in.Lookups) == 0 {
		return Step{}, probes.Lookup{}
	}
	l, _ := in.Lookups[0].Fact.(probes.Lookup)
	return in.Lookups[0], l
}

// delegation is where the name's records are kept: of the TXT record, or of
// the name whose CAA records decide.
func (in *In) delegation() policy.Delegation {
	name := in.Policy.TXTName(in.Given.Task)
	if in.Given.Method == probes.CAA {
		name = cmp.Or(in.Decision.Target, string(in.Given.Identifier))
	}
	return in.Policy.Delegation(in.Trace, name)
}

// nowhere: the TXT record is not there, and cannot be, because nobody has
// registered the domain that it would be in.
func (in *In) nowhere() bool {
	return in.Decision.Rule == policy.RuleTXTMissing && in.byTXT() && in.delegation().Nowhere
}

// txtArgs are what fixes of DNS records may name. A check that knows better
// says what is in capitals here.
func (in *In) txtArgs() map[string]string {
	args := map[string]string{
		"txt": in.Policy.TXTName(in.Given.Task), "value": cmp.Or(in.wanted(), "VALUE"), "qtype": "A",
		"leftovers": "of them", "instead": "THE OTHER NAME", "server": "NAMESERVER", "mixed": "NAME", "owner": "NAME", "home": "ZONE",
	}
	if in.byTXT() {
		args["txt"], args["qtype"] = in.delegation().Target, "TXT" // where the alias leads is where the record goes
	}
	return args
}

// A txtClass is one way in which the value that is wanted is not there.
type txtClass int

const (
	txtFine txtClass = iota // or it is not what ends the validation
	txtNowhere
	txtNotHashed
	txtMalformed
	txtDisagree
	txtDoubled
	txtAccountLabel
	txtElsewhere
	txtReplaced
	txtMismatch
	txtMissing
)

// txtClass goes from what is at the very name to what is only near.
func (in *In) txtClass() txtClass {
	if !in.Stopped(policy.RuleTXTMissing, policy.RuleTXTMismatch) || !in.digested() {
		return txtFine
	}
	values := in.values()
	near, kind := in.neighbour()
	switch {
	case in.nowhere():
		return txtNowhere
	case slices.ContainsFunc(values, in.notHashed):
		return txtNotHashed
	case slices.ContainsFunc(values, func(v string) bool { return in.blemish(v) != "" }):
		return txtMalformed
	case in.newServers() > 0:
		return txtDisagree
	case near != nil:
		return kind
	case len(values) == 0:
		return txtMissing
	case slices.ContainsFunc(values, func(v string) bool { return isDigest(v) && in.slip(v) == "" }) && !in.byWildcard():
		return txtReplaced
	}
	return txtMismatch
}

// values are those that the CA found.
func (in *In) values() []string {
	_, l := in.txt()
	return policy.TXTValues(l)
}

// isDigest reports a value of the form that dns-01 wants: 43 characters of
// base64url, which are the 32 octets of SHA-256.
func isDigest(v string) bool {
	const length = 43
	return len(v) == length && !strings.ContainsFunc(v, notBase64URL)
}

func notBase64URL(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", r)
}

// notHashed reports the key authorization, or its token, in place of its digest.
func (in *In) notHashed(presented string) bool {
	v := strings.Trim(policy.Raw(presented), "\"' ")
	token := in.Given.Token
	return token != "" && (v == token || strings.HasPrefix(v, token+".")) || v != "" && v == in.Given.KeyAuthorization
}

// blemish says what keeps a value from being a digest that it nearly is.
func (in *In) blemish(presented string) string {
	v, want := policy.Raw(presented), in.wanted()
	if v == "" || isDigest(v) && (v == want || !strings.EqualFold(v, want)) {
		return ""
	}
	for _, b := range blemishes {
		if isDigest(b.mend(v)) {
			return b.say
		}
	}
	if want == "" {
		return ""
	}
	return nearly(v, want)
}

// blemishes are what tools put around a digest, or spell otherwise.
var blemishes = []struct {
	say  string
	mend func(v string) string
}{
	{"the quotes are part of the value; the name server adds its own", func(v string) string { return strings.Trim(v, "\"'“”‘’") }},
	{"white space is part of the value", strings.TrimSpace},
	{"it is padded with \"=\", which base64url in ACME is not", func(v string) string { return strings.TrimRight(v, "=") }},
	{"it is plain base64; base64url has - and _ in place of + and /", func(v string) string {
		return strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(v, "="))
	}},
}

// nearly says in what a value differs from the one that is wanted.
func nearly(v, want string) string {
	const some = 16 // characters that nobody shares by chance
	sum := hexDigest(want)
	switch has := strings.Contains(v, want); {
	case strings.EqualFold(v, want):
		return "upper and lower case letters are not those of the digest"
	case strings.EqualFold(v, sum):
		return "it is the digest in hexadecimal, not in base64url"
	case has && strings.TrimSpace(v) == want:
		return "white space is part of the value"
	case has:
		return fmt.Sprintf("%d other characters stand around the digest", len(v)-len(want))
	case len(v) >= some && strings.HasPrefix(want, v):
		return fmt.Sprintf("it is cut off after %d of %d characters", len(v), len(want))
	case strings.Map(onlyBase64URL, v) == want:
		return "characters stand in the digest that do not belong to it"
	}
	return ""
}

func onlyBase64URL(r rune) rune {
	if notBase64URL(r) {
		return -1
	}
	return r
}

// slip names a digest of something that is nearly the key authorization.
func (in *In) slip(v string) string {
	ka := in.Given.KeyAuthorization
	switch {
	case ka == "":
		return ""
	case v == policy.TXTDigest(ka+"\n"):
		return "the key authorization was hashed with a line feed behind it (echo without -n)"
	case v == policy.TXTDigest(in.Given.Token):
		return "the token alone was hashed; a dot and the account's thumbprint are missing"
	case strings.HasPrefix(ka, in.Given.Token+".") && v == policy.TXTDigest(strings.TrimPrefix(ka, in.Given.Token+".")):
		return "the account's thumbprint alone was hashed; the token and a dot are missing"
	}
	return ""
}

// byWildcard reports that a name which nobody uses has the same values: they
// are those of a wildcard record.
func (in *In) byWildcard() bool {
	for _, l := range in.Looked(probes.BeyondRandom) {
		if there := policy.TXTValues(l.Lookup); len(there) > 0 && sameSet(there, in.values()) {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// neighbour is where the value is instead, and which mistake that is.
func (in *In) neighbour() (*Look, txtClass) {
	want := in.wanted()
	looks := in.Looked(probes.BeyondNeighbour)
	for i := range looks {
		l := looks[i].Lookup
		if want != "" && slices.Contains(policy.TXTValues(l), want) {
			return &looks[i], in.mistake(plainName(l.Name))
		}
	}
	return nil, txtFine
}

func (in *In) mistake(name string) txtClass {
	plain := in.Policy.DNS01.Label + "." + policy.Base(in.Given.Identifier)
	first, rest, _ := strings.Cut(name, ".")
	switch {
	case strings.HasPrefix(name, in.delegation().Name+"."):
		return txtDoubled
	case name == plainName(plain), rest == plainName(plain) && len(first) == 1+len(policy.AccountLabel("")):
		return txtAccountLabel
	}
	return txtElsewhere
}

// leftovers are values of challenges other than the one at hand.
func (in *In) leftovers() []string {
	if !in.digested() {
		return nil
	}
	want := in.wanted()
	return slices.DeleteFunc(in.values(), func(v string) bool { return !isDigest(v) || v == want })
}

// found is evidence of what the CA found at the name.
func (in *In) found() report.Evidence {
	s, l := in.txt()
	e := asked(s)
	if len(in.values()) > 0 {
		e.Text = l.Name + " TXT: " + txtData(l)
	}
	return e
}

// expected is evidence of the value that is wanted.
func (in *In) expected() report.Evidence {
	return report.Evidence{Probe: "p1", Field: "expected", Text: "expected: " + in.wanted()}
}

// hexDigest is a digest as sha256sum prints it.
func hexDigest(want string) string {
	b, err := base64.RawURLEncoding.DecodeString(want)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(b)
}

// counted is a number of things, with the word for them.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
