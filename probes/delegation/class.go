package delegation

// This file compares what is in DNS with the plan.

import (
	"slices"
	"strings"
)

// A Class is how reality stands to the plan.
type Class string

// The classes.
const (
	OK        Class = "ok"
	NoCNAME   Class = "no-cname"
	OtherZone Class = "other-zone"
	OtherName Class = "other-name" // in our zone, but of another name
	Beside    Class = "cname-and-txt"
	NoDomain  Class = "no-domain"
	Unknown   Class = "unknown"
)

// Classes lists them in the order in which they are told.
var Classes = []Class{OK, NoCNAME, OtherZone, OtherName, Beside, NoDomain, Unknown}

// Sends reports whether the name's owner is to be sent a line: the record is
// missing or wrong, and they can put it right.
func (c Class) Sends() bool { return c != OK && c != NoDomain && c != Unknown }

// Found is what is at a challenge name itself, nothing followed.
type Found struct {
	CNAME    []string // targets; a final dot and letter case do not matter
	TXT      []string
	NoDomain bool   // nobody registered the domain
	Failed   string // why the look-up did not tell; empty: it did
}

// Classify compares what was found at a name's challenge name with the plan. A
// TXT record beside a CNAME makes the zone contradict itself (RFC 1034 §3.6.2),
// so that wins, wherever the CNAME points.
func (p Plan) Classify(n Name, f Found) Class {
	want := p.Target(n)
	wrong := slices.IndexFunc(f.CNAME, func(target string) bool { return plain(target) != want })
	switch {
	case f.Failed != "":
		return Unknown
	case f.NoDomain:
		return NoDomain
	case len(f.CNAME) == 0:
		return NoCNAME
	case len(f.TXT) > 0:
		return Beside
	case wrong < 0:
		return OK
	case plain(f.CNAME[wrong]) == p.zone || strings.HasSuffix(plain(f.CNAME[wrong]), "."+p.zone):
		return OtherName
	}
	return OtherZone
}

func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
