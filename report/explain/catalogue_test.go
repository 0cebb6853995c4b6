package explain

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func codes(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

func all() []*Entry { return append(Entries(), &secondaryEntry) }

func TestEntries(t *testing.T) {
	known := codes(t)
	seen := map[string]bool{}
	for _, e := range all() {
		t.Run(e.ID, func(t *testing.T) {
			if seen[e.ID] || !regexp.MustCompile(`\A[a-z0-9]+(-[a-z0-9]+)*\z`).MatchString(e.ID) {
				t.Error("the ID is not unique and in lower case")
			}
			seen[e.ID] = true
			if len(e.Codes) == 0 || e.Means == "" || len(e.Causes) == 0 {
				t.Error("codes, meaning and causes must not be empty")
			}
			for _, c := range e.Codes {
				if !slices.Contains(known, c) {
					t.Errorf("no such code: %s", c)
				}
			}
			if n := len(regexp.MustCompile(`[.!?](\s|$)`).FindAllString(e.Means, -1)); n < 1 || n > 2 {
				t.Errorf("%d sentences in %q, want 1 or 2", n, e.Means)
			}
			for _, s := range append(slices.Clone(e.Causes), e.Means) {
				if strings.TrimSpace(s) != s || !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, `).`) {
					t.Errorf("no whole sentence: %q", s)
				}
			}
		})
	}
}

// A template starts with fixed words, of classes that exist.
func TestPatterns(t *testing.T) {
	for _, e := range Entries() {
		for _, p := range e.Says {
			if len(anchor(p.Text)) < 4 {
				t.Errorf("%s: %q starts with too little that is fixed", e.ID, p.Text)
			}
			for _, m := range placeholder.FindAllStringSubmatch(p.Text, -1) {
				kind := m[2]
				if kind == "" {
					kind = classOf[m[1]]
				}
				if classes[kind].re == "" {
					t.Errorf("%s: {%s} has no class in %q", e.ID, m[1], p.Text)
				}
			}
			if !slices.Contains([]Wording{Today, Older, Pebble}, p.Wording) {
				t.Errorf("%s: wording %q", e.ID, p.Wording)
			}
		}
	}
}

// Commands are those that exist.
func TestRun(t *testing.T) {
	valid := regexp.MustCompile(`\Aacmecheck (?:(?:http-01|dns-01|tls-alpn-01|dns-persist-01|caa|\{method\})@)?\{name\}(?: --webroot DIR| --deep)?\z`)
	for _, e := range Entries() {
		if !valid.MatchString(e.Run) {
			t.Errorf("%s: %q", e.ID, e.Run)
		}
	}
}

// What must never be advised: there is no list of the CA's addresses, no
// reason to open more than one port, and no use in telling people to check
// their configuration.
var forbidden = regexp.MustCompile(`(?i)allow[- ]?list|white[- ]?list|` +
	`(?:allow|permit|let in|unblock)[^.]*(?:let's encrypt|the ca)'s (?:ip|address|network|range)|` +
	`open (?:all|every|the) ports?|disable (?:the|your) firewall|turn off (?:the|your) firewall|` +
	`check (?:your|the) config|contact (?:your|the) (?:administrator|hoster|provider)|misconfigured`)

func TestForbiddenAdvice(t *testing.T) {
	for _, e := range all() {
		for _, s := range append(slices.Clone(e.Causes), e.Means, e.Misleads, e.Run) {
			if m := forbidden.FindString(s); m != "" {
				t.Errorf("%s: %q in %q", e.ID, m, s)
			}
		}
	}
}

// examples are what placeholders stand for.
var examples = map[string]string{
	"api": "https://ca.example/directory", "token": "http://www.example.com/.well-known/acme-challenge/7Hq2", "address": "AAAA", "digest": strings.Repeat("d", 43), "digits": "7",
	"duration": "1h0m0s", "hex": "00ff", "hint": " - check that a DNS record exists for this domain", "host": "www.example.com",
	"keyauth": strings.Repeat("t", 43) + "." + strings.Repeat("k", 43), "list": "a.example.com, b.example.com", "quoted": `a \"b\" c`,
	"rcode": "NOTIMP", "rrtype": "A", "status": "418", "401": "401", "403": "403", "404": "404", "nxdomain": "NXDOMAIN", "refused": "REFUSED", "servfail": "SERVFAIL", "3xx": "303", "5xx": "502", "text": "some words", "time": "2026-11-24 05:00:00 UTC",
	"url": "http://www.example.com/x", "word": "w",
}

// instance fills a template with examples.
func instance(p Pattern) string {
	return placeholder.ReplaceAllStringFunc(p.Text, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		if m[2] == "" {
			m[2] = classOf[m[1]]
		}
		if examples[m[2]] == "" {
			panic("no example of " + m[2])
		}
		return examples[m[2]]
	})
}

// Every template finds its own instances, however they are led in, and no
// other entry ties with it.
func TestInstances(t *testing.T) {
	for _, e := range Entries() {
		for _, p := range e.Says {
			said := instance(p)
			for _, text := range []string{said, "urn:ietf:params:acme:error:" + e.Type + " :: " + said, "During secondary validation: 192.0.2.1: Fetching http://h/x: " + said} {
				found := Recognise(text)
				if len(found) != 1 || found[0].Entry != e || found[0].Wording != p.Wording {
					t.Errorf("%s: %q is taken for %v", e.ID, text, ids(found))
				}
			}
			unambiguous(t, said)
		}
	}
}

// unambiguous fails if two entries claim the same start with the same right.
func unambiguous(t *testing.T, text string) {
	t.Helper()
	text = collapse(text)
	best := map[int]span{}
	for i := range sentences() {
		for _, s := range sentences()[i].find(text, lower(text)) {
			old, ok := best[s.start]
			if ok && old.weight() == s.weight() && old.entry != s.entry {
				t.Errorf("%s and %s claim %q alike", old.entry.ID, s.entry.ID, text)
			}
			if !ok || s.weight() > old.weight() {
				best[s.start] = s
			}
		}
	}
}

func TestVerdictsUnambiguous(t *testing.T) {
	for _, file := range []string{"verdicts-new.json", "verdicts-old.json"} {
		for _, v := range verdicts(t, file) {
			for _, p := range v.problems() {
				unambiguous(t, p.Detail)
			}
		}
	}
}
