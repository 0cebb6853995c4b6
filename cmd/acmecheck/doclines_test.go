package main

// This file reads every acmecheck command line in the documentation as the
// program would, so that no page tells of a command or a flag that is gone.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/report/render"
)

var (
	inlineCode  = regexp.MustCompile("(?s)`(acmecheck [^`]+)`")
	placeholder = regexp.MustCompile(`^[A-Z][A-Z0-9|.]*$|[$…{]|^METHOD|NAME|\.\.\.`)
	assignment  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// notShell are the fences that hold no commands.
var notShell = []string{"json", "toml", "text", "nginx", "xml", "markdown", "go"}

func TestDocumentedCommandLines(t *testing.T) {
	seen := 0
	check := func(at, line string) {
		for _, words := range commandLines(line) {
			seen++
			if err := understood(words); err != nil {
				t.Errorf("%s: acmecheck %s: %s", at, strings.Join(words, " "), err)
			}
		}
	}
	for name, page := range documents(t) {
		for _, f := range fences(name, page) {
			if slices.Contains(notShell, f.lang) {
				continue
			}
			for line := range strings.Lines(strings.ReplaceAll(strings.Join(f.lines, "\n"), "\\\n", " ")) {
				check(f.at, strings.TrimPrefix(strings.TrimSpace(line), "$ "))
			}
		}
		for _, m := range inlineCode.FindAllStringSubmatch(page, -1) {
			check(name, strings.ReplaceAll(m[1], "\n", " "))
		}
	}
	eachCommand(newDocRoot(), func(c *cobra.Command) {
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if strings.HasPrefix(line, "  acmecheck ") {
				// a remark stands behind three spaces
				line, _, _ = strings.Cut(strings.TrimSpace(line), "   ")
				check(c.CommandPath()+" --help", line)
			}
		}
	})
	if seen < 50 {
		t.Errorf("only %d command lines were found", seen)
	}
}

