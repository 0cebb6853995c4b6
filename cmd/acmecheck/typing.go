package main

// This file guesses what somebody meant who typed a word that is none.

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/meant"
)

// strayWord finds a first word that can be no target and is nearly a command, or
// is a method: no certificate has a name without a dot.
func strayWord(c *cobra.Command, args []string) error {
	if len(args) == 0 || strings.ContainsAny(args[0], ".@:/*[") {
		return nil
	}
	word, rest := args[0], append(slices.Clone(args[1:]), "example.com")
	if slices.Contains(probes.Methods, probes.Method(word)) {
		return usage("%q is a method, and stands before its name", word).try("%s@%s", word, rest[0])
	}
	var known []string
	for _, sub := range c.Commands() { // of a short one, or of two words that begin otherwise, it would be a guess
		if n := sub.Name(); len(n) > 3 && len(word) > 3 && n[0] == word[0] {
			known = append(known, n)
		}
	}
	if near := meant.Word(word, known); near != "" {
		return usage("no command and no name: %q", word).try("did you mean %s %s?", c.CommandPath(), near)
	}
	return nil
}

// flagError is the end of a command line with a flag that is none, or that has
// a value it cannot have.
func flagError(c *cobra.Command, err error) error {
	bad := usage("%s", err)
	if none, ok := errors.AsType[*pflag.NotExistError](err); ok {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := meant.Word(none.GetSpecifiedName(), known); near != "" {
			return bad.try("did you mean --%s? %s --help lists the flags", near, c.CommandPath())
		}
	}
	return bad.try("%s --help lists the flags", c.CommandPath())
}
