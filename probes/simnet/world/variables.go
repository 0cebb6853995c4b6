package world

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxExpansion bounds what one word may grow to.
const maxExpansion = 1 << 20

var repetition = regexp.MustCompile(`^\$\(([^*()]+)\*(\d+)\)`)

func (w *World) variable(name string) (string, bool) {
	switch name {
	case "TOKEN":
		return w.Token, true
	case "KA":
		return w.KeyAuthorization(), true
	case "TXT":
		return base64.RawURLEncoding.EncodeToString(w.Digest()), true
	case "ALPN":
		return hex.EncodeToString(w.Digest()), true
	case "ACCOUNT":
		return w.Account, true
	case "LABEL":
		s := sha256.Sum256([]byte(w.Account))
		return "_" + strings.ToLower(base32.StdEncoding.EncodeToString(s[:10])), true
	case "NAME":
		return w.BareName(), true
	}
	return "", false
}

// expand replaces the variables in s; extra holds those of a request.
func (w *World) expand(s string, extra map[string]string) (string, error) {
	if !strings.Contains(s, "$") {
		return s, nil
	}
	var b strings.Builder
	for s != "" {
		plain, rest, found := strings.Cut(s, "$")
		b.WriteString(plain)
		if !found {
			break
		}
		v, n, err := w.expandOne("$"+rest, extra)
		if err != nil {
			return "", err
		}
		b.WriteString(v)
		if b.Len() > maxExpansion {
			return "", fmt.Errorf("text grows over 1 MiB")
		}
		s = s[len(plain)+n:]
	}
	return b.String(), nil
}

// expandOne expands what s, which starts with "$", starts with. It returns
// how much of s that was.
func (w *World) expandOne(s string, extra map[string]string) (value string, n int, err error) {
	switch {
	case strings.HasPrefix(s, "$$"):
		return "$", 2, nil
	case strings.HasPrefix(s, "$("):
		return repeat(s)
	}
	name := s[1:]
	if i := strings.IndexFunc(name, func(r rune) bool { return r < 'A' || r > 'Z' }); i >= 0 {
		name = name[:i]
	}
	if name == "" {
		return "$", 1, nil
	}
	v, ok := extra[name]
	if !ok {
		v, ok = w.variable(name)
	}
	if !ok {
		return "", 0, fmt.Errorf("unknown variable $%s", name)
	}
	return v, 1 + len(name), nil
}

func repeat(s string) (value string, n int, err error) {
	m := repetition.FindStringSubmatch(s)
	if m == nil {
		return "", 0, fmt.Errorf("repetition is not of the form $(TEXT*N)")
	}
	count, err := strconv.Atoi(m[2])
	if err != nil || count > maxExpansion/len(m[1]) {
		return "", 0, fmt.Errorf("repetition %s is over 1 MiB", m[0])
	}
	return strings.Repeat(m[1], count), len(m[0]), nil
}

// Expand expands a header value or body of h for a request.
func (h *HTTP) Expand(s, path, host string) string {
	if h.expander == nil {
		return s
	}
	v, err := h.expander.expand(s, map[string]string{"PATH": path, "HOST": host})
	if err != nil {
		return s // only by growing over the limit: everything else was checked when parsing
	}
	return v
}
