package policy

// This file holds the rules about the URL of a request: of the first one as
// of every redirect's target. Their order is the CA's.

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A URLRule refuses URLs. Refuses returns the CA's words, or "" for a URL the
// rule has nothing against.
type URLRule struct {
	Rule    Rule
	Source  string
	Refuses func(p *Policy, u *url.URL) string
}

const newRecord = "va/http.go newValidationRecord"

// urlRules are Boulder's, in order.
var urlRules = []URLRule{
	{RuleScheme, newRecord, badScheme},
	{RulePort, newRecord, badPort},
	{RulePath, newRecord, badPath},
	{RuleHostEmpty, newRecord, emptyHost},
	{RuleZone, newRecord, zoned},
	{RuleReserved, newRecord + "; iana/ip.go IsReservedAddr", reservedLiteral},
	{RuleSuffix, newRecord + "; iana/iana.go ExtractSuffix", notPublic},
}

func badScheme(p *Policy, u *url.URL) string {
	if slices.Contains(p.HTTP01.Schemes, u.Scheme) {
		return ""
	}
	return fmt.Sprintf(`invalid protocol scheme: only "http" and "https" are supported, not %q`, u.Scheme)
}

func badPort(p *Policy, u *url.URL) string {
	if u.Port() == "" {
		return ""
	}
	n, err := strconv.Atoi(u.Port())
	switch {
	case err != nil:
		return fmt.Sprintf("invalid port %q: must be an integer", u.Port())
	case !slices.Contains(p.HTTP01.Ports, n):
		return fmt.Sprintf("invalid port %d: must be 80 or 443", n)
	}
	return ""
}

func badPath(p *Policy, u *url.URL) string {
	if len(u.Path) <= p.HTTP01.MaxPath {
		return ""
	}
	return "invalid url: path component too long"
}

func emptyHost(_ *Policy, u *url.URL) string {
	if u.Hostname() != "" {
		return ""
	}
	return "invalid host: host must be non-empty"
}

func zoned(_ *Policy, u *url.URL) string {
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.Zone() != "" {
		return "invalid host: contains IPv6 scope zone"
	}
	return ""
}

func reservedLiteral(p *Policy, u *url.URL) string {
	a, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return ""
	}
	if why := p.Addresses.Refusal(a); why != "" {
		return "invalid host: " + why
	}
	return ""
}

func notPublic(_ *Policy, u *url.URL) string {
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || underICANN(u.Hostname()) {
		return ""
	}
	return "invalid host: must end in IANA registered TLD"
}

// underICANN reports whether a name is, or lies under, a suffix of the ICANN
// section of the Public Suffix List. It is case-sensitive and refuses a final
// dot, as Boulder's list is and does.
func underICANN(name string) bool {
	if strings.HasSuffix(name, ".") {
		return false
	}
	for {
		suffix, icann := publicsuffix.PublicSuffix(name)
		if icann {
			return true
		}
		// A rule of the private section hides the ICANN rule above it.
		_, parent, ok := strings.Cut(suffix, ".")
		if !ok {
			return false
		}
		name = parent
	}
}

// portOf is the port a URL is requested at, as Boulder records it: spelled as
// in the URL.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
