package main

// This file gives the flags that were not given their values from the
// environment and from configuration files. An option needs no code for that:
// its flag is its key. What a project file may set is in config_trust.go.

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
)

const projectFile = "acmecheck.toml"

// A configuration is what the files say beside values of flags.
type configuration struct {
	targets []configured // those to look at when none is named
}

// A setting is the value of one flag.
type setting struct {
	flag  string
	text  string
	list  []string // nil: text is the value
	where string   // it stands, for errors
}

// configFlag makes a command one that takes values from a configuration: those
// that look. Demos and saved reports are the same everywhere.
func configFlag(f *pflag.FlagSet) {
	f.String("config", "", "read this file (default: "+projectFile+" here, then acmecheck/config.toml in $XDG_CONFIG_HOME)")
}

// configure gives the flags of a command their values, the strongest source
// first: the environment, the project's file, the user's file. A command without
// the flag --config takes none.
func (conf *configuration) configure(c *cobra.Command) error {
	f := c.Flags()
	if f.Lookup("config") == nil {
		return nil
	}
	known := configurable(c.Root())
	env, err := fromEnvironment(environ(), known)
	if err != nil {
		return err
	}
	if err := apply(f, env); err != nil {
		return err
	}
	files, err := configFiles(f.Lookup("config").Value.String(), orders(c))
	if err != nil {
		return err
	}
	for _, file := range files {
		file.known = known
		if err := file.read(); err != nil {
			return err
		}
		for _, table := range tablesOf(c) {
			if err := apply(f, file.tables[table]); err != nil {
				return err
			}
		}
		if err := apply(f, file.settings); err != nil {
			return err
		}
		if conf.targets == nil {
			conf.targets = file.targets
		}
	}
	return nil
}

// tablesOf are the tables of a file that are about a command.
func tablesOf(c *cobra.Command) (names []string) {
	if c.Name() == "tui" {
		names = append(names, "tui")
	}
	if orders(c) {
		names = append(names, "issue")
	}
	return names
}

// orders reports whether a command may order from a CA.
func orders(c *cobra.Command) bool { return c.Flags().Lookup("ca") != nil }

// configurable are the flags that have a place in a configuration, of a command
// and of all below it that take one.
func configurable(c *cobra.Command) []string {
	var names []string
	if c.Flags().Lookup("config") != nil {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(once, f.Name) {
				names = append(names, f.Name)
			}
		})
	}
	for _, sub := range c.Commands() {
		names = append(names, configurable(sub)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// key is a flag's name in a file.
func key(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// variable is a flag's name in the environment.
func variable(flag string) string { return "ACMECHECK_" + strings.ToUpper(key(flag)) }

// fromEnvironment reads the variables that are there. An empty one says nothing.
func fromEnvironment(environ, known []string) ([]setting, error) {
	flags := map[string]string{"ACMECHECK_CONFIG": "config"}
	for _, name := range known {
		flags[variable(name)] = name
	}
	var out []setting
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "ACMECHECK_") || value == "" {
			continue
		}
		flag, ok := flags[name]
		switch {
		case ok:
			out = append(out, setting{flag: flag, text: value, where: name})
		case typedOnly(name, variable):
			return nil, usage("%s: that is for the command line alone", name)
		case !foreign(name):
			return nil, unknown(name, "is no option of acmecheck", slices.Sorted(maps.Keys(flags)))
		}
	}
	return out, nil
}

// apply sets the flags of a command that are not set, and have no alternative
// that is.
func apply(f *pflag.FlagSet, settings []setting) error {
	given := map[string]bool{}
	f.VisitAll(func(f *pflag.Flag) { given[f.Name] = f.Changed })
	for _, s := range settings {
		flag := f.Lookup(s.flag)
		if flag == nil || overruled(s.flag, given) {
			continue
		}
		if err := s.set(f, flag); err != nil {
			return err
		}
	}
	return nil
}

// set sets a flag, as if it were given.
func (s setting) set(f *pflag.FlagSet, flag *pflag.Flag) error {
	if s.list == nil {
		if err := f.Set(s.flag, s.text); err != nil {
			return usage("%s: %q is no %s", s.where, s.text, flag.Value.Type()).try("%s", examples[flag.Value.Type()])
		}
		return nil
	}
	several, ok := flag.Value.(pflag.SliceValue)
	if !ok {
		return usage("%s takes one value", s.where)
	}
	flag.Changed = true
	return several.Replace(s.list)
}

// examples are values of the types of flags.
var examples = map[string]string{"bool": "true or false", "duration": "30s, 10m or 1h30m", "int": "a whole number", "count": "0, 1 or 2"}

// configFiles are the files to read: the one that is named, or those that are
// there. Who orders reads no project's file.
func configFiles(named string, orders bool) ([]*configFile, error) {
	if named != "" {
		return []*configFile{{path: named}}, nil
	}
	all := []*configFile{{path: projectFile, project: true}}
	if orders {
		all = nil
	}
	if home, err := configHome(); err == nil { // without a home there is no file
		all = append(all, &configFile{path: filepath.Join(home, "acmecheck", "config.toml")})
	}
	there := all[:0]
	for _, f := range all {
		switch _, err := os.Stat(f.path); {
		case err == nil:
			there = append(there, f)
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission) && !f.project: // HOME is somebody else's
		default:
			return nil, usage("%s", err).try("--config FILE reads another")
		}
	}
	return there, nil
}

// configHome is where programs find what a user wants of them (XDG Base
// Directory Specification), on macOS too.
func configHome() (string, error) {
	if d := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(d) {
		return d, nil
	}
	if runtime.GOOS == "windows" {
		return os.UserConfigDir() // %AppData%
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config"), err
}

// configured are the targets of the configuration. Those of a project's file are for
// looking alone: nothing is put in place for a name that a repository chose.
func (o *checkOptions) configured() ([]probes.Target, error) {
	var out []probes.Target
	o.gate.IgnoreFor = map[string][]string{}
	for _, t := range o.conf.targets {
		if t.project && o.solver.some() > 0 {
			return nil, usage("%s is for names on the command line, not for those of a project's file", o.solver.flag()).try("acmecheck %s %s", t.Name, o.solver.flag())
		}
		target, err := t.parse(o.methods)
		if err != nil {
			return nil, err
		}
		out = append(out, target)
		id := string(target.Identifier)
		o.gate.IgnoreFor[id] = append(o.gate.IgnoreFor[id], t.Ignore...)
	}
	return out, o.soundCodes()
}
