package policy

// This file says which identifiers a CA takes in an order, and by which
// methods it lets them be validated, before it looks at anything.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// Names says which identifiers a CA takes in an order.
type Names struct {
	MaxLength int // octets of a name
	MaxLabels int // of a name, without "*"
	MaxLabel  int // octets of a label
	// Rules say what is well formed, in the CA's order. Neighbours about
	// labels are applied to one label after the other.
	Rules []NameRule
	// Blocked are the rules about lists, which come after the number of names.
	Blocked []NameRule
	// Forbidden are names that are refused with all names under them, and
	// Exact those that are refused alone and as the wildcard that covers them.
	// Which they are a CA does not publish; these are known.
	Forbidden []string
	Exact     []string
	// ForbiddenAddresses are blocks in CIDR notation.
	ForbiddenAddresses []string

	MaxNames int // in one order
	MaxTotal int // octets of all names of an order; 0: no limit

	// The challenge types that are offered for a name, a wildcard and an
	// address.
	Offered, OfferedWildcard, OfferedAddress []probes.Method

	Says NameWords
}

// A NameRule refuses identifiers. Refuses returns the CA's words, or "".
type NameRule struct {
	Rule    Rule
	Of      Part // what Refuses is asked about
	Source  string
	Refuses func(p *Policy, part probes.Identifier) string
}

// A Part is what of an identifier a rule is about.
type Part string

// The parts. Only identifiers of type "ip" have an address, and only others
// the rest.
const (
	OfName     Part = "name"     // all of it
	OfBare     Part = "bare"     // without "*."
	OfWildcard Part = "wildcard" // what comes after "*."
	OfLabel    Part = "label"    // each label of the bare name
	OfAddress  Part = "address"
)

// The rules about identifiers.
const (
	RuleNameEmpty       Rule = "name.syntax.empty"
	RuleNameCharacter   Rule = "name.character.invalid"
	RuleNameLength      Rule = "name.length.too-long"
	RuleNameAddress     Rule = "name.address.as-dns"
	RuleNameDot         Rule = "name.dot.trailing"
	RuleNameDots        Rule = "name.dot.doubled"
	RuleLabelsMany      Rule = "name.label.too-many"
	RuleLabelMissing    Rule = "name.label.missing"
	RuleLabelLong       Rule = "name.label.too-long"
	RuleLabelReserved   Rule = "name.label.reserved"
	RulePunycode        Rule = "name.punycode.malformed"
	RuleNameSuffix      Rule = "name.suffix.unknown"
	RuleNameIsSuffix    Rule = "name.suffix.itself"
	RuleWildcard        Rule = "name.wildcard.misplaced"
	RuleNameForbidden   Rule = "name.policy.forbidden"
	RuleAddressForm     Rule = "name.address.invalid"
	RuleAddressReserved Rule = "name.address.reserved"
	RuleMethodWildcard  Rule = "target.method.wildcard"
	RuleMethodAddress   Rule = "target.method.address"
	RuleOrderLarge      Rule = "name.order.too-large"
	RuleOrderRedundant  Rule = "name.order.redundant"
)

// order applies the CA's rules about identifiers and challenge types, before
// anything is sent. CAA records belong to names (RFC 8659 §3): they forbid no
// address, and the CA asks for none.
func (p *Policy) order(g probes.Given) (d Decision, decided bool) {
	n := p.Names
	for _, rules := range [][]NameRule{n.Rules, n.Blocked} {
		if r := p.refusal(rules, lower(g.Identifier)); r.why != "" {
			return Decision{Rule: r.rule, Problem: n.Says.Refused([]Refusal{r})}, true
		}
	}
	ip := g.Identifier.IsIP()
	switch {
	case g.Method == probes.CAA:
		return Decision{Valid: true}, ip
	case ip && !slices.Contains(n.OfferedAddress, g.Method):
		return Decision{Rule: RuleMethodAddress}, true
	case g.Identifier.Wildcard() && !slices.Contains(n.OfferedWildcard, g.Method):
		return Decision{Rule: RuleMethodWildcard}, true
	}
	return Decision{}, false
}

// Offers are the challenge types the CA offers for an identifier. The slice
// must not be changed.
func (p *Policy) Offers(id probes.Identifier) []probes.Method {
	switch {
	case id.IsIP():
		return p.Names.OfferedAddress
	case id.Wildcard():
		return p.Names.OfferedWildcard
	}
	return p.Names.Offered
}

