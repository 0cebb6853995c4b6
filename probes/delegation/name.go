package delegation

// This file says which names can be delegated.

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of DNS (RFC 1035 §2.3.4), without the final dot and the root's octet.
const (
	maxLabel = 63
	maxName  = 253
)

// label is what a CA puts in front of a name (RFC 8555 §8.4).
const label = "_acme-challenge."

// A Name is a domain name that can be delegated, in lower case, in A-labels,
// without a final dot and without "*.".
type Name string

// ParseName reads a name. A wildcard stands for its base, since both are
// validated at the same place. Underscores are allowed, though a CA refuses
// them in identifiers: DNS does not.
func ParseName(s string) (Name, error) {
	s = strings.TrimPrefix(strings.TrimSuffix(s, "."), "*.")
	if err := wellFormed(s, maxName-len(label)); err != nil {
		return "", err
	}
	if strings.Trim(s[strings.LastIndexByte(s, '.')+1:], "0123456789") == "" {
		return "", errors.New("ends in a number, as no domain does") // RFC 3696 §2
	}
	return Name(strings.ToLower(s)), nil
}

// Challenge is where a CA looks for the name's TXT record.
func (n Name) Challenge() string { return label + string(n) }

// wellFormed says what is wrong with a host name of several labels (RFC 1123
// §2.1, with underscores).
func wellFormed(s string, most int) error {
	if len(s) > most {
		return fmt.Errorf("is longer than %d octets, so its challenge name does not fit into DNS", most)
	}
	labels := 0
	for l := range strings.SplitSeq(s, ".") {
		if err := labelFormed(l); err != nil {
			return err
		}
		labels++
	}
	if labels < 2 {
		return errors.New("has no dot")
	}
	return nil
}

func labelFormed(l string) error {
	switch {
	case l == "":
		return errors.New("has an empty label")
	case len(l) > maxLabel:
		return fmt.Errorf("has a label longer than %d octets", maxLabel)
	case l[0] == '-' || l[len(l)-1] == '-':
		return errors.New("has a hyphen at the end of a label")
	}
	for i := range len(l) {
		if !allowed(l[i]) {
			return errors.New("has a character that no name has; names in other scripts are written in their ASCII form (xn--)")
		}
	}
	return nil
}

func allowed(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}
