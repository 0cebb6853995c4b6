package policy

// This file reads dns-persist-01 records, which are written like CAA's issue
// values and read by other rules (Boulder va/dns_persist.go;
// draft-ietf-acme-dns-persist; RFC 8659 §4.2).

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/acmecheck/acmecheck/probes"
)

// Persist is what a dns-persist-01 record has to say.
type Persist struct {
	Wildcard string // the policy that a wildcard needs, in lower case
	Source   string
}

// A PersistRecord is one TXT value of dns-persist-01, read.
type PersistRecord struct {
	Issuer  string // normalised; empty: not a record of any CA
	Account string
	Policy  string
	Until   time.Time // zero: for ever
	// Bad is why the record cannot be read, in the CA's words; empty: it can.
	Bad string
	// Refused is why it does not authorize, in the CA's words; empty: it does.
	Refused string
	Rule    Rule // of Bad or Refused
}

// persist wants one record of this CA to authorize the account.
func (v *validation) persist(values []string) {
	says := v.p.Says.TXT
	if len(values) == 0 {
		v.stop(RulePersistMissing, says.PersistNone())
		return
	}
	var bad, refused []string
	rule := RulePersistMissing
	for _, r := range v.p.PersistRecords(v.given, values) {
		switch {
		case r.Issuer != v.p.CAA.Issuer:
		case r.Bad != "":
			bad = append(bad, says.PersistBad(r))
			rule = r.Rule
		case r.Refused != "":
			refused = append(refused, says.PersistRefused(r))
			if len(bad) == 0 {
				rule = r.Rule
			}
		default:
			v.d.Valid = true
			return
		}
	}
	switch {
	case len(bad) > 0:
		v.stop(rule, problem(Malformed, strings.Join(bad, "; ")))
	case len(refused) > 0:
		v.stop(rule, problem(Unauthorized, strings.Join(refused, "; ")))
	default:
		v.stop(rule, says.PersistNoneValid())
	}
}

// PersistRecords reads TXT values as the CA does, for the question at hand.
func (p *Policy) PersistRecords(g probes.Given, values []string) []PersistRecord {
	var out []PersistRecord
	for _, value := range values {
		r := readPersist(value)
		if r.Bad == "" && r.Issuer == p.CAA.Issuer {
			r.check(p, g)
		}
		out = append(out, r)
	}
	return out
}

// check compares a record with what is asked for.
func (r *PersistRecord) check(p *Policy, g probes.Given) {
	now := g.AsOf.UTC()
	switch {
	case r.Account != g.Account:
		r.refuse(RulePersistAccount, fmt.Sprintf("accounturi mismatch: expected %q, got %q", g.Account, r.Account))
	case g.Identifier.Wildcard() && strings.ToLower(r.Policy) != p.DNS01.Persist.Wildcard:
		r.refuse(RulePersistPolicy, fmt.Sprintf("policy mismatch: expected \"wildcard\", got %q", r.Policy))
	case !r.Until.IsZero() && now.After(r.Until):
		r.refuse(RulePersistExpired, fmt.Sprintf("validation time %s is after persistUntil %s", now.Format(time.RFC3339), r.Until.Format(time.RFC3339)))
	}
}

func (r *PersistRecord) refuse(rule Rule, why string) { r.Rule, r.Refused = rule, why }

// readPersist reads one value: an issuer, then tag=value pairs.
func readPersist(value string) PersistRecord {
	parts := strings.Split(value, ";")
	r := PersistRecord{Issuer: normalIssuer(strings.TrimFunc(parts[0], isWSP))}
	if r.Issuer == "" {
		r.bad("empty issuer-domain-name")
		return r
	}
	seen := map[string]bool{}
	for _, part := range parts[1:] {
		if why := r.parameter(strings.TrimFunc(part, isWSP), seen); why != "" {
			r.bad(why)
			return r
		}
	}
	if r.Account == "" {
		r.bad("missing mandatory accounturi parameter")
	}
	return r
}

func (r *PersistRecord) bad(why string) { r.Rule, r.Bad = RulePersistMalformed, why }

// parameter reads one tag=value pair and says what is wrong with it.
func (r *PersistRecord) parameter(pair string, seen map[string]bool) string {
	tag, value, ok := strings.Cut(pair, "=")
	tag, value = strings.TrimFunc(tag, isWSP), strings.TrimFunc(value, isWSP)
	switch {
	case pair == "":
		return "empty parameter or trailing semicolon provided"
	case !ok:
		return fmt.Sprintf("malformed parameter %q should be tag=value pair", pair)
	case tag == "":
		return fmt.Sprintf("malformed parameter %q, empty tag", pair)
	case strings.ContainsFunc(value, func(c rune) bool { return !isValueChar(c) }):
		return fmt.Sprintf("malformed value %q for tag %q", value, tag)
	}
	return r.set(strings.ToLower(tag), tag, value, seen)
}

// set takes a parameter in; unknown ones are ignored and may repeat.
func (r *PersistRecord) set(canonical, tag, value string, seen map[string]bool) string {
	switch canonical {
	case "accounturi", "policy", "persistuntil":
	default:
		return ""
	}
	if seen[canonical] {
		return fmt.Sprintf("duplicate parameter %q", tag)
	}
	seen[canonical] = true
	switch canonical {
	case "accounturi":
		if value == "" {
			return "empty value provided for mandatory accounturi"
		}
		r.Account = value
	case "policy":
		r.Policy = value
	case "persistuntil":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Sprintf("malformed persistUntil timestamp %q", value)
		}
		r.Until = time.Unix(n, 0).UTC()
	}
	return ""
}

// normalIssuer brings an issuer's name into the form in which it is compared;
// empty: it has none (Boulder core/util.go NormalizeIssuerDomainName, whose
// limit of 253 octets no CA's name comes near).
func normalIssuer(name string) string {
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(name)) // which brings it into NFC, too
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(ascii, ".")
}

// isWSP: RFC 5234's WSP.
func isWSP(r rune) bool { return r == ' ' || r == '\t' }

// isValueChar: what a parameter's value may hold (RFC 8659 §4.2).
func isValueChar(r rune) bool { return r >= 0x21 && r <= 0x7e && r != ';' }
