package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/report"
)

// unfolded are the lines of a post that are seen before anything is unfolded.
func unfolded(post string) []string {
	return strings.Split(strings.TrimSpace(regexp.MustCompile(`(?s)</summary>.*</details>`).ReplaceAllString(post, "")), "\n")
}

func TestMarkdownGoldens(t *testing.T) {
	for _, name := range frozenNames {
		t.Run(name, func(t *testing.T) {
			got := written(t, Markdown, frozen(t, name))
			file := filepath.Join("testdata", "golden", name+".md")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// many is a report of n targets, each with everything that goes wrong.
func many(tb testing.TB, n int) *report.Report {
	tb.Helper()
	r := frozen(tb, "redirect-4434")
	one := r.Targets[0]
	for i := range 3 {
		f := one.Findings[0]
		f.Code = fmt.Sprintf("some.other.code%d", i)
		one.Findings = append(slices.Clone(one.Findings), f)
		one.Verdicts = append(slices.Clone(one.Verdicts), one.Verdicts...)
	}
	r.Targets = nil
	for i := range n {
		one.Identifier.Value = fmt.Sprintf("host%d.example.com", i)
		r.Targets = append(r.Targets, one)
	}
	return r
}

// A post has at most 40 lines before it is unfolded, and no more characters
// than the forum takes.
func TestMarkdownIsShort(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"nothing": {}, "one": frozen(t, "redirect-4434"), "order": frozen(t, "rehearsal-refused"), "hostile": hostile(t), "many": many(t, 200),
	} {
		t.Run(name, func(t *testing.T) {
			post := written(t, Markdown, r)
			if n := len(unfolded(post)); n > 40 {
				t.Errorf("%d lines:\n%s", n, strings.Join(unfolded(post), "\n"))
			}
			if n := len([]rune(post)); n > 32000 {
				t.Errorf("%d characters", n)
			}
			for _, q := range []string{"My domain is:", "I ran this command:", "It produced this output:", "My web server is (include version):", "The version of my client is"} {
				if !strings.Contains(post, q) {
					t.Errorf("the question %q is gone", q)
				}
			}
		})
	}
}

// baits are texts that Markdown, HTML or a forum would make something of.
var baits = []string{
	evil, "``` \n</details>\n# own", "`` ` ``` x", "</details><img src=x onerror=alert(1)>", "[a](https://evil.example)", "![a](https://evil.example/x.png)",
	"https://evil.example www.evil.example evil.example mail@evil.example", "@admin #123 :smile: GH-1 ~~x~~ **y** _z_", "<https://evil.example>", "a|b\\|c\\", "&lt;b&gt; &#60;i>",
	"\\", "`", "``", " ` ", "[x]: https://evil.example", "$x$ $$y$$ ==z== ^[note]", "- [ ] x", "    four", "~~~", "evil.example, (evil.example) \"evil.example\" 'evil.example'", "http\u200b://evil.example",
}

// markdownReader prints what a Python port of the forum's own reader
// (markdown-it with linkify) makes of a text.
const markdownReader = `
import json, sys
from markdown_it import MarkdownIt
md = MarkdownIt("gfm-like", {"html": True, "linkify": True, "breaks": True})
def walk(tokens):
    for t in tokens:
        if t.type in ("link_open", "image", "html_inline", "html_block"): yield [t.type, t.content or json.dumps(t.attrs)]
        if t.children: yield from walk(t.children)
print(json.dumps([list(walk(md.parse(post))) for post in json.load(sys.stdin)]))
`

// A hostile server can make no link, image, mention or HTML: two readers of
// Markdown find none but the folding.
func TestMarkdownIsHarmless(t *testing.T) {
	ours := [][2]string{{"html_block", "<details><summary>The whole report, with every request</summary>\n"}, {"html_block", "</details>\n"}}
	var posts []string
	for _, bait := range baits {
		posts = append(posts, written(t, Markdown, baited(t, bait)))
	}
	for name, read := range map[string]func(*testing.T, []string) [][][2]string{"cmark-gfm": cmarkReads, "markdown-it": forumReads} {
		t.Run(name, func(t *testing.T) {
			for i, seen := range read(t, posts) {
				if diff := cmp.Diff(ours, seen); diff != "" {
					t.Errorf("%q (-want +got)\n%s\n%s", baits[i], diff, posts[i])
				}
			}
		})
	}
}

// baited is a report with a text wherever a server has a say.
func baited(tb testing.TB, bait string) *report.Report {
	tb.Helper()
	r := hostile(tb)
	raw, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	was, err := json.Marshal(evil)
	if err != nil {
		tb.Fatal(err)
	}
	is, err := json.Marshal(bait)
	if err != nil {
		tb.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), string(was), string(is))
	text = strings.NewReplacer(`"schema_version":`+string(is), `"schema_version":"1.0"`, `"kind":`+string(is)+`,"tool"`, `"kind":"report","tool"`).Replace(text)
	text = regexp.MustCompile(`"span":\[\d+,\d+\]`).ReplaceAllString(text, `"span":[0,1]`)
	out, err := report.Decode(strings.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func forumReads(t *testing.T, posts []string) (seen [][][2]string) {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which has Debian's modules
	if exec.CommandContext(t.Context(), python, "-c", "import markdown_it, linkify_it").Run() != nil {
		t.Skip("needs python3-markdown-it and python3-linkify-it")
	}
	c := exec.CommandContext(t.Context(), python, "-c", markdownReader)
	in, err := json.Marshal(posts)
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil || json.Unmarshal(out, &seen) != nil {
		t.Fatalf("%v %s", err, out)
	}
	return seen
}

func cmarkReads(t *testing.T, posts []string) (seen [][][2]string) {
	t.Helper()
	if _, err := exec.LookPath("cmark-gfm"); err != nil {
		t.Skip("needs cmark-gfm")
	}
	found := regexp.MustCompile(`(?s)<(link|image|html_inline|html_block|strikethrough|heading|footnote_reference)\b[^>]*>([^<]*)`)
	for _, post := range posts {
		c := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist", "-t", "xml")
		c.Stdin = strings.NewReader(post)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		var of [][2]string
		for _, m := range found.FindAllStringSubmatch(string(out), -1) {
			of = append(of, [2]string{m[1], strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(m[2])})
		}
		seen = append(seen, of)
	}
	return seen
}

func TestCode(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"nginx", "`nginx`"},
		{"a`b", "``a`b``"},
		{"`a", "`` `a ``"},
		{"``", "``` `` ```"},
		{"a\nb", "`a\\x0ab`"},
		{" ", ""},
	} {
		if got := code(tt.in); got != tt.want {
			t.Errorf("%q is %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestProse(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"port 80 isn't open, it seems (to us).", "port 80 isn't open, it seems (to us)."},
		{"0.4 s on 2026-11-21", "0.4 s on 2026-11-21"},
		{"see example.com, or https://x/y now", "see `example.com`, or `https://x/y` now"},
		{"*a* _b_", "`*a*` `_b_`"},
		{"<b>", "`<b>`"},
		{"(see tls-alpn-01), f(x) \"a.b\"", "(see `tls-alpn-01`), `f(x)` \"`a.b`\""},
		{"", ""},
	} {
		if got := prose(tt.in); got != tt.want {
			t.Errorf("%q is %s, want %s", tt.in, got, tt.want)
		}
	}
}
