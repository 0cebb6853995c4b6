package checks

// This file judges what an answer holds.

import (
	"bytes"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// best returns the errand of a kind that came furthest, if there was one.
func (in *In) best(why probes.Beyond) (Look, bool) {
	all := in.Looked(why)
	for _, l := range all {
		if l.Fault == nil {
			return l, true
		}
	}
	if len(all) == 0 {
		return Look{}, false
	}
	return all[0], true
}

// serves reports whether an answer is what the CA wants: the key
// authorization, or where nobody knows it, that there is no such file.
func (in *In) serves(l Look) bool {
	if l.Fetched == nil || l.Fault != nil {
		return false
	}
	if in.Given.Proof == probes.ProofPath {
		return l.Fetch.Status == 404 || l.Fetch.Status == 410 || stateless(in, l.Fetch)
	}
	return in.isToken(l.Fetch)
}

// isToken reports whether a body is the key authorization, as the CA compares.
func (in *In) isToken(f probes.Fetch) bool {
	return f.Status == 200 && f.BodyFault == nil && in.Given.KeyAuthorization != "" &&
		strings.TrimRightFunc(string(f.Body), in.Policy.HTTP01.Trim) == in.Given.KeyAuthorization
}

// stateless reports an answer made from the token and an account's thumbprint
// alone, as servers do that answer for every token.
func stateless(in *In, f probes.Fetch) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(string(f.Body)), in.Given.Token+".")
	return ok && f.Status == 200 && len(rest) == 43 && !strings.ContainsAny(rest, " <>.\r\n")
}

// notToken says in words that a look did not give the token.
func (in *In) notToken(l Look) string {
	switch {
	case l.Fetched == nil || l.Fault != nil:
		return "nothing there serves the token"
	case l.Fetch.Status == 200:
		return "another service; it does not serve the token"
	}
	return "it does not serve the token"
}

// isHTML reports whether a body looks like a web page.
func isHTML(f probes.Fetch) bool {
	b := bytes.ToLower(bytes.TrimLeft(f.Body, "\xef\xbb\xbf \t\r\n"))
	for _, mark := range []string{"<!doctype", "<html", "<head", "<body", "<meta", "<script", "<title", "<!--", "<?xml"} {
		if bytes.HasPrefix(b, []byte(mark)) {
			return true
		}
	}
	return strings.HasPrefix(strings.ToLower(f.Field("Content-Type")), "text/html") && bytes.HasPrefix(b, []byte("<"))
}

// body is evidence of what an answer holds: its beginning.
func (in *In) body(r Request) report.Evidence {
	if len(r.Fetch.Body) == 0 {
		return in.saw(r, "body", "nothing: the body is empty")
	}
	return in.saw(r, "body", "%s", r.Fetch.Body[:min(len(r.Fetch.Body), 80)])
}
