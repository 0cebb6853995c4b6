// Package delegation plans where the challenges of many names live in one zone
// of one's own (RFC 8555 §8.4 lets _acme-challenge be a CNAME): each name has a
// place there that can be told before the customer exists, read by people,
// turned back into the name, and that no other name has. It is pure.
//
// # The forms
//
// Of www.my-shop.co.uk in the zone acme.host.net:
//
//	reversed  uk.co.my-shop.www.acme.host.net   the labels, last first
//	dash      uk-co-my--shop-www.acme.host.net  the same as one label; its own hyphens are doubled
//	short     uk-co-my--shop-www---g7fvhzvzsd7kmclxqepypws2fq56ygqv.acme.host.net
//
// The short form, shown here for a name that needs none, is for names that do
// not fit in the style asked for: more than 253 octets in all or, in the dash
// style, more than 63 of the label. It is the dash form cut to 28 octets, three
// hyphens, and 160 bits of the name's SHA-256 in base32. It can be verified, not
// turned back.
//
// # Why no two names share a place
//
// A name's labels are neither empty nor have a hyphen at an end. So in the dash
// form a single hyphen divides labels and every other run is even: it can be
// read back. A run of exactly three, followed by the end of the label, is in
// the short form alone; a reversed form has two labels or more and the others
// have one. So places are distinct within a style, across styles (a zone may
// have both), and between plain and short forms. Two short forms are the same
// only if 160 bits of SHA-256 are: to take the place of another's name takes
// about 2^160 tries, to find any two names that share one 2^80.
//
// In the dash style a top-level domain in A-labels gives "xn----p1ai-…", which
// DNS does not mind, but a control panel that checks A-labels may.
package delegation

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

// A Style is how a name is written in the zone.
type Style string

// The styles.
const (
	Reversed Style = "reversed"
	Dash     Style = "dash"
)

// Styles lists them; the first is the usual one.
var Styles = []Style{Reversed, Dash}

// Reasons why a place is not turned back into a name.
var (
	ErrShort     = errors.New("a short form: it can be verified, not turned back into a name")
	ErrOtherZone = errors.New("in another zone")
	ErrNoPlace   = errors.New("the place of no name")
)

// A Plan gives every name a place. It is made by New.
type Plan struct {
	zone  string
	style Style
}

// maxZone leaves room for one label of any length, so that a short form fits.
const maxZone = maxName - maxLabel - 1

// New plans for a zone, which is written in A-labels.
func New(zone string, style Style) (Plan, error) {
	zone = strings.TrimSuffix(zone, ".")
	if len(zone) > maxZone {
		return Plan{}, fmt.Errorf("is longer than %d octets, which leaves no room for names", maxZone)
	}
	if err := wellFormed(zone, maxZone); err != nil {
		return Plan{}, err
	}
	if style != Reversed && style != Dash {
		return Plan{}, fmt.Errorf("unknown style %q", style)
	}
	return Plan{strings.ToLower(zone), style}, nil
}

// Zone is the plan's zone, in lower case and without a final dot.
func (p Plan) Zone() string { return p.zone }

// Style is how the plan writes names.
func (p Plan) Style() Style { return p.style }

// Target is a name's place: what its CNAME record has to point at, without a
// final dot. It depends on the zone, the style and the name alone.
func (p Plan) Target(n Name) string {
	place, most := reversed(string(n)), maxName-1-len(p.zone)
	if p.style == Dash {
		place, most = dashed(string(n)), maxLabel
	}
	if len(place) > most {
		place = short(n)
	}
	return place + "." + p.zone
}

// Line is the record to put into the name's zone, as zone-file text (RFC 1035
// §5.1).
func (p Plan) Line(n Name) string {
	return n.Challenge() + ".  CNAME  " + p.Target(n) + "."
}

// Decode turns a place in the zone back into its name, whatever its style. Its
// errors are ErrShort, ErrOtherZone and ErrNoPlace.
func (p Plan) Decode(target string) (Name, error) {
	place, ours := strings.CutSuffix(strings.ToLower(strings.TrimSuffix(target, ".")), "."+p.zone)
	switch {
	case !ours:
		return "", ErrOtherZone
	case isShort(place):
		return "", ErrShort
	}
	was := Plan{p.zone, Reversed}
	name := reversed(place)
	if !strings.Contains(place, ".") {
		was.style = Dash
		name = undashed(place)
	}
	// What is not written as the plan writes it is nobody's.
	n, err := ParseName(name)
	if err != nil || was.Target(n) != place+"."+p.zone {
		return "", ErrNoPlace
	}
	return n, nil
}

// reversed writes the labels last first.
func reversed(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for {
		i := strings.LastIndexByte(name, '.')
		b.WriteString(name[i+1:])
		if i < 0 {
			return b.String()
		}
		b.WriteByte('.')
		name = name[:i]
	}
}

var (
	toDash   = strings.NewReplacer("-", "--", ".", "-")
	fromDash = strings.NewReplacer("--", "-", "-", ".")
)

// dashed is the reversed name as one label.
func dashed(name string) string { return toDash.Replace(reversed(name)) }

// undashed is its inverse. Hyphens pair from the left, so what is no dashed
// name may come out as some name; the caller compares.
func undashed(place string) string { return reversed(fromDash.Replace(place)) }

const (
	mark     = "---"
	hashBits = 160
	hashed   = hashBits / 5 // characters
	readable = maxLabel - len(mark) - hashed
)

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// short is the form of a name that does not fit.
func short(n Name) string {
	front := dashed(string(n))
	front = strings.TrimRight(front[:min(len(front), readable)], "-")
	sum := sha256.Sum256([]byte(n))
	return front + mark + base32Lower.EncodeToString(sum[:hashBits/8])
}

// isShort recognises a short form: a run of exactly three hyphens before the
// hash. Elsewhere in a label a run is of one or of an even number.
func isShort(place string) bool {
	i := len(place) - hashed - len(mark)
	return i > 0 && !strings.Contains(place, ".") &&
		place[i-1] != '-' && strings.HasPrefix(place[i:], mark) && !strings.Contains(place[i+len(mark):], "-")
}
