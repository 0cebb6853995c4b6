package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

var (
	looksV4 = regexp.MustCompile(`\d{1,3}(\.\d{1,3}){3}`)
	looksV6 = regexp.MustCompile(`[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}(%\w+)?`)
)

// notForThePublic finds an address in a text that is nobody else's business.
func notForThePublic(s string) string {
	for _, looks := range []*regexp.Regexp{looksV4, looksV6} {
		for _, found := range looks.FindAllString(s, -1) {
			a, err := netip.ParseAddr(strings.TrimRight(found, ":"))
			if err != nil {
				continue
			}
			a = a.Unmap()
			cgnat := netip.MustParsePrefix("100.64.0.0/10").Contains(a)
			if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || cgnat {
				return found
			}
		}
	}
	return ""
}

// textsOf walks the strings of a JSON document, with the names they are under;
// what is in base64 is decoded.
func textsOf(v any, under string, tell func(under, text string)) {
	switch v := v.(type) {
	case string:
		if raw, err := base64.StdEncoding.DecodeString(v); err == nil && strings.HasSuffix(under, ".fact.body") {
			v = string(raw)
		}
		tell(under, v)
	case []any:
		for _, x := range v {
			textsOf(x, under, tell)
		}
	case map[string]any:
		for name, x := range v {
			textsOf(x, under+"."+name, tell)
		}
	}
}

// secretsOf are the tokens of a report, with which key authorizations begin; short
// ones are in words.
func secretsOf(r *report.Report) (out []string) {
	for _, t := range r.Targets {
		for _, tr := range t.Traces {
			if g, ok := tr.Steps.Given(); ok && len(g.Token) > 21 && !slices.Contains(out, g.Token) {
				out = append(out, g.Token)
			}
		}
	}
	return out
}

// Of every report there is, what is redacted has no private address, no token
// and no key authorization, wherever one looks.
func TestRedactedReportsHaveNoSecrets(t *testing.T) {
	private, fits := 0, reportSchema(t)
	const always = 20 // the demos come first
	for i, s := range samplesOf(t) {
		before := string(encoded(t, s.Report))
		if notForThePublic(before) != "" {
			private++
		} else if i >= always {
			continue
		}
		redacted := encoded(t, render.Redacted(s.Report))
		if err := fits(redacted); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if _, err := report.Decode(bytes.NewReader(redacted)); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		var doc any
		if err := json.Unmarshal(redacted, &doc); err != nil {
			t.Fatal(err)
		}
		secrets := secretsOf(s.Report)
		textsOf(doc, "", func(under, text string) {
			if found := notForThePublic(text); found != "" && !strings.Contains(under, ".remediation.") {
				t.Errorf("%s: %s: %s in %q", s.name, under, found, text)
			}
			if strings.HasSuffix(under, ".certificates") {
				t.Errorf("%s: a certificate, which nobody has looked into", s.name)
			}
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %s: %s is in %q", s.name, under, secret, text)
				}
			}
		})
		if t.Failed() {
			return
		}
		if again := string(encoded(t, s.Report)); again != before {
			t.Fatalf("%s has changed", s.name)
		}
	}
	if private < 5 {
		t.Errorf("%d reports with a private address; few to see it by", private)
	}
}
