package policy

// This file decides where a redirect leads, before the rules about its URL.

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// A Redirect is a response that sends the CA elsewhere.
type Redirect struct {
	From     *url.URL // the request, as net/http makes it of its URL
	Status   int
	Location []string // header values, as sent
	Seen     []string // URLs of all requests so far
	To       *url.URL // resolved, host in lower case; nil while Location has not been read
}

// A RedirectRule refuses redirects. Refuses returns the CA's words, or "".
type RedirectRule struct {
	Rule    Rule
	Source  string
	Refuses func(r Redirect) string
	// Masked marks words that net/http puts behind a URL whose password it has
	// masked.
	Masked bool
}

const fromRedirect = "va/http.go newValidationRecordFromRedirect"

// locationRules concern the header itself; the CA's text then names the URL
// that was requested.
var locationRules = []RedirectRule{
	{RuleLocation, "net/http Client.do", unparsable, true},
	{RuleLocation, fromRedirect, noLocation, false},
}

// redirectRules concern the target; the CA's text names it.
var redirectRules = []RedirectRule{
	{RuleMissingSlash, fromRedirect, missingSlash, false},
	{RuleLoop, fromRedirect, loops, false},
}

func unparsable(r Redirect) string {
	if l := first(r.Location); l != "" {
		if _, err := r.From.Parse(l); err != nil {
			return "Error getting validation data"
		}
	}
	return ""
}

func noLocation(r Redirect) string {
	if first(r.Location) != "" {
		return ""
	}
	return fmt.Sprintf("Invalid Location header in %d redirect", r.Status)
}

// missingSlash finds nginx's and Apache's "https://example.com" without its
// final slash in front of a path.
func missingSlash(r Redirect) string {
	if !strings.HasSuffix(r.To.Hostname(), ".well-known") {
		return ""
	}
	return fmt.Sprintf("invalid host in redirect target %q: check webserver config for missing '/' in redirect target", r.To.Hostname())
}

func loops(r Redirect) string {
	if slices.Contains(r.Seen, r.To.String()) {
		return "redirect loop detected"
	}
	return ""
}

// target resolves Location against the request's URL and lowers its host,
// and nothing else of it.
func (r Redirect) target() *url.URL {
	u, err := r.From.Parse(first(r.Location))
	if err != nil {
		return &url.URL{}
	}
	u.Host = strings.ToLower(u.Host)
	return u
}

// refererAfter is the Referer header of the request after a redirect: never
// from https to http, never with userinfo.
func refererAfter(from, to *url.URL) string {
	if from.Scheme == "https" && to.Scheme == "http" {
		return ""
	}
	r := *from
	r.User = nil
	return r.String()
}

// asked is the URL that net/http requests for a URL: an empty port is left away
// (RFC 3986 §6.2.3).
func asked(u *url.URL) *url.URL {
	a := *u
	a.Host = strings.TrimSuffix(a.Host, ":")
	return &a
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// redirectOf is the redirect a fetch answered with.
func redirectOf(f probes.Fetch, from *url.URL, seen []string) Redirect {
	return Redirect{From: from, Status: f.Status, Location: f.Location, Seen: seen}
}
