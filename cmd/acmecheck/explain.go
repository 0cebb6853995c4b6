package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/explain"
	"github.com/acmecheck/acmecheck/report/render"
)

func newExplain() *cobra.Command {
	var list bool
	var text string
	c := &cobra.Command{
		Use:   "explain [CODE|TOPIC] | --text TEXT | < client.log",
		Short: "Explain a code, a topic, or what a CA or an ACME client said; sends no packet",
		Long: `explain prints the page of a code (http01.redirect.port) or of a topic
(firewall), says what a sentence of a CA means, or reads the log of an ACME
client (certbot, acme.sh, lego, Caddy, Traefik, cert-manager) from standard
input and explains every problem in it. It sends no packet.

Exit codes: 0 explained, 2 nothing to explain or nothing recognised.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: pageNames,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case list:
				return listPages(c.OutOrStdout())
			case text != "" && len(args) > 0:
				return usage("--text and a code exclude each other").try("acmecheck explain --text \"…\"")
			case text != "":
				return explainText(c.OutOrStdout(), strings.NewReader(text))
			case len(args) == 1 && args[0] != "-":
				return explainPage(c.OutOrStdout(), args[0])
			case len(args) == 0 && isTerminal(c.InOrStdin()):
				return usage("nothing to explain").try("acmecheck explain CODE, explain --list, explain --text \"…\", or explain < client.log")
			}
			return explainText(c.OutOrStdout(), c.InOrStdin())
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list the codes and topics")
	c.Flags().StringVar(&text, "text", "", "explain this text of a CA")
	return c
}

func pageNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range checks.Topics() {
		names = append(names, t.Name+"\t"+t.Title)
	}
	for _, c := range checks.All() {
		names = append(names, c.Code+"\t"+c.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func listPages(w io.Writer) error {
	var b strings.Builder
	for _, t := range checks.Topics() {
		fmt.Fprintf(&b, "%-30s %-8s %s\n", t.Name, "topic", t.Title)
	}
	for _, c := range checks.All() {
		fmt.Fprintf(&b, "%-30s %-8s %s\n", c.Code, c.Severity, c.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func explainPage(w io.Writer, name string) error {
	if t := checks.TopicByName(name); t != nil {
		return render.TopicPage(w, t)
	}
	c := checks.ByCode(name)
	if c == nil {
		bad := usage("no page %q", name).try("acmecheck explain --list, or --text %q for a sentence of a CA", name)
		if near := nearest(name); near != "" {
			bad.hint = fmt.Sprintf("did you mean %s?", near)
		}
		return bad
	}
	return render.Page(w, c, sayings(name))
}

// sayings are the sentences by which a CA tells of a code, in today's wording.
func sayings(code string) []string {
	var out []string
	for _, e := range explain.Entries() {
		if len(e.Codes) == 0 || e.Codes[0] != code {
			continue
		}
		for _, p := range e.Says {
			if p.Wording == explain.Today {
				out = append(out, e.Type+": "+p.Text)
			}
		}
	}
	return out
}

// nearest is the code or topic that shares most of its words with a misspelt
// one; empty if none does.
func nearest(name string) string {
	best, most := "", 0
	for _, c := range checks.All() {
		n := 0
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' || r == ' ' }) {
			if len(word) > 2 && strings.Contains(c.Code, strings.ToLower(word)) {
				n += len(word)
			}
		}
		if n > most {
			best, most = c.Code, n
		}
	}
	return best
}

// explainText explains every problem in a log or a sentence.
func explainText(w io.Writer, r io.Reader) error {
	problems, err := explain.ReadLog(r)
	if err != nil {
		return err
	}
	found := 0
	for _, p := range problems {
		for _, m := range p.Explain() {
			if found > 0 {
				if _, err := fmt.Fprintln(w); err != nil {
					return err
				}
			}
			found++
			if err := render.Explanation(w, p, m); err != nil {
				return err
			}
		}
	}
	if found == 0 {
		return usage("no problem of a CA is recognised in this text").try("paste the sentence after \"detail\"; for a code: acmecheck explain --list")
	}
	return nil
}
