package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyFlag are the flags of a command and of those below it.
func everyFlag(c *cobra.Command) map[string]*pflag.Flag {
	all := map[string]*pflag.Flag{}
	c.InitDefaultHelpFlag()
	c.Flags().VisitAll(func(f *pflag.Flag) { all[f.Name] = f })
	for _, sub := range c.Commands() {
		maps.Copy(all, everyFlag(sub))
	}
	return all
}

// A list that names a flag which is gone would guard nothing.
func TestTrustIsAboutFlagsThatThereAre(t *testing.T) {
	all := everyFlag(newRoot(io.Discard, io.Discard))
	for _, name := range slices.Concat(once, project, slices.Concat(alternatives...)) {
		if all[name] == nil {
			t.Errorf("there is no flag --%s", name)
		}
	}
}

// exampleOf is a value in TOML that a flag takes.
func exampleOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true"
	case "int", "count":
		return "1"
	case "duration":
		return `"1s"`
	}
	return `"x"`
}

// Whatever flags there will be: a project's file sets those that are on the list,
// and no other.
func TestProjectFileSetsWhatIsOnTheListAlone(t *testing.T) {
	root := newRoot(io.Discard, io.Discard)
	file := filepath.Join(t.TempDir(), projectFile)
	for name, flag := range everyFlag(root) {
		if err := os.WriteFile(file, []byte(key(name)+" = "+exampleOf(flag)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		f := &configFile{path: file, project: true, known: configurable(root)}
		err := f.read()
		if allowed := slices.Contains(project, name); (err == nil) != allowed {
			t.Errorf("%s: %v, allowed: %v", name, err, allowed)
		}
	}
}

// What must never be decided beforehand, and what a repository must never decide.
func TestWhatNoListMayHave(t *testing.T) {
	for _, name := range []string{"yes", "force", "agree-terms", "token", "key-authorization"} {
		if !slices.Contains(once, name) {
			t.Errorf("a configuration may set --%s", name)
		}
	}
	for _, name := range []string{"webroot", "serve", "solver", "solver-config", "ca", "account-uri", "deploy-hook", "out", "baseline", "dir", "email", "eab-hmac-file", "config", "file"} {
		if slices.Contains(project, name) {
			t.Errorf("a project's file may set --%s", name)
		}
	}
}

// configuredFlags runs configure for a command line.
func configuredFlags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	root := newRoot(io.Discard, io.Discard)
	c, rest, err := root.Find(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	if err := new(configuration).configure(c); err != nil {
		t.Fatal(err)
	}
	return c.Flags()
}

// Every type of flag takes its value from a file and from the environment, and a
// flag's alternative that was given overrules it.
func TestConfiguredFlags(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(dir+"/acmecheck", 0o700); err != nil {
		t.Fatal(err)
	}
	own := `method = ["http-01", "dns-01"]
interval = "7s"
quiet = 1
strict = true
solver = "rfc2136"
ipv4 = true
ca = "pebble"
[issue]
quiet = 2
[tui]
theme = "mono"
mouse = true
quiet = 3
`
	if err := os.WriteFile(dir+"/acmecheck/config.toml", []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ACMECHECK_TREAT_AS_PUBLIC", "10.0.0.0/8,fd00::/8")
	t.Setenv("ACMECHECK_STRICT", "false")
	tests := []struct {
		name string
		args []string
		want map[string]string
	}{
		{"all", []string{"check"}, map[string]string{
			"method": "[http-01,dns-01]", "interval": "7s", "quiet": "1", "strict": "false", "solver": "rfc2136",
			"treat-as-public": "[10.0.0.0/8,fd00::/8]",
		}},
		{"a flag", []string{"check", "--method", "caa", "--strict", "-qq"}, map[string]string{"method": "[caa]", "strict": "true", "quiet": "2"}},
		{"another solver", []string{"check", "--webroot", "/x"}, map[string]string{"solver": ""}},
		{"another family", []string{"check", "-6"}, map[string]string{"ipv4": "false"}},
		{"the root", []string{}, map[string]string{"interval": "7s"}},
		{"watch", []string{"watch"}, map[string]string{"interval": "7s"}},
		{"issue", []string{"issue"}, map[string]string{"ca": "pebble", "quiet": "2", "yes": "false"}},
		{"tui", []string{"tui"}, map[string]string{"theme": "mono", "mouse": "true", "quiet": "3", "ca": "pebble"}},
		{"not configured", []string{"validate"}, map[string]string{"policy": "letsencrypt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := configuredFlags(t, tt.args...)
			for name, want := range tt.want {
				if got := f.Lookup(name).Value.String(); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		})
	}
}

// FuzzConfig: no file makes trouble, and no project's file sets what it must not.
func FuzzConfig(f *testing.F) {
	for _, s := range []string{"a=1", "[issue]\nca='x'", "[[target]]\nname='a.example'\nmethods=['http-01']", "target=[{name='x'}]", "issue.ca=1", "policy=['a']", "[target]\n", "out=[]"} {
		f.Add(s)
	}
	known := configurable(newRoot(io.Discard, io.Discard))
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), projectFile)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := &configFile{path: file, project: true, known: known}
		if err := c.read(); err != nil {
			return
		}
		if len(c.tables) > 0 {
			t.Errorf("it sets %v", c.tables)
		}
		for _, s := range c.settings {
			if !slices.Contains(project, s.flag) {
				t.Errorf("it sets %s", s.flag)
			}
		}
		for _, l := range c.targets {
			if strings.HasPrefix(l.Name, "@") {
				t.Errorf("a target is %s", l.Name)
			}
		}
	})
}
