package probes

// This file reads what people type for a target. What a CA has against a name
// is the policy's business; only what is no identifier at all is refused here.

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// A TargetError says why a target cannot be understood.
type TargetError struct {
	Input string
	Msg   string
	Hint  string
}

// Error is one line, without the hint.
func (e *TargetError) Error() string { return e.Msg }

// maxTarget bounds what is read of a target.
const maxTarget = 2048

const usual = "a target is [METHOD@]NAME, such as http-01@example.com"

// ParseTarget reads [METHOD[+METHOD]@]NAME. Methods are those of Methods, caa
// and all. A URL stands for its host. Names are brought into A-label form and
// lower case; both forms are kept. Its errors are *TargetError.
func ParseTarget(input string) (Target, error) {
	t := Target{Input: input}
	if len(input) > maxTarget {
		return t, &TargetError{input[:80], "a target of more than 2048 characters", usual}
	}
	name, err := t.method(input)
	if err != nil {
		return t, err
	}
	if p, err := netip.ParsePrefix(name); err == nil {
		return t, &TargetError{input, fmt.Sprintf("%q is a network", name), "certificates are for single addresses, such as " + p.Addr().String()}
	}
	if name, err = t.plain(name); err != nil {
		return t, err
	}
	return t, t.identify(name)
}

// method takes the methods off the front.
func (t *Target) method(input string) (string, error) {
	front, name, ok := strings.Cut(input, "@")
	switch {
	case !ok, strings.Contains(front, "/"): // a URL may have one further on
		return input, nil
	case isMailbox(front):
		t.note("%q is an e-mail address; its domain is checked", input)
		return name, nil
	}
	for m := range strings.SplitSeq(front, "+") {
		switch m := Method(m); {
		case m == "all":
			t.All = true
		case m != CAA && !slices.Contains(Methods, m):
			return "", &TargetError{t.Input, fmt.Sprintf("unknown method %q", m), meant(m, name)}
		case !slices.Contains(t.Methods, m):
			t.Methods = append(t.Methods, m)
		}
	}
	if t.All {
		t.Methods = nil
	}
	return name, nil
}

// mailboxes are those that many domains have (RFC 2142, BRs 3.2.2.4.4).
var mailboxes = []string{"admin", "administrator", "hostmaster", "info", "postmaster", "webmaster"}

// isMailbox reports what stands in front of an "@" and cannot be a method.
func isMailbox(s string) bool {
	return strings.HasPrefix(s, "mailto:") || slices.Contains(mailboxes, s) ||
		strings.Contains(s, ".") && !strings.ContainsFunc(s, odd)
}

// meant is the hint for a method that does not exist.
func meant(m Method, name string) string {
	bare := func(m Method) string {
		return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(string(m)))
	}
	for _, known := range append([]Method{CAA, "all"}, Methods...) {
		if b := bare(known); bare(m) == b || bare(m) == strings.TrimSuffix(b, "01") {
			return fmt.Sprintf("did you mean %s@%s?", known, name)
		}
	}
	var all []string
	for _, known := range Methods {
		all = append(all, string(known))
	}
	return "methods: " + strings.Join(all, " ") + " caa all; of an e-mail address, type the domain alone"
}

// plain takes off whatever came along with a name, until nothing does, and
// brings it into the form DNS knows it by.
func (t *Target) plain(name string) (string, error) {
	for {
		if why, hint := nonsense(name); why != "" {
			return "", &TargetError{t.Input, why, hint}
		}
		next := name
		for _, read := range []func(string) string{t.withoutURL, t.withoutPath, t.withoutPort, t.withoutDot, t.belowChallenge} {
			next = read(next)
		}
		next, err := t.toASCII(next)
		if err != nil || next == name {
			return next, err
		}
		name = next
	}
}

func odd(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// nonsense says why a string is no identifier, and what to do.
func nonsense(name string) (why, hint string) {
	switch {
	case name == "":
		return "the name is empty", usual
	case !utf8.ValidString(name):
		return fmt.Sprintf("%q is not UTF-8", name), "type the name by hand, or in its ASCII form (xn--)"
	case strings.ContainsFunc(name, odd):
		return fmt.Sprintf("%q has white space or a control character in it", name), "no name has any; each name is an argument of its own"
	case strings.Contains(name, ","):
		return fmt.Sprintf("%q is more than one name", name), "each name is an argument of its own: " + strings.ReplaceAll(strings.Trim(name, ","), ",", " ")
	}
	return "", ""
}

// fullStops are the dots that IDNA takes for one (RFC 3490 §3.1).
var fullStops = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// toASCII brings a name into A-labels and lower case. What is ASCII already is
// only lowered: whether it is a proper A-label is for the CA to say.
func (t *Target) toASCII(name string) (string, error) {
	labels := strings.Split(fullStops.Replace(name), ".")
	for i, l := range labels {
		a, err := aLabel(l)
		if err != nil {
			return "", &TargetError{t.Input, fmt.Sprintf("%q is not a domain name: %q has no form in DNS", name, l), "type the name as its registrar writes it, or in its ASCII form (xn--)"}
		}
		labels[i] = a
	}
	ascii := strings.Join(labels, ".")
	if ascii != strings.ToLower(name) && !strings.Contains(ascii, "xn--") {
		t.note("%q is read as %s", name, ascii)
	}
	return ascii, nil
}

// domain is how names are mapped (UTS 46), of whatever form. Its errors are
// about what no name may hold.
var domain = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// aLabel is the form in which DNS knows a label. A form that is not stable (it
// decodes to what no name may hold), or that brings in what divides names, is
// an error.
func aLabel(label string) (string, error) {
	if strings.IndexFunc(label, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.ToLower(label), nil
	}
	ascii, err := domain.ToASCII(label)
	if err != nil {
		return "", err
	}
	divides := func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_*", r) }
	if again, err := domain.ToASCII(ascii); err != nil || again != ascii || ascii == "" || strings.ContainsFunc(ascii, divides) {
		return "", errors.New("no stable form")
	}
	return ascii, nil
}

// identify takes a plain name for the identifier.
func (t *Target) identify(name string) error {
	if a, err := netip.ParseAddr(name); err == nil {
		if strings.ContainsFunc(a.Zone(), func(r rune) bool { return r > unicode.MaxASCII || strings.ContainsRune(`@"'\`, r) }) {
			return &TargetError{t.Input, fmt.Sprintf("%q is not an address", name), "leave away the % and what follows"}
		}
		t.Identifier = Identifier(a.String())
		return nil
	}
	t.Identifier = Identifier(name)
	if u, err := domain.ToUnicode(name); err == nil && u != name {
		t.Unicode = u
	}
	return nil
}
