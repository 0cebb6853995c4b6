package main

// This file finds the names in an nginx configuration, or in the output of
// nginx -T.

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// mostIncluded bounds the files of one configuration.
const mostIncluded = 1000

// marker stands before each file in the output of nginx -T.
var marker = regexp.MustCompile(`(?m)^# configuration file (.+):\r?$`)

// An nginxConfiguration is being read, with what it includes.
type nginxConfiguration struct {
	*gathering

	dir  string // what is included is relative to it
	read map[string]bool
}

// nginx takes the names of a configuration's servers.
func (g *gathering) nginx(file string) error {
	n := &nginxConfiguration{gathering: g, dir: filepath.Dir(file), read: map[string]bool{}}
	return n.file(file)
}

func (n *nginxConfiguration) file(file string) error {
	if n.read[file] {
		return nil
	}
	if len(n.read) == mostIncluded {
		return usage("the nginx configuration has more than %d files", mostIncluded)
	}
	n.read[file] = true
	b, err := n.whole(file)
	if err != nil {
		return err
	}
	l := nginxLexer{text: string(b), at: probes.Source{File: file, Line: 1}, dump: marker.Match(b)}
	for {
		d := l.directive()
		if len(d) == 0 {
			return nil
		}
		if err := n.directive(d, l.dump); err != nil {
			return err
		}
	}
}

// directive takes what a directive says of names. A dump has what is included in
// it already.
func (n *nginxConfiguration) directive(d []nginxWord, dump bool) error {
	switch args := d[1:]; {
	case d[0].text == "server_name":
		for _, w := range args {
			if err := n.name(w); err != nil {
				return err
			}
		}
	case d[0].text == "include" && len(args) == 1 && !dump:
		return n.include(args[0])
	}
	return nil
}

func (n *nginxConfiguration) include(w nginxWord) error {
	if w.at.File == "-" {
		return usage("%s: nothing tells where %s is", placeOf(w.at), w.text).try("nginx -T | acmecheck --nginx=-, or --nginx=FILE")
	}
	pattern := w.text
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(n.dir, pattern)
	}
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) == 0 && !strings.ContainsAny(pattern, "*?[") {
		err = errors.New("no such file")
	}
	if err != nil {
		n.reject(w.at, fmt.Errorf("%s: %w", pattern, err))
		return nil
	}
	for _, f := range found {
		if err := n.file(f); err != nil {
			return err
		}
	}
	return nil
}

// name takes a server_name. Names without a dot are inner ones, or nginx's words
// for none at all: no public CA has certificates for them.
func (n *nginxConfiguration) name(w nginxWord) error {
	name := strings.TrimPrefix(w.text, ".") // .example.com is example.com and what is below it
	switch {
	case strings.HasPrefix(name, "~"), strings.Contains(name, "$"), strings.Contains(strings.TrimPrefix(name, "*."), "*"):
		n.notes = append(n.notes, fmt.Sprintf("%s: server_name %s stands for names that are not written there, and was left out", placeOf(w.at), w.text))
		return nil
	case !strings.Contains(name, "."):
		return nil
	}
	return n.gathering.read(name, w.at)
}

// An nginxWord is a word of a configuration, without its quotes.
type nginxWord struct {
	text string
	at   probes.Source
}

// An nginxLexer takes a configuration apart.
type nginxLexer struct {
	text string
	at   probes.Source
	dump bool
}

// directive is the next one, without the block that it may have; the directives
// in there come next. At the end it is empty.
func (l *nginxLexer) directive() []nginxWord {
	var d []nginxWord
	for {
		w, end := l.word()
		switch {
		case end == 0 && w.at.Line > 0:
			d = append(d, w)
		case end == '{' && len(d) > 0 && strings.HasSuffix(d[0].text, "_by_lua_block"):
			l.skipBlock()
			return d
		case end == 0: // an unfinished one counts for nothing
			return nil
		case len(d) > 0:
			return d
		}
	}
}

// word is the next word, or what ends a directive: ; { or }. At the end of the
// text it is neither.
func (l *nginxLexer) word() (w nginxWord, end byte) {
	for l.text != "" {
		switch c := l.text[0]; c {
		case '#':
			l.comment()
		case ' ', '\t', '\r', '\n':
			l.skip(1)
		case ';', '{', '}':
			l.skip(1)
			return w, c
		case '"', '\'':
			w.at = l.at
			w.text = l.quoted(c)
			return w, 0
		default:
			w.at = l.at
			w.text = l.bare()
			return w, 0
		}
	}
	return w, 0
}

// skip goes on by n octets.
func (l *nginxLexer) skip(n int) string {
	part := l.text[:n]
	l.at.Line += strings.Count(part, "\n")
	l.text = l.text[n:]
	return part
}

// comment skips one; in a dump it may begin another file.
func (l *nginxLexer) comment() {
	n := strings.IndexByte(l.text, '\n')
	if n < 0 {
		n = len(l.text)
	}
	line := l.skip(n)
	if m := marker.FindStringSubmatch(line); m != nil && l.dump {
		l.at = probes.Source{File: m[1]} // the end of this line begins its first
	}
}

// unescape takes off the backslashes that nginx takes off; before anything else
// they stay.
var unescape = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`)

// quoted is a word in quotes.
func (l *nginxLexer) quoted(quote byte) string {
	for i := 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case quote:
			return unescape.Replace(l.skip(i + 1)[1:i])
		}
	}
	return l.skip(len(l.text))
}

// bare is a word without quotes. The braces of ${variable} belong to it, and so
// does a closing one that does not begin it.
func (l *nginxLexer) bare() string {
	for i := 0; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\':
			i++
		case c == '{' && i > 0 && l.text[i-1] == '$':
		case strings.IndexByte(" \t\r\n;{", c) >= 0:
			return unescape.Replace(l.skip(i))
		}
	}
	return l.skip(len(l.text))
}

// lua is what matters of a block in Lua: where it ends.
var lua = regexp.MustCompile(`(?s)--[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{}]`)

// skipBlock skips a block in Lua.
func (l *nginxLexer) skipBlock() {
	for depth := 1; depth > 0; {
		at := lua.FindStringIndex(l.text)
		if at == nil {
			l.skip(len(l.text))
			return
		}
		switch l.skip(at[1])[at[0]:] {
		case "{":
			depth++
		case "}":
			depth--
		}
	}
}
