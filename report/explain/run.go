package explain

// This file fills in the command that shows more.

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// placeholders of a command whose particulars the text does not give.
const unknownName = "NAME"

// speakable is what may stand in a command that people paste into a shell.
var speakable = regexp.MustCompile(`\A(?:\*\.)?[A-Za-z0-9_][A-Za-z0-9._-]{0,252}\z`)

// Command returns the command to run now. What the text does not say stays
// open: the name is NAME then, and without a method all are tried. A name that
// could mean something to a shell is never repeated.
func (m Match) Command() string {
	target := m.Name()
	if target == "" {
		target = unknownName
	}
	method := m.Method()
	if !strings.Contains(m.Entry.Run, "{method}@") || method != "" {
		return m.fill(target, method)
	}
	return strings.ReplaceAll(m.fill(target, ""), "acmecheck @", "acmecheck ")
}

func (m Match) fill(name, method string) string {
	words := strings.Fields(m.Entry.Run)
	for i, w := range words {
		w = strings.NewReplacer("{name}", name, "{method}", method).Replace(w)
		if strings.ContainsAny(w, "*[") {
			w = "'" + strings.TrimPrefix(w, "@") + "'"
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

// Name returns the identifier the problem is about, or "" if the text does
// not tell: a redirect's target need not be it. An IPv6 address is in
// brackets.
func (m Match) Name() string {
	for _, n := range []string{m.Args["name"], firstRequest(m.Args["url"]), m.looked()} {
		if a, err := netip.ParseAddr(strings.Trim(n, "[]")); err == nil && a.Is6() && a.Zone() == "" {
			return "[" + a.String() + "]"
		}
		if speakable.MatchString(n) {
			return n
		}
	}
	return ""
}

// firstRequest returns the host of a URL if it is how an http-01 validation
// starts, and not the target of a redirect for all we see.
func firstRequest(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.Port() != "" || !strings.HasPrefix(u.Path, "/.well-known/acme-challenge/") {
		return ""
	}
	return u.Hostname()
}

// looked returns the identifier behind a looked-up name.
func (m Match) looked() string {
	if m.Args["url"] != "" { // then it is a redirect's target
		return ""
	}
	host := m.Args["host"]
	for _, label := range []string{"_acme-challenge.", "_validation-persist."} {
		if _, after, ok := strings.Cut(host, label); ok {
			return after
		}
	}
	return host
}

// Method returns the challenge type, or "" if neither the text nor its source
// tells.
func (m Match) Method() string {
	host := strings.ToLower(m.Args["host"])
	switch {
	case methods[m.Args["method"]]:
		return m.Args["method"]
	case m.Args["url"] != "":
		return "http-01"
	case strings.HasPrefix(host, "_validation-persist."):
		return "dns-persist-01"
	case strings.HasPrefix(host, "_acme-challenge."):
		return "dns-01"
	case strings.Contains(host, "._acme-challenge."):
		return "dns-account-01"
	}
	return ""
}

var methods = map[string]bool{
	"http-01": true, "dns-01": true, "tls-alpn-01": true, "dns-account-01": true, "dns-persist-01": true,
}
