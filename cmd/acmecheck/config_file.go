package main

// This file reads a configuration file.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/acmecheck/acmecheck/probes"
)

const mostConfig = 1 << 20 // octets of a configuration file

// A configFile is a file, and what it says once it is read.
type configFile struct {
	path    string
	project bool     // it may not set everything
	known   []string // the flags that have a key

	settings []setting
	tables   map[string][]setting // by name: [issue] for the commands that order, [tui] for the screens
	targets  []configured
}

// configured is a target of a configuration.
type configured struct {
	Name    string   `toml:"name"`
	Methods []string `toml:"methods"`
	Ignore  []string `toml:"ignore"` // codes, for this target

	file    string
	project bool // it is a project's file
}

// read reads the file; the first mistake in it ends that.
func (f *configFile) read() error {
	text, err := f.text()
	if err != nil {
		return err
	}
	var top map[string]toml.Primitive
	md, err := toml.Decode(text, &top)
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		return usage("%s:%d: %s", f.path, p.Position.Line, p.Message)
	}
	for _, k := range md.Keys() { // in the order of the file
		p, unread := top[k[0]]
		if !unread {
			continue
		}
		delete(top, k[0])
		if err := f.entry(&md, k[0], p); err != nil {
			return err
		}
	}
	return nil
}

// text is the file's, which a cloned repository may have made anything of.
func (f *configFile) text() (string, error) {
	info, err := os.Stat(f.path)
	if err == nil && !info.Mode().IsRegular() {
		return "", usage("%s is not a file", f.path)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return "", usage("cannot read the configuration: %s", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostConfig+1))
	switch {
	case err != nil:
		return "", usage("cannot read the configuration: %s", err)
	case len(text) > mostConfig:
		return "", usage("%s has more than %d octets", f.path, mostConfig)
	}
	return string(text), nil
}

// A spot is a value and where it stands. Only an error tells the line, so its
// decoding always is one.
type spot struct {
	value any
	line  int
}

var errSpot = errors.New("here")

// UnmarshalTOML keeps the value.
func (s *spot) UnmarshalTOML(v any) error {
	s.value = v
	return errSpot
}

func spotOf(md *toml.MetaData, p toml.Primitive) *spot {
	s := &spot{}
	if at, ok := errors.AsType[toml.ParseError](md.PrimitiveDecode(p, s)); ok {
		s.line = at.Position.Line
	}
	return s
}

// entry reads what stands under a key on the first level.
func (f *configFile) entry(md *toml.MetaData, name string, p toml.Primitive) error {
	s := spotOf(md, p)
	switch {
	case name == "target":
		return f.list(md, p)
	case name == "vantage":
		return f.bad(s, "[%s] is not supported yet", name).try("take it out of the file")
	case (name == "issue" || name == "tui") && f.project:
		return f.forbidden(s, "["+name+"]")
	case name == "issue", name == "tui":
		return f.table(md, name, p, s)
	}
	set, err := f.setting(name, s)
	f.settings = append(f.settings, set)
	return err
}

// table reads [issue] or [tui].
func (f *configFile) table(md *toml.MetaData, name string, p toml.Primitive, at *spot) error {
	var keys map[string]toml.Primitive
	if err := md.PrimitiveDecode(p, &keys); err != nil {
		return f.bad(at, "%s is a table: [%s]", name, name)
	}
	for _, k := range md.Keys() {
		if len(k) != 2 || k[0] != name {
			continue
		}
		set, err := f.setting(k[1], spotOf(md, keys[k[1]]))
		if err != nil {
			return err
		}
		if f.tables == nil {
			f.tables = map[string][]setting{}
		}
		f.tables[name] = append(f.tables[name], set)
	}
	return nil
}

// setting reads a flag's value.
func (f *configFile) setting(name string, s *spot) (setting, error) {
	i := slices.IndexFunc(f.known, func(flag string) bool { return key(flag) == name })
	if i < 0 && typedOnly(name, key) {
		return setting{}, f.bad(s, "%s is for the command line alone", name)
	}
	if i < 0 {
		e := unknown(name, "is no key of acmecheck", f.keys())
		return setting{}, f.bad(s, "%s", e.msg).try("%s", e.hint)
	}
	if f.project && !slices.Contains(project, f.known[i]) {
		return setting{}, f.forbidden(s, name)
	}
	out := setting{flag: f.known[i], where: f.at(s) + ": " + name}
	var ok bool
	if out.text, out.list, ok = flagTexts(s.value); !ok {
		return setting{}, f.bad(s, "%s takes a text, a number, true, false, or several of them in [ ]", name)
	}
	return out, nil
}

// keys are those that the file may have.
func (f *configFile) keys() []string {
	out := []string{"target"}
	for _, flag := range f.known {
		if !f.project || slices.Contains(project, flag) {
			out = append(out, key(flag))
		}
	}
	return out
}

// list reads the targets.
func (f *configFile) list(md *toml.MetaData, p toml.Primitive) error {
	at := spotOf(md, p)
	if err := md.PrimitiveDecode(p, &f.targets); err != nil {
		return f.bad(at, "a target is a table: [[target]] with name, methods and ignore").try(`name = "example.com"; methods and ignore are lists`)
	}
	for _, k := range md.Undecoded() {
		if k[0] == "target" {
			e := unknown(k[len(k)-1], "is no key of a target", []string{"name", "methods", "ignore"})
			return usage("%s: %s", f.path, e.msg).try("%s", e.hint)
		}
	}
	for i := range f.targets {
		f.targets[i].file, f.targets[i].project = f.path, f.project
		if _, err := f.targets[i].parse(nil); err != nil {
			return err
		}
	}
	return nil
}

// at is a place in the file. A table that is there only as part of another's
// name is on no line.
func (f *configFile) at(s *spot) string {
	if s.line == 0 {
		return f.path
	}
	return fmt.Sprintf("%s:%d", f.path, s.line)
}

func (f *configFile) bad(s *spot, format string, a ...any) *exitError {
	return usage("%s: %s", f.at(s), fmt.Sprintf(format, a...))
}

func (f *configFile) forbidden(s *spot, what string) error {
	return f.bad(s, "a project's file may not set %s", what).try("it may say how to look and how to tell; what writes, runs or orders belongs on the command line or in your own configuration")
}

// parse understands a target. methods are for one that names none.
func (t *configured) parse(methods []string) (probes.Target, error) {
	typed := t.Name
	if len(t.Methods) > 0 {
		methods = t.Methods
	}
	if len(methods) > 0 && !strings.Contains(typed, "@") {
		typed = strings.Join(methods, "+") + "@" + typed
	}
	out, err := probes.ParseTarget(typed)
	if bad, ok := errors.AsType[*probes.TargetError](err); ok {
		return out, usage("%s: target %q: %s", t.file, t.Name, bad.Msg).try("%s", bad.Hint)
	}
	out.Source = probes.Source{File: t.file}
	return out, nil
}
