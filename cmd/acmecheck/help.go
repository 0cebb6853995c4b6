package main

// This file is what --help says behind a command's own words. Cobra's text has
// lines as long as a flag is explained, and "[=true|false]" behind every switch.

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is the longest line of a page of help.
const helpWidth = 98

// printUsage writes how a command is called, what is below it, and its flags.
func printUsage(c *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:\n")
	if c.Runnable() {
		fmt.Fprintf(&b, "  %s\n", c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s COMMAND\n", c.CommandPath())
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	section(&b, "Commands", manCommands(c))
	section(&b, "Flags", manFlags(c))
	section(&b, "Topics", topicsOf(c))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\nMore: %s COMMAND --help", c.CommandPath())
		if !c.HasParent() {
			b.WriteString(", acmecheck help TOPIC")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(c.OutOrStderr(), b.String())
	return err
}

func topicsOf(c *cobra.Command) []fact {
	var out []fact
	for _, sub := range c.Commands() {
		if sub.IsAdditionalHelpTopicCommand() {
			out = append(out, fact{sub.Name(), sub.Short})
		}
	}
	return out
}

// section is a list of words and what they mean; none if there are none.
func section(b *strings.Builder, title string, facts []fact) {
	if len(facts) > 0 {
		fmt.Fprintf(b, "\n%s:\n", title)
		columns(b, facts)
	}
}

// columns writes words on the left and what they mean on the right, wrapped.
func columns(b *strings.Builder, facts []fact) {
	left := 0
	for _, f := range facts {
		left = max(left, len(f.word))
	}
	for _, f := range facts {
		line := fmt.Sprintf("  %-*s ", left, f.word)
		for word := range strings.FieldsSeq(strings.ReplaceAll(f.means, "`", "")) {
			if len(line)+1+len(word) > helpWidth {
				fmt.Fprintln(b, line)
				line = strings.Repeat(" ", left+3)
			}
			line += " " + word
		}
		fmt.Fprintln(b, line)
	}
}
