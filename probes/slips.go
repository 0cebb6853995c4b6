package probes

// This file knows what people paste along with a name: each function takes one
// such thing off, says so in a note, and returns the rest.

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

func (t *Target) note(format string, a ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, a...))
}

// withoutURL takes the host out of a URL, or out of what was to be one.
func (t *Target) withoutURL(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		t.note("%q is a URL; its host is checked", s)
		t.port(u.Port())
		return u.Hostname()
	}
	rest := s
	for {
		scheme, after, ok := strings.Cut(rest, ":")
		if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			break
		}
		rest = strings.TrimLeft(after, "/")
	}
	if rest != s {
		t.note("%q is nearly a URL; its host is checked", s)
	}
	return rest
}

// withoutPath takes off a path, a query and a fragment.
func (t *Target) withoutPath(s string) string {
	i := strings.IndexAny(s, "/?#")
	if i < 0 {
		return s
	}
	if s[i:] != "/" {
		t.note("%q is left away: a CA asks for a path of its own", s[i:])
	}
	return s[:i]
}

// withoutPort takes off a port, and the brackets of an address.
func (t *Target) withoutPort(s string) string {
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.Count(s, ":") == 1 || strings.HasSuffix(s[:i], "]")) && isNumber(s[i+1:]) {
		host, port = s[:i], s[i+1:]
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		if _, err := netip.ParseAddr(inner); ok && err == nil {
			host = inner
		}
	}
	t.port(port)
	return host
}

// isNumber reports digits, or nothing.
func isNumber(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

func (t *Target) port(port string) {
	if port != "" {
		t.note("port %s is left away: CAs connect to ports 80 and 443, whatever port the site lives on", port)
	}
}

// withoutDot takes off the dot of the root.
func (t *Target) withoutDot(s string) string {
	bare := strings.TrimRight(s, ".")
	if bare != s && bare != "" {
		t.note("the final dot is left away: certificates have none")
	}
	return bare
}

// belowChallenge takes off the label at which a TXT record is looked for,
// unless the target is to be checked by methods that look for none.
func (t *Target) belowChallenge(s string) string {
	byDNS := func(m Method) bool { return m == DNS01 || m == DNSAccount01 || m == DNSPersist01 }
	below, label := challenged(s)
	if label == "" || len(t.Methods) > 0 && !slices.ContainsFunc(t.Methods, byDNS) {
		return s
	}
	t.note("%s is where the TXT record lives; the name to certify is %s", label+below, below)
	return below
}

// accountLabel is how long the label of an account is, with its underscore and
// its dot (draft-ietf-acme-dns-account-label).
const accountLabel = 18

// challenged splits a name behind the label of a challenge; label is empty if
// it does not start with one.
func challenged(s string) (below, label string) {
	for _, l := range []string{"_acme-challenge.", "_validation-persist."} {
		before, after, ok := strings.Cut(s, l)
		account := len(before) == accountLabel && before[0] == '_' && strings.Count(before, ".") == 1 && strings.HasSuffix(before, ".")
		if ok && after != "" && (before == "" || account) {
			return after, before + l
		}
	}
	return s, ""
}
