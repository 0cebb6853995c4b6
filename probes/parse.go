package probes

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
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

// ParseTarget reads [METHOD[+METHOD]@]NAME. A URL stands for its host. Names
// are brought into A-label form and lower case; both forms are kept. Its
// errors are *TargetError.
func ParseTarget(input string) (Target, error) {
	t := Target{Input: input}
	if len(input) > maxTarget {
		return t, &TargetError{Input: input[:80], Msg: "a target of more than 2048 characters", Hint: "a target is [METHOD@]NAME, such as http-01@example.com"}
	}
	name := input
	if at := strings.Index(input, "@"); at >= 0 && !strings.Contains(input[:at], "/") {
		for m := range strings.SplitSeq(input[:at], "+") {
			if !slices.Contains(Methods, Method(m)) {
				return t, &TargetError{input, fmt.Sprintf("unknown method %q", m), "methods: " + joined(Methods)}
			}
			t.Methods = append(t.Methods, Method(m))
		}
		name = input[at+1:]
	}
	name = t.host(name)
	if err := t.identify(name); err != nil {
		return t, err
	}
	if len(t.Methods) == 0 {
		t.Methods = []Method{HTTP01}
	}
	if t.Identifier.Wildcard() && slices.Contains(t.Methods, HTTP01) {
		return t, &TargetError{input, "http-01 cannot validate a wildcard", "only the dns methods can: dns-01@'" + string(t.Identifier) + "'"}
	}
	return t, nil
}

// host takes the host out of a pasted URL.
func (t *Target) host(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		t.Notes = append(t.Notes, fmt.Sprintf("%q is a URL; its host is checked", s))
		return u.Hostname()
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return s[1 : len(s)-1]
	}
	return s
}

func (t *Target) identify(name string) error {
	if a, err := netip.ParseAddr(name); err == nil {
		if a.Zone() != "" {
			return &TargetError{t.Input, "an address with a zone cannot be certified", "leave away " + "%" + a.Zone()}
		}
		t.Identifier = Identifier(a.String())
		return nil
	}
	if strings.HasSuffix(name, ".") && len(name) > 1 {
		t.Notes = append(t.Notes, "the final dot is left away: certificates have none")
		name = strings.TrimSuffix(name, ".")
	}
	bare := strings.TrimPrefix(name, "*.")
	ascii, err := aLabels(bare)
	if why := notAName(bare, ascii, err); why != "" {
		return &TargetError{t.Input, why, "a target is [METHOD@]NAME, such as http-01@example.com"}
	}
	t.Identifier = Identifier(name[:len(name)-len(bare)] + ascii)
	if u, err := idna.Display.ToUnicode(ascii); err == nil && u != ascii {
		t.Unicode = name[:len(name)-len(bare)] + u
	}
	return nil
}

// aLabels brings a name into the form DNS knows it by: A-labels, lower case.
// A form that is not itself such a name (it decodes to what no name may hold)
// is an error.
func aLabels(name string) (string, error) {
	p := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))
	ascii, err := p.ToASCII(name)
	if err != nil {
		return ascii, err
	}
	if again, err := p.ToASCII(ascii); err != nil || again != ascii || !utf8.ValidString(name) {
		return ascii, errors.New("no stable form")
	}
	return ascii, nil
}

// notAName says why a string is no domain name at all. What a CA refuses in a
// name is the policy's business.
func notAName(name, ascii string, err error) string {
	odd := strings.IndexFunc(ascii, func(r rune) bool {
		return r > 'z' || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_", r)
	})
	switch {
	case name == "":
		return "the name is empty"
	case err != nil:
		return fmt.Sprintf("%q is not a domain name", name)
	case odd >= 0:
		return fmt.Sprintf("%q is not a domain name: %q cannot be part of one", name, []rune(ascii[odd:])[0])
	case !strings.Contains(ascii, "."):
		return fmt.Sprintf("%q needs at least one dot: a CA issues for names in the public DNS", name)
	case strings.Contains("."+ascii+".", ".."):
		return fmt.Sprintf("%q has two dots in a row, or starts with one", name)
	case len(ascii) > 253:
		return fmt.Sprintf("the name is %d bytes long; 253 is the most", len(ascii))
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if len(label) > 63 {
			return fmt.Sprintf("the label %q… is %d bytes long; 63 is the most", label[:20], len(label))
		}
	}
	return ""
}

func joined(ms []Method) string {
	var s []string
	for _, m := range ms {
		s = append(s, string(m))
	}
	return strings.Join(s, " ")
}
