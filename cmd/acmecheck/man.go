package main

// This file writes the manual from the commands themselves, in the macros of
// man(7). cobra/doc does it too, by way of Markdown, with two more modules in
// every binary; its pages know neither exit codes nor variables.

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes/policy"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND|DIR]",
		Short: "Print a manual page, or write those of all commands to a directory",
		Long: `man prints acmecheck(1), or the page of a command. With a directory it writes a page
for each command there: acmecheck.1, acmecheck-issue.1, ...

  acmecheck man | man -l -
  acmecheck man issue | man -l -
  acmecheck man /usr/local/share/man/man1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if of, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				_, err := io.WriteString(c.OutOrStdout(), manPage(of))
				return err
			}
			return writeManual(c.Root(), args[0])
		},
	}
}

// writeManual writes the pages of a command and of all below it.
func writeManual(c *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a directory for everybody to read
		return usage("no place for the manual: %s", err)
	}
	file := filepath.Join(dir, manName(c)+".1")
	err := replaceFile(file, func(w io.Writer) error {
		_, err := io.WriteString(w, manPage(c))
		return err
	})
	if err != nil {
		return usage("writing the manual: %s", err)
	}
	for _, sub := range paged(c) {
		if err := writeManual(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// paged are the commands below c that have pages: not the help topics,
// which are sections of the first page.
func paged(c *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			out = append(out, sub)
		}
	}
	return out
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page of one command. Its date is that of the rules, so that a
// version always has the same pages.
func manPage(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 %s \"acmecheck %s\"\n", roff(strings.ToUpper(manName(c))), policy.LetsEncrypt().Read, roff(version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(c)), roff(c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n%s\n", roff(c.CommandPath()), roff(strings.TrimPrefix(c.UseLine(), c.CommandPath()+" ")))
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s", manText(cmp.Or(c.Long, c.Short+".")))
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n%s", manText(c.Example))
	}
	manFacts(&b, "COMMANDS", manCommands(c))
	manFacts(&b, "OPTIONS", manFlags(c))
	if !c.HasParent() {
		manFacts(&b, "EXIT STATUS", exitCodes)
		b.WriteString(".PP\n" + manText(exitCodesAfter))
		manFacts(&b, "ENVIRONMENT", environment)
		b.WriteString(".PP\n" + manText(environmentAfter))
		manFacts(&b, "FORMATS", formatFacts())
		b.WriteString(".PP\n" + manText(formatsAfter))
	}
	fmt.Fprintf(&b, ".SH SEE ALSO\n%s\n", strings.Join(manSeeAlso(c), ",\n"))
	return b.String()
}

// manText is prose. A paragraph with lines that are set in stays as it is.
func manText(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		paragraph = strings.Trim(paragraph, "\n")
		if i > 0 {
			b.WriteString(".PP\n")
		}
		verbatim := strings.ContainsAny(paragraph[:1], " \t") || strings.Contains(paragraph, "\n  ")
		if verbatim {
			b.WriteString(".nf\n")
		}
		for line := range strings.Lines(paragraph) {
			b.WriteString(roff(strings.TrimRight(line, "\n")) + "\n")
		}
		if verbatim {
			b.WriteString(".fi\n")
		}
	}
	return b.String()
}

// manFacts is a section with a list of words and what they mean.
func manFacts(b *strings.Builder, title string, facts []fact) {
	if len(facts) == 0 {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	for _, f := range facts {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(f.word)), roff(strings.ReplaceAll(f.means, "`", "")))
	}
}

func manCommands(c *cobra.Command) []fact {
	var out []fact
	for _, sub := range paged(c) {
		out = append(out, fact{sub.Name(), sub.Short})
	}
	return out
}

func manFlags(c *cobra.Command) []fact {
	var out []fact
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		word := "    --" + f.Name
		if f.Shorthand != "" {
			word = "-" + f.Shorthand + ", --" + f.Name
		}
		kind, means := pflag.UnquoteUsage(f)
		kind = strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(kind, "Array"), "s"))
		switch {
		case f.NoOptDefVal == "" && kind != "":
			word += " " + kind
		case f.Value.Type() == "string":
			word += "[=" + kind + "]"
		}
		if !slices.Contains([]string{"", "[]", "0", "0s", "false"}, f.DefValue) {
			means += fmt.Sprintf(" (default %s)", strings.Trim(f.DefValue, "[]"))
		}
		out = append(out, fact{word, means})
	})
	return out
}

// manSeeAlso names the pages around: above, below, or beside.
func manSeeAlso(c *cobra.Command) []string {
	around := paged(c)
	if len(around) == 0 && c.HasParent() {
		around = paged(c.Parent())
	}
	if c.HasParent() {
		around = append([]*cobra.Command{c.Parent()}, around...)
	}
	var out []string
	for _, a := range around {
		if a != c {
			out = append(out, fmt.Sprintf("\\fB%s\\fP(1)", roff(manName(a))))
		}
	}
	return out
}

// roff escapes a line of text: backslashes, hyphens that are typed as they are,
// and what would be a request at the beginning of a line.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ", "\t", "  ").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