// Order applies the rules about all identifiers of one order, and returns what
// it is refused for; RuleAccepted and nil if it is not. It says nothing of
// profiles, rate limits and accounts.
func (p *Policy) Order(ids []probes.Identifier) (Rule, *Problem) {
	n := p.Names
	if n.MaxTotal > 0 && octets(ids) > n.MaxTotal {
		return RuleOrderLarge, n.Says.TooMuch(n.MaxTotal)
	}
	ids = normal(ids)
	if rs := p.refusals(n.Rules, ids); len(rs) > 0 {
		return rs[0].rule, n.Says.Refused(rs)
	}
	if n.MaxNames > 0 && len(ids) > n.MaxNames {
		return RuleOrderLarge, n.Says.TooMany(n.MaxNames)
	}
	if rs := p.refusals(n.Blocked, ids); len(rs) > 0 {
		return rs[0].rule, n.Says.Refused(rs)
	}
	if name := redundant(ids); name != "" && n.Says.Redundant != nil {
		return RuleOrderRedundant, n.Says.Redundant(name)
	}
	return RuleAccepted, nil
}

func octets(ids []probes.Identifier) int {
	n := 0
	for _, id := range ids {
		n += len(id)
	}
	return n
}

func lower(id probes.Identifier) probes.Identifier {
	return probes.Identifier(strings.ToLower(string(id)))
}

// normal lowers the names and sorts them, each once, addresses last
// (identifier/identifier.go Normalize).
func normal(ids []probes.Identifier) []probes.Identifier {
	out := make([]probes.Identifier, 0, len(ids))
	for _, id := range ids {
		out = append(out, lower(id))
	}
	slices.SortFunc(out, func(a, b probes.Identifier) int {
		if a.IsIP() == b.IsIP() {
			return strings.Compare(string(a), string(b))
		}
		if b.IsIP() {
			return -1
		}
		return 1
	})
	return slices.Compact(out)
}

// redundant is the first name that a wildcard of the same order covers
// (ra/ra.go wildcardOverlap); "" if none is. Boulder names any of them.
func redundant(ids []probes.Identifier) probes.Identifier {
	for _, id := range ids {
		_, parent, ok := strings.Cut(string(id), ".")
		if ok && !id.IsIP() && !id.Wildcard() && slices.Contains(ids, probes.Identifier("*."+parent)) {
			return id
		}
	}
	return ""
}

// A Refusal is an identifier that a CA does not take, and its words for why.
type Refusal struct {
	ID   probes.Identifier
	rule Rule
	why  string
}

// refusals are those of the identifiers that any of the rules refuses.
func (p *Policy) refusals(rules []NameRule, ids []probes.Identifier) []Refusal {
	var out []Refusal
	for _, id := range ids {
		if r := p.refusal(rules, id); r.why != "" {
			out = append(out, r)
		}
	}
	return out
}

// refusal is what the first rule that refuses an identifier says.
func (p *Policy) refusal(rules []NameRule, id probes.Identifier) Refusal {
	rule, why := p.Refusal(rules, id.Type(), string(id))
	return Refusal{ID: id, rule: rule, why: why}
}

// Refusal is what rules have against an identifier as it stands in an order,
// by its type there, which a client may get wrong: a rule, and the CA's words;
// RuleAccepted and "" if they have nothing.
func (p *Policy) Refusal(rules []NameRule, kind, value string) (Rule, string) {
	for len(rules) > 0 {
		group := rules[:together(rules)]
		for _, part := range group[0].Of.in(kind, value) {
			for _, r := range group {
				if why := r.Refuses(p, probes.Identifier(part)); why != "" {
					return r.Rule, why
				}
			}
		}
		rules = rules[len(group):]
	}
	return RuleAccepted, ""
}

// together counts the rules at the front that are applied part by part.
func together(rules []NameRule) int {
	n := slices.IndexFunc(rules, func(r NameRule) bool { return r.Of != OfLabel })
	if n < 0 {
		return len(rules)
	}
	return max(n, 1)
}

// in takes an identifier apart.
func (of Part) in(kind, value string) []string {
	bare, wild := strings.CutPrefix(value, "*.")
	switch {
	case (kind == "ip") != (of == OfAddress), of == OfWildcard && !wild:
		return nil
	case of == OfLabel:
		return strings.Split(bare, ".")
	case of == OfBare, of == OfWildcard:
		return []string{bare}
	}
	return []string{value}
}
