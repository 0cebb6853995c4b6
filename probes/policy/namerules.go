package policy

// This file holds the rules about identifiers, in the CAs' order, and when
// each refuses. Their words are in says_names.go.

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"github.com/acmecheck/acmecheck/probes"
)

const (
	newOrder       = "wfe2/wfe.go NewOrder"
	validDomain    = "policy/pa.go ValidDomain; iana/iana.go ExtractSuffix"
	validBare      = "policy/pa.go validNonWildcardDomain"
	validIP        = "policy/pa.go ValidIP"
	willingToIssue = "policy/pa.go WillingToIssue, checkWildcardBlocklist, checkBlocklists"
	pebbleName     = "wfe/wfe.go validateDNSName"
)

// letsEncryptNames returns Boulder's rules about identifiers.
func letsEncryptNames() Names {
	return Names{
		MaxLength: 253,
		MaxLabels: 10,
		MaxLabel:  63,
		Rules: []NameRule{
			{RuleNameEmpty, OfName, newOrder, when(empty, saysEmpty)},
			{RuleWildcard, OfName, validDomain, when(manyWildcards, saysWildcards)},
			{RuleWildcard, OfName, validDomain, when(misplacedWildcard, saysWildcardPlace)},
			{RuleNameSuffix, OfWildcard, validDomain, when(unlisted, saysSuffix)},
			{RuleNameIsSuffix, OfWildcard, validDomain, when(isSuffix, saysWildcardTLD)},
			{RuleNameCharacter, OfBare, validBare, when(oddCharacter, saysCharacter)},
			{RuleNameLength, OfBare, validBare, when(tooLong, saysLength)},
			{RuleNameAddress, OfBare, validBare, when(isAddress, saysAddress)},
			{RuleNameDot, OfBare, validBare, when(endsInDot, saysDot)},
			{RuleLabelsMany, OfBare, validBare, when(manyLabels, saysLabels)},
			{RuleLabelMissing, OfBare, validBare, when(oneLabel, saysNoDot)},
			{RuleNameDots, OfLabel, validBare, when(empty, saysDots)},
			{RuleLabelLong, OfLabel, validBare, when(longLabel, saysLabel)},
			{RuleNameCharacter, OfLabel, validBare, when(oddLabel, saysCharacter)},
			{RuleLabelReserved, OfLabel, validBare, when(reservedLabel, saysReserved)},
			{RulePunycode, OfLabel, validBare, when(badPunycode, saysPunycode)},
			{RuleNameSuffix, OfBare, validBare + "; iana/iana.go ExtractSuffix", when(unlisted, saysSuffix)},
			{RuleNameIsSuffix, OfBare, validBare + "; iana/iana.go ExtractSuffix", when(isSuffix, saysTLD)},
			{RuleAddressForm, OfAddress, validIP, when(oddAddress, saysIP)},
			{RuleAddressReserved, OfAddress, validIP + "; iana/ip.go IsReservedAddr", reservedAddress},
		},
		Blocked: []NameRule{
			{RuleNameForbidden, OfName, willingToIssue, when(forbiddenName, saysForbidden)},
			{RuleNameForbidden, OfAddress, willingToIssue, when(forbiddenAddress, saysForbidden)},
		},
		// Of what test/ident-policy.yaml has as an example, this is true of any
		// public CA: BRs 4.2.2 forbid the reverse zones, and nobody connects to
		// a multicast address.
		Forbidden:          []string{"in-addr.arpa", "ip6.arpa"},
		ForbiddenAddresses: []string{"224.0.0.0/4", "ff00::/8"},
		MaxNames:           100,   // test/config-next/ra.json, profile legacy; the others: 10
		MaxTotal:           10000, // test/config-next/wfe2.json maxCumulativeIdentifierLength
		// policy/pa.go ChallengeTypesFor, with the features of test/config-next.
		Offered:         slices.Clone(probes.Methods),
		OfferedWildcard: []probes.Method{probes.DNS01, probes.DNSAccount01, probes.DNSPersist01},
		OfferedAddress:  []probes.Method{probes.HTTP01, probes.TLSALPN01},
		Says:            boulderNames(),
	}
}

