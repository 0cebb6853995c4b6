package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report/checks"
)

// Page writes the page of one code: what explain shows. says are sentences of
// the CA that may mean it.
func Page(w io.Writer, c *checks.Check, says []string) error {
	var b sheet
	fmt.Fprintf(&b, "%s[%s]: %s\n", c.Severity, c.Code, c.Title)
	section(&b, "What it means", c.Means)
	if len(says) > 0 {
		fmt.Fprintf(&b, "\nWhat the CA may say\n")
		for _, s := range says {
			paragraph(&b, "", s)
		}
	}
	section(&b, "How we know", strings.Join(c.Sources, ", "))
	if len(c.Causes) > 0 {
		fmt.Fprintf(&b, "\nCommon causes, most likely first\n")
		for _, cause := range c.Causes {
			paragraph(&b, "- ", cause)
		}
	}
	if len(c.Fixes) > 0 {
		fmt.Fprintf(&b, "\nFix (by: %s)\n", c.FixBy)
		for _, f := range c.Fixes {
			paragraph(&b, f.For+": ", f.Text)
			for line := range strings.Lines(f.Snippet) {
				fmt.Fprintf(&b, "      %s\n", strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "))
			}
		}
	}
	section(&b, "Check again", strings.ReplaceAll(c.Again, "{target}", "http-01@NAME"))
	section(&b, "When to ignore", c.Ignore)
	_, err := w.Write(b.Bytes())
	return err
}

func section(b *sheet, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	paragraph(b, "", text)
}

// TopicPage writes the page of a topic.
func TopicPage(w io.Writer, t *checks.Topic) error {
	var b sheet
	fmt.Fprintf(&b, "%s\n", t.Title)
	for _, p := range t.Body {
		fmt.Fprintln(&b)
		if strings.HasPrefix(p, "  ") {
			fmt.Fprintf(&b, "  %s\n", p)
			continue
		}
		paragraph(&b, "", p)
	}
	_, err := w.Write(b.Bytes())
	return err
}
