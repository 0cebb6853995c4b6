package policy

// This file is the only place where a CA's sentences about identifiers are
// made (Boulder policy/pa.go, wfe2/wfe.go, ra/ra.go; Pebble wfe/wfe.go).

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// NameWords are how a CA words what it has against the identifiers of an order.
type NameWords struct {
	// Refused words what is wrong with some of them, at least one.
	Refused   func(rs []Refusal) *Problem
	TooMany   func(most int) *Problem
	TooMuch   func(most int) *Problem               // octets
	Redundant func(name probes.Identifier) *Problem // nil: the CA does not mind
}

// Boulder writes the numbers into its texts too: they do not follow the
// configuration.
const (
	saysEmpty         = "NewOrder request included empty identifier"
	saysWildcards     = "Domain name has more than one wildcard"
	saysWildcardPlace = "Domain name contains an invalid wildcard. A wildcard is only permitted before the first dot in a domain name"
	saysWildcardTLD   = "Domain name is a wildcard for an ICANN TLD"
	saysCharacter     = "Domain name contains an invalid character"
	saysLength        = "Domain name is longer than 253 bytes"
	saysAddress       = "Identifier type is DNS but value is an IP address"
	saysDot           = "Domain name ends in a dot"
	saysLabels        = "Domain name has more than 10 labels (parts)"
	saysNoDot         = "Domain name needs at least one dot"
	saysDots          = "Domain name can not have two dots in a row"
	saysLabel         = "Domain has a label (component between dots) longer than 63 bytes"
	saysReserved      = "Domain name contains an invalid label in a reserved format (R-LDH: '??--')"
	saysPunycode      = "Domain name contains malformed punycode"
	saysSuffix        = "Domain name does not end with a valid public suffix (TLD)"
	saysTLD           = "Domain name is an ICANN TLD"
	saysIP            = "IP address is invalid"
	saysForbidden     = "The ACME server refuses to issue a certificate for this domain name, because it is forbidden by policy"
)

// Pebble's; those with a verb name the value.
const (
	pebbleSaysEmpty         = "Order included DNS identifier with empty value"
	pebbleSaysCharacter     = "Order included DNS identifier with a value containing an illegal character: %q"
	pebbleSaysLength        = "Order included DNS identifier that was longer than 253 characters"
	pebbleSaysAddress       = "Order included a DNS identifier with an IP address value: %q\n"
	pebbleSaysDot           = "Order included a DNS identifier with a value ending in a period: %q\n"
	pebbleSaysWildcards     = "Order included DNS type identifier with illegal wildcard value: too many wildcards %q"
	pebbleSaysWildcardPlace = "Order included DNS type identifier with illegal wildcard value: wildcard isn't leftmost prefix %q"
	pebbleSaysIP            = "Order included malformed IP type identifier value: %q\n"
	pebbleSaysForbidden     = "Order included an identifier for which issuance is forbidden by policy: %q"
)

// when is a NameRule's Refuses: where refuses holds, the CA says words.
func when(refuses func(p *Policy, s string) bool, words string) func(*Policy, probes.Identifier) string {
	return func(p *Policy, part probes.Identifier) string {
		if refuses(p, string(part)) {
			return words
		}
		return ""
	}
}

// whenValue is when, for words that name the value.
func whenValue(refuses func(p *Policy, s string) bool, words string) func(*Policy, probes.Identifier) string {
	return func(p *Policy, part probes.Identifier) string {
		if refuses(p, string(part)) {
			return fmt.Sprintf(words, string(part))
		}
		return ""
	}
}

// pebbleCharacter names the first octet that is none of a host name's.
func pebbleCharacter(_ *Policy, id probes.Identifier) string {
	i := strings.IndexFunc(string(id), func(r rune) bool { return r != '*' && notLDH(r) })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf(pebbleSaysCharacter, id[i])
}

func boulderNames() NameWords {
	return NameWords{
		Refused: boulderRefused,
		TooMany: func(most int) *Problem {
			return problem(Malformed, fmt.Sprintf("Error creating new order :: Order cannot contain more than %d identifiers", most))
		},
		TooMuch: func(most int) *Problem {
			return problem(Malformed, fmt.Sprintf("Cumulative length of all identifier values was greater than %d bytes", most))
		},
		Redundant: func(name probes.Identifier) *Problem {
			return problem(Malformed, fmt.Sprintf("Error creating new order :: Domain name %q is redundant with a wildcard domain in the same request. "+
				"Remove one or the other from the certificate request.", string(name)))
		},
	}
}

// boulderRefused words refusals of the WFE, or, by a list, of the RA
// (policy/pa.go combineSubErrors).
func boulderRefused(rs []Refusal) *Problem {
	first, by := rs[0], "Invalid identifiers requested"
	switch first.rule { //nolint:exhaustive // the others are worded alike
	case RuleNameEmpty:
		return problem(Malformed, first.why)
	case RuleNameForbidden:
		by = "Error creating new order"
	}
	text := fmt.Sprintf("%s :: Cannot issue for %q: %s", by, string(first.ID), first.why)
	if more := len(rs) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more problems. Refer to sub-problems for more information.)", more)
	}
	return problem(RejectedIdentifier, text)
}

// pebbleNameWords: Pebble speaks of the first identifier only, and minds
// neither their number nor their length.
func pebbleNameWords() NameWords {
	return NameWords{Refused: func(rs []Refusal) *Problem {
		if rs[0].rule == RuleNameForbidden {
			return problem(RejectedIdentifier, rs[0].why)
		}
		return problem(Malformed, rs[0].why)
	}}
}
