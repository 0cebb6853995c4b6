package policy

import (
	"bytes"
	_ "embed" // the registries below
	"encoding/csv"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The IANA special-purpose address registries, as of Read. They are fetched
// from https://www.iana.org/assignments/iana-ipv4-special-registry/ and
// https://www.iana.org/assignments/iana-ipv6-special-registry/.
var (
	//go:embed iana/ipv4-special.csv
	registry4 []byte
	//go:embed iana/ipv6-special.csv
	registry6 []byte
)

// A Block is one entry of a special-purpose registry.
type Block struct {
	Prefix netip.Prefix
	Name   string
	RFC    string
}

// Addresses says which addresses a CA connects to.
type Addresses struct {
	// Reserved are the blocks it never connects to, the most specific first.
	// Nil: it connects anywhere.
	Reserved []Block
	// Public are exceptions of ours, never of the CA: what --treat-as-public
	// names, and the documentation ranges in worlds.
	Public []netip.Prefix
	Source string
}

// Refusal says why a CA does not connect to a, in its words; "" if it does.
// A zone is ignored.
func (as Addresses) Refusal(a netip.Addr) string {
	a = a.WithZone("")
	for _, p := range as.Public {
		if p.Contains(a) {
			return ""
		}
	}
	for _, b := range as.Reserved {
		if b.Prefix.Contains(a) {
			return fmt.Sprintf("IP address is in a reserved address block: %s: %s", b.RFC, b.Name)
		}
	}
	return ""
}

// reserved parses both registries, once. Any presence in them refuses, even
// of "globally reachable" blocks (Boulder iana/ip.go; BRs 4.2.2).
var reserved = sync.OnceValue(func() []Block {
	out := slices.Concat(blocks(registry4), blocks(registry6))
	slices.SortStableFunc(out, func(a, b Block) int { return b.Prefix.Bits() - a.Prefix.Bits() })
	return out
})

var (
	footnote = regexp.MustCompile(`\[\d+\]$`)
	spaces   = regexp.MustCompile(`\s{2,}`)
)

// blocks reads one registry. It panics on one it cannot read: the file is
// part of the program.
func blocks(registry []byte) []Block {
	rows, err := csv.NewReader(bytes.NewReader(registry)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("policy: embedded registry: %v", err))
	}
	var out []Block
	for _, row := range rows[1:] {
		for s := range strings.SplitSeq(footnote.ReplaceAllLiteralString(row[0], ""), ",") {
			out = append(out, Block{
				Prefix: netip.MustParsePrefix(strings.TrimSpace(s)),
				Name:   row[1],
				RFC:    spaces.ReplaceAllLiteralString(row[2], " "),
			})
		}
	}
	return out
}
