package main

// This file reads lists of names: one a line, of any length, in the memory of
// one line.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/report/render"
)

// longestLine is more than any name, with a method, or any URL of a site.
const longestLine = 4096

// A nameList is a list of names that is being read.
type nameList struct {
	r         *bufio.Reader
	errs      io.Writer // is told of every line that is no name
	line      int
	good, bad int
}

// openList opens the file of a command line; none, or "-", is standard input.
func openList(c *cobra.Command, args []string) (l *nameList, done func(), err error) {
	in, done := c.InOrStdin(), func() {}
	switch {
	case len(args) == 1 && args[0] != "-":
		f, err := os.Open(args[0])
		if err != nil {
			return nil, done, usage("%s", err).try("%s takes a file with one name a line, or names on standard input", c.CommandPath())
		}
		in, done = f, func() { _ = f.Close() }
	case isTerminal(in):
		return nil, done, usage("no names").try("%s --zone acme.host.net < domains.txt", c.CommandPath())
	}
	return &nameList{r: bufio.NewReaderSize(in, longestLine), errs: c.ErrOrStderr()}, done, nil
}

// each hands every name to f, in order, and tells of every line that is none.
func (l *nameList) each(ctx context.Context, f func(delegation.Name) error) error {
	for {
		line, err := l.next()
		switch {
		case ctx.Err() != nil: // a list that was cut off does not pass for a whole one
			return &exitError{code: interruptedBy(ctx), msg: "interrupted"}
		case errors.Is(err, bufio.ErrBufferFull):
			l.reject(fmt.Errorf("longer than %d octets", longestLine))
			continue
		case line == "" && errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, io.EOF):
			return usage("reading the names: %s", err)
		}
		if err := l.take(line, f); err != nil {
			return err
		}
	}
}

// next is the next line, with bufio.ErrBufferFull in place of one that is too
// long.
func (l *nameList) next() (string, error) {
	b, err := l.r.ReadSlice('\n')
	l.line++
	line := string(b)
	long := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
	}
	if long && (err == nil || errors.Is(err, io.EOF)) {
		err = bufio.ErrBufferFull
	}
	return line, err
}

func (l *nameList) take(line string, f func(delegation.Name) error) error {
	if l.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff") // as Windows begins a text
	}
	if line = uncommented(line); line == "" {
		return nil
	}
	n, err := nameIn(line)
	if err != nil {
		l.reject(err)
		return nil
	}
	l.good++
	return f(n)
}

// uncommented is a line without its comment and the blanks around it.
func uncommented(line string) string {
	if i := strings.IndexByte(line, '#'); i == 0 || i > 0 && strings.ContainsRune(" \t", rune(line[i-1])) {
		line = line[:i]
	}
	return strings.TrimSpace(line)
}

// nameIn understands what people type for a name.
func nameIn(s string) (delegation.Name, error) {
	// Most of a list is names already, and that is quick to see. An underscore
	// may be the challenge name itself, which ParseTarget knows.
	if n, err := delegation.ParseName(s); err == nil && n[0] != '_' {
		return n, nil
	}
	t, err := probes.ParseTarget(s)
	if err != nil {
		return "", err
	}
	if t.Identifier.IsIP() {
		return "", fmt.Errorf("%q is an address; challenges in DNS are for names", s)
	}
	n, err := delegation.ParseName(string(t.Identifier))
	if err != nil {
		return "", fmt.Errorf("%q %w", s, err)
	}
	return n, nil
}

func (l *nameList) reject(why error) {
	l.bad++
	fmt.Fprintf(l.errs, "acmecheck: error: line %d: %s\n", l.line, render.Safe(why.Error(), 300))
}

// verdict is the error that a list amounts to: bad lines are told of at the
// end, when the good ones are done.
func (l *nameList) verdict() error {
	switch {
	case l.bad == 0 && l.good == 0:
		return usage("no names").try("one name a line; # starts a comment")
	case l.bad == 0:
		return nil
	}
	return usage("%s not understood; %s", countOf(l.bad, "line was", "lines were"), countOf(l.good, "name was", "names were")+" read").try("one name a line; # starts a comment")
}

// countOf is a number and what there is of it.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
