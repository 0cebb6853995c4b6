package main

// This file generates what of docs/ and the README can be generated (make docs)
// and proves that what is checked in is fresh.

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/report/checks"
)

var writeDocs = flag.Bool("write-docs", false, "write docs/ anew")

// home is the top of the tree.
const home = "../.."

// documents are the README and the pages of docs/, by their path from home.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	read := func(name string) {
		b, err := os.ReadFile(filepath.Join(home, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(b)
	}
	read("README.md")
	err := fs.WalkDir(os.DirFS(home), "docs", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(p) == ".md" {
			read(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A page per code and topic, and the blocks in the pages that people write.
func TestDocsAreFresh(t *testing.T) {
	have := documents(t)
	want := generatedPages(t)
	for name, page := range have {
		_, made := want[name]
		switch {
		case made:
		case inGenerated(name):
			stale(t, name, page, "")
		default:
			want[name] = fillBlocks(t, name, page)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		stale(t, name, have[name], want[name])
	}
}

// inGenerated reports whether a page is in a directory that holds generated
// pages alone.
func inGenerated(name string) bool {
	d := path.Dir(name)
	return d == "docs/codes" || d == "docs/topics"
}

// stale complains of a page that is not as it should be, or mends it; nothing
// should be there where want is empty.
func stale(t *testing.T, name, have, want string) {
	t.Helper()
	file := filepath.Join(home, name)
	switch {
	case have == want:
	case !*writeDocs:
		t.Errorf("%s is stale: make docs (-have +want):\n%s", name, cmp.Diff(have, want))
	case want == "":
		if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	default:
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Error(err)
		}
	}
}

var block = regexp.MustCompile(`(?s)<!-- generated: ([a-z-]+) -->.*?<!-- end -->`)

// fillBlocks puts today's facts into the marked places of a page.
func fillBlocks(t *testing.T, name, page string) string {
	t.Helper()
	return block.ReplaceAllStringFunc(page, func(old string) string {
		which := block.FindStringSubmatch(old)[1]
		facts, ok := docBlocks[which]
		if !ok {
			t.Errorf("%s: nothing makes the block %q", name, which)
			return old
		}
		return "<!-- generated: " + which + " -->" + facts(t) + "<!-- end -->"
	})
}

// The exit codes are the contract with scripts: the README must have them.
func TestReadmeHasTheExitCodes(t *testing.T) {
	if !strings.Contains(documents(t)["README.md"], "<!-- generated: exit-codes -->") {
		t.Error("the README lacks the block exit-codes")
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// What a page links to in the tree must be there.
func TestDocLinks(t *testing.T) {
	for name, page := range documents(t) {
		for _, l := range link.FindAllStringSubmatch(page, -1) {
			if _, err := os.Stat(filepath.Join(home, path.Dir(name), l[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, l[1])
			}
		}
	}
}

// generatedPages are the pages that are made as a whole.
func generatedPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{"docs/codes/README.md": codeIndex(t)}
	for _, c := range checks.All() {
		pages["docs/codes/"+c.Code+".md"] = codePage(c)
	}
	for _, topic := range checks.Topics() {
		pages["docs/topics/"+topic.Name+".md"] = topicPage(&topic)
	}
	return pages
}

const madeBy = "<!-- made by make docs from report/checks: edit there -->\n\n"

// areas are the first words of codes.
var areas = []fact{
	{"target", "What was asked for"},
	{"name", "The name itself"},
	{"dns", "DNS"},
	{"dnssec", "DNSSEC"},
	{"caa", "CAA"},
	{"net", "The way to the server"},
	{"http01", "http-01"},
	{"dns01", "dns-01"},
	{"dnspersist01", "dns-persist-01"},
	{"tlsalpn01", "tls-alpn-01"},
	{"vantage", "Several network perspectives"},
	{"acme", "Orders, accounts and limits"},
	{"local", "This machine: nothing that is the target's"},
}

func codeIndex(t *testing.T) string {
	t.Helper()
	by := map[string][]*checks.Check{}
	for _, c := range checks.All() {
		area, _, _ := strings.Cut(c.Code, ".")
		by[area] = append(by[area], c)
	}
	var b strings.Builder
	b.WriteString(madeBy + "# Codes\n\nEvery finding has one of these codes. A code is never renamed, and never comes to\nmean something else. `acmecheck explain CODE` prints the same pages, offline. In\na report what is in {braces} here is filled in.\n")
	for _, a := range areas {
		fmt.Fprintf(&b, "\n## %s\n\n| code | severity | what is wrong |\n|---|---|---|\n", a.means)
		for _, c := range by[a.word] {
			fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", c.Code, c.Code, c.Severity, markdown(c.Title))
		}
		delete(by, a.word)
	}
	for area := range by {
		t.Errorf("the area %q has no title", area)
	}
	b.WriteString("\n## Topics\n\nAbout more than one code: `acmecheck explain TOPIC`.\n\n")
	for _, topic := range checks.Topics() {
		fmt.Fprintf(&b, "- [%s](../topics/%s.md): %s\n", topic.Name, topic.Name, markdown(topic.Title))
	}
	return b.String()
}

// codePage is the page of explain, in Markdown.
func codePage(c *checks.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n**%s:** %s\n\n%s\n", madeBy, c.Code, c.Severity, markdown(c.Title), markdown(c.Means))
	if says := sayings(c.Code); len(says) > 0 {
		b.WriteString("\n## What the CA may say\n\n")
		for _, s := range says {
			fmt.Fprintf(&b, "- %s\n", markdown(s))
		}
	}
	if len(c.Causes) > 0 {
		b.WriteString("\n## Common causes, most likely first\n\n")
		for i, cause := range c.Causes {
			fmt.Fprintf(&b, "%d. %s\n", i+1, markdown(cause))
		}
	}
	if len(c.Fixes) > 0 {
		fmt.Fprintf(&b, "\n## Fix (by: %s)\n", c.FixBy)
		for _, f := range c.Fixes {
			fmt.Fprintf(&b, "\n**%s:** %s\n", markdown(f.For), markdown(f.Text))
			verbatim(&b, strings.ReplaceAll(f.Snippet, "\t", "    "))
		}
	}
	if c.Again != "" {
		b.WriteString("\n## Check again\n")
		verbatim(&b, strings.ReplaceAll(c.Again, "{target}", "http-01@NAME"))
	}
	if c.Ignore != "" {
		fmt.Fprintf(&b, "\n## When to ignore\n\n%s\n", markdown(c.Ignore))
	}
	if len(c.Topics) > 0 {
		b.WriteString("\n## More\n\n")
		for _, name := range c.Topics {
			fmt.Fprintf(&b, "- [%s](../topics/%s.md)\n", markdown(checks.TopicByName(name).Title), name)
		}
	}
	fmt.Fprintf(&b, "\n## How we know\n\n")
	for _, s := range c.Sources {
		if !strings.HasPrefix(s, "https://") {
			s = markdown(s)
		}
		fmt.Fprintf(&b, "- %s\n", s)
	}
	return b.String()
}

func topicPage(topic *checks.Topic) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n", madeBy, markdown(topic.Title))
	for _, p := range topic.Body {
		if typed, ok := strings.CutPrefix(p, "  "); ok {
			verbatim(&b, typed)
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", markdown(p))
	}
	return b.String()
}

// verbatim writes what is to be typed or pasted.
func verbatim(b *strings.Builder, s string) {
	if s != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", strings.TrimRight(s, "\n"))
	}
}

// markdown escapes prose of our own.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "|", `\|`).Replace(s)
}