// The reader of command lines has to notice what is wrong, and only that.
func TestUnderstood(t *testing.T) {
	for line, want := range map[string]string{
		"acmecheck example.com --json":                             "",
		"sudo acmecheck -q example.com && certbot renew --x":       "",
		"acmecheck example.com --gone":                             "unknown flag: --gone",
		"X=1 acmecheck check -Z example.com | tee":                 "unknown shorthand flag: 'Z' in -Z",
		"acmecheck frobnicate example.com":                         `"frobnicate" is neither a command nor a name`,
		"acmecheck lab frobnicate":                                 `unknown command "frobnicate" for "acmecheck lab"`,
		"acmecheck explain http01.gone":                            `there is no "http01.gone"`,
		"acmecheck explain CODE":                                   "",
		"acmecheck demo redirect-4434 --format gone":               `there is no format "gone"`,
		"acmecheck --timeout 1parsec example.com":                  `invalid argument "1parsec" for "--timeout" flag: must be a duration like "30s" or "5m"`,
		"certbot renew --pre-hook 'acmecheck --gone example.com'":  "unknown flag: --gone",
		"ExecStart=/usr/bin/acmecheck --gone example.com":          "unknown flag: --gone",
		"- run: acmecheck --gone example.com # acmecheck --gone 2": "unknown flag: --gone",
		"acmecheck help gone":                                      `there is no topic "gone"`,
		"go build -o bin/acmecheck ./cmd/acmecheck":                "",
		"go run ./cmd/acmecheck --gone":                            "unknown flag: --gone",
	} {
		var got string
		for _, words := range commandLines(line) {
			if err := understood(words); err != nil {
				got = err.Error()
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// A configuration that a page shows has to be one.
func TestDocumentedConfigurations(t *testing.T) {
	seen := 0
	for name, page := range documents(t) {
		for _, f := range fences(name, page) {
			if f.lang != "toml" || len(f.lines) == 0 || f.lines[0] != "# acmecheck.toml" {
				continue
			}
			seen++
			file := filepath.Join(t.TempDir(), projectFile)
			if err := os.WriteFile(file, []byte(strings.Join(f.lines, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
			conf := configFile{path: file, project: true, known: configurable(newDocRoot())}
			if err := conf.read(); err != nil {
				t.Errorf("%s: %v", f.at, err)
			}
		}
	}
	if seen == 0 {
		t.Error("no page shows a configuration")
	}
}

func newDocRoot() *cobra.Command {
	root := newRoot(nil, nil)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

func eachCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		eachCommand(sub, do)
	}
}

// understood reads the words after acmecheck as the program does, without
// doing anything.
func understood(words []string) error {
	c, rest, err := newDocRoot().Find(words)
	if err != nil {
		return errors.New(strings.Split(err.Error(), "\n")[0])
	}
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil {
		if bad, ok := errors.AsType[*pflag.InvalidValueError](err); !ok || !placeholder.MatchString(bad.GetValue()) {
			return err
		}
		return nil
	}
	if f := c.Flags().Lookup("format"); f != nil && !placeholder.MatchString(f.Value.String()) {
		if _, ok := render.Named(f.Value.String()); !ok {
			return fmt.Errorf("there is no format %q", f.Value)
		}
	}
	return argued(c, c.Flags().Args())
}

// argued reads the arguments that are no flags.
func argued(c *cobra.Command, args []string) error {
	if len(args) == 0 || placeholder.MatchString(args[0]) {
		return nil
	}
	switch first := args[0]; {
	case c.Name() == "help":
		if topic, _, err := c.Root().Find(args); err != nil || topic == c.Root() {
			return fmt.Errorf("there is no topic %q", first)
		}
	case !c.HasParent() && !strings.ContainsAny(first, ".@:*"):
		return fmt.Errorf("%q is neither a command nor a name", first)
	case c.HasParent() && (c.HasSubCommands() || !c.Runnable()):
		return fmt.Errorf("unknown command %q for %q", first, c.CommandPath())
	case c.ValidArgsFunction != nil:
		names, _ := c.ValidArgsFunction(c, nil, "")
		known := func(n string) bool { n, _, _ = strings.Cut(n, "\t"); return n == first }
		if len(names) > 0 && !slices.ContainsFunc(names, known) {
			return fmt.Errorf("there is no %q", first)
		}
	}
	return c.ValidateArgs(args)
}

// commandLines are the words after acmecheck of each call of it in a line of
// shell, also where it is an argument of another program.
func commandLines(line string) [][]string {
	var out [][]string
	for _, command := range shellWords(line) {
		for len(command) > 0 && before(command[0]) {
			command = command[1:]
		}
		if len(command) > 2 && command[0] == "go" && command[1] == "run" {
			command = command[2:]
		}
		if len(command) > 0 && (command[0] == "acmecheck" || strings.HasSuffix(command[0], "/acmecheck")) {
			out = append(out, command[1:])
			continue
		}
		for _, w := range command {
			if strings.Contains(w, "acmecheck ") {
				out = append(out, commandLines(w)...)
			}
		}
	}
	return out
}

// before reports words that may stand before a command.
func before(w string) bool {
	if strings.HasSuffix(w, "/acmecheck") {
		return false
	}
	return slices.Contains([]string{"sudo", "exec", "if", "then", "!", "do", "while", "until", "time", "-", "|"}, w) || strings.HasSuffix(w, ":") || assignment.MatchString(w)
}

// shellWords splits a line into commands and those into words: the part of a
// shell's grammar that documentation needs.
func shellWords(line string) [][]string {
	var commands [][]string
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	end := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	next := func() {
		end()
		commands = append(commands, words)
		words = nil
	}
	escaped := false
	for _, r := range line {
		switch {
		case escaped || quote != 0 && r != quote:
			word.WriteRune(r)
			inWord, escaped = true, false
		case quote != 0:
			quote = 0
		case r == '\\':
			escaped = true
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '#' && !inWord:
			next()
			return commands
		case strings.ContainsRune(" \t\n", r):
			end()
		case strings.ContainsRune("|&;<>()", r):
			next()
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	next()
	return commands
}