// pebbleNames returns Pebble's rules about identifiers.
func pebbleNames() Names {
	return Names{
		MaxLength: 253,
		Rules: []NameRule{
			{RuleNameEmpty, OfName, pebbleName, when(empty, pebbleSaysEmpty)},
			{RuleNameCharacter, OfName, pebbleName, pebbleCharacter},
			{RuleNameLength, OfName, pebbleName, when(tooLong, pebbleSaysLength)},
			{RuleNameAddress, OfName, pebbleName, whenValue(isAddress, pebbleSaysAddress)},
			{RuleNameDot, OfName, pebbleName, whenValue(endsInDot, pebbleSaysDot)},
			{RuleWildcard, OfName, pebbleName, whenValue(manyWildcards, pebbleSaysWildcards)},
			{RuleWildcard, OfName, pebbleName, whenValue(misplacedWildcard, pebbleSaysWildcardPlace)},
			{RuleAddressForm, OfAddress, "wfe/wfe.go verifyOrder", whenValue(zonedAddress, pebbleSaysIP)},
		},
		Blocked: []NameRule{
			{RuleNameForbidden, OfName, pebbleName, whenValue(forbiddenName, pebbleSaysForbidden)},
		},
		Forbidden: []string{"blocked-domain.example"}, // test/config/pebble-config.json domainBlocklist
		// wfe/wfe.go makeChallenges
		Offered:         slices.Clone(probes.Methods),
		OfferedWildcard: []probes.Method{probes.DNS01, probes.DNSAccount01, probes.DNSPersist01},
		OfferedAddress:  []probes.Method{probes.HTTP01, probes.TLSALPN01},
		Says:            pebbleNameWords(),
	}
}

func empty(_ *Policy, s string) bool { return s == "" }

func manyWildcards(_ *Policy, s string) bool { return strings.Count(s, "*") > 1 }

func misplacedWildcard(_ *Policy, s string) bool {
	return strings.Contains(s, "*") && !strings.HasPrefix(s, "*.")
}

// unlisted reports that a name does not end in a suffix of the ICANN section
// of the Public Suffix List.
func unlisted(_ *Policy, s string) bool { return !underICANN(s) }

// isSuffix reports that a name is a suffix of that section.
func isSuffix(_ *Policy, s string) bool {
	suffix, icann := publicsuffix.PublicSuffix(s)
	return icann && suffix == s
}

// notLDH reports a character that no host name has (RFC 952).
func notLDH(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.", r)
}

func oddCharacter(_ *Policy, s string) bool { return strings.ContainsFunc(s, notLDH) }

func tooLong(p *Policy, s string) bool { return len(s) > p.Names.MaxLength }

func isAddress(_ *Policy, s string) bool { return probes.Identifier(s).IsIP() }

func endsInDot(_ *Policy, s string) bool { return strings.HasSuffix(s, ".") }

func manyLabels(p *Policy, s string) bool { return strings.Count(s, ".") >= p.Names.MaxLabels }

func oneLabel(_ *Policy, s string) bool { return !strings.Contains(s, ".") }

func longLabel(p *Policy, s string) bool { return len(s) > p.Names.MaxLabel }

// oddLabel reports a hyphen at an end of a label (RFC 5890 §2.3.1), and what
// is not in lower case: a CA lowers a name before it comes here.
func oddLabel(_ *Policy, s string) bool {
	return strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") || s != strings.ToLower(s)
}

// reservedLabel reports an R-LDH label that is no XN-label (RFC 5890 §2.3.1).
func reservedLabel(_ *Policy, s string) bool {
	return len(s) >= 4 && s[2:4] == "--" && s[:2] != "xn"
}

// badPunycode reports an XN-label that is no P-label (BRs 1.6.1), or whose
// Unicode form is not normalised.
func badPunycode(_ *Policy, s string) bool {
	if !strings.HasPrefix(s, "xn--") {
		return false
	}
	u, err := idna.ToUnicode(s)
	return err != nil || !norm.NFC.IsNormalString(u)
}

// oddAddress reports what is not as RFC 8738 §3 wants it written.
func oddAddress(_ *Policy, s string) bool {
	a, err := netip.ParseAddr(s)
	return err != nil || a.WithZone("").String() != s
}

func reservedAddress(p *Policy, id probes.Identifier) string {
	return p.Addresses.Refusal(id.Addr())
}

// zonedAddress reports what net.ParseIP does not take for an address.
func zonedAddress(_ *Policy, s string) bool {
	a, err := netip.ParseAddr(s)
	return err != nil || a.Zone() != ""
}

// forbiddenName reports a name on one of the lists. For an entry that is
// forbidden by itself the wildcard that covers it is too.
func forbiddenName(p *Policy, s string) bool {
	for _, f := range p.Names.Forbidden {
		if s == f || strings.HasSuffix(s, "."+f) {
			return true
		}
	}
	for _, f := range p.Names.Exact {
		_, parent, _ := strings.Cut(f, ".")
		if s == f || s == "*."+parent {
			return true
		}
	}
	return false
}

func forbiddenAddress(p *Policy, s string) bool {
	a := probes.Identifier(s).Addr().WithZone("")
	return slices.ContainsFunc(p.Names.ForbiddenAddresses, func(cidr string) bool {
		block, err := netip.ParsePrefix(cidr)
		return err == nil && block.Contains(a)
	})
}
