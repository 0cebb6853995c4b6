package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// list reads targets, one a line. A line may also have several with blanks
// between them, and then > and an alias: so is dehydrated's domains.txt.
func (g *gathering) list(file string) error {
	f, err := g.open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	l := &nameList{r: bufio.NewReaderSize(f, longestLine)}
	for {
		line, err := l.next()
		from := probes.Source{File: file, Line: l.line}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			g.reject(from, fmt.Errorf("longer than %d octets", longestLine))
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return usage("reading %s: %s", placeOf(probes.Source{File: file}), err)
		}
		for _, word := range listed(l.line, line) {
			if err := g.read(word, from); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// listed are the targets of the n-th line.
func listed(n int, line string) []string {
	if n == 1 {
		line = strings.TrimPrefix(line, "\ufeff") // as Windows begins a text
	}
	words := strings.Fields(uncommented(line))
	if alias := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, ">") }); alias >= 0 {
		return words[:alias]
	}
	return words
}
