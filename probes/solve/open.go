package solve

// This file makes a solver from its configuration.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes/meant"

	"github.com/BurntSushi/toml"

	"github.com/acmecheck/acmecheck/probes/wire"
)

// An Environment is what solvers need of the process that they run in.
type Environment struct {
	// Net reaches DNS servers. The one of RFC 2136 may be at any address.
	Net *wire.Net
	// HTTP reaches APIs. Nil: as Go does, with the system's resolver, proxies
	// and certificates.
	HTTP http.RoundTripper
	// Environ is the process' environment: hooks inherit it, and secrets may
	// stand in it.
	Environ []string
	// In and Out are where a person is.
	In  io.Reader
	Out io.Writer
}

// Open makes the solver of a name (see Names) from its configuration in TOML;
// nil is an empty one. A key that the solver does not know is an error. Secrets
// are not in the configuration: it names files or environment variables that
// hold them. The warnings are about files that others may read.
func (e Environment) Open(name string, config io.Reader) (s Solver, warnings []string, err error) {
	kind, ok := kinds[name]
	if !ok {
		return nil, nil, fault(nearest(name, Names()), "there is no solver %q", name)
	}
	settings := kind()
	if err := decode(settings, config); err != nil {
		return nil, nil, fmt.Errorf("configuration of the solver %s: %w", name, err)
	}
	o := opener{Environment: e}
	if s, err = settings.open(&o); err != nil {
		return nil, o.warnings, fmt.Errorf("configuration of the solver %s: %w", name, err)
	}
	return s, o.warnings, nil
}

// Names are the solvers there are.
func Names() []string { return slices.Sorted(maps.Keys(kinds)) }

const mostConfig = 1 << 20 // octets of any file that is read

// decode reads TOML strictly.
func decode(into any, config io.Reader) error {
	if config == nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(config, mostConfig+1))
	switch {
	case err != nil:
		return err
	case len(text) > mostConfig:
		return fmt.Errorf("more than %d octets", mostConfig)
	}
	md, err := toml.Decode(string(text), into)
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		return fmt.Errorf("line %d: %s", p.Position.Line, short(p.Message))
	}
	if err != nil {
		return err
	}
	for _, k := range md.Undecoded() {
		return unknownKey(k.String(), into)
	}
	return nil
}

func unknownKey(k string, into any) error {
	known := keys(into)
	if file := k + "_file"; slices.Contains(known, file) {
		return fault(fmt.Sprintf("set %s to the name of a file, or %s_env to that of an environment variable", file, k), "secrets do not stand in here, not even %s", k)
	}
	return fault(nearest(k, known), "unknown key %s", k)
}

// keys are the keys of a configuration.
func keys(into any) []string {
	var out []string
	for f := range reflect.TypeOf(into).Elem().Fields() {
		out = append(out, f.Tag.Get("toml"))
	}
	return out
}

// nearest is a hint: the word that was meant, or all of them.
func nearest(word string, known []string) string {
	best := meant.Word(word, known)
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case len(known) == 0:
		return "there is nothing to configure"
	}
	return "there are " + strings.Join(known, ", ")
}

// An opener gathers what an Open needs.
type opener struct {
	Environment
	warnings []string
}

// getenv is the value of an environment variable; empty: not set.
func (o *opener) getenv(name string) string {
	for _, v := range slices.Backward(o.Environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// secret reads a secret from a file or a variable, or else from one of those
// that are customary.
func (o *opener) secret(what, file, variable string, customary ...string) (Secret, error) {
	switch {
	case file != "" && variable != "":
		return "", fmt.Errorf("%s is in a file or in a variable, not in both", what)
	case file != "":
		b, err := o.private(file)
		return Secret(strings.TrimSpace(string(b))), err
	case variable != "":
		customary = []string{variable}
	}
	for _, name := range customary {
		if v := o.getenv(name); v != "" {
			return Secret(v), nil
		}
	}
	if variable != "" {
		return "", fmt.Errorf("the environment variable %s is not set", variable)
	}
	return "", fmt.Errorf("no %s is given", what)
}

// private reads a file that only its owner should be able to read.
func (o *opener) private(file string) ([]byte, error) {
	b, err := readSmall(file)
	if err == nil {
		o.warn(file)
	}
	return b, err
}

// warn looks at who else may read a file. Windows' modes say nothing.
func (o *opener) warn(file string) {
	const others = 0o077
	info, err := os.Stat(file)
	if err == nil && os.PathSeparator == '/' && info.Mode().Perm()&others != 0 {
		o.warnings = append(o.warnings, fmt.Sprintf("%s holds a secret and has mode %04o: make it 0600", file, info.Mode().Perm()))
	}
}

func readSmall(file string) ([]byte, error) {
	f, err := os.Open(file) //nolint:gosec // the user's own choice
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostConfig+1))
	if err == nil && len(b) > mostConfig {
		err = fmt.Errorf("%s has more than %d octets", file, mostConfig)
	}
	return b, err
}

// A duration is written as "90s" or "2m".
type duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(b []byte) error {
	x, err := time.ParseDuration(string(b))
	if err == nil && x <= 0 {
		err = errors.New("it is not positive")
	}
	*d = duration(x)
	return err
}

var (
	keyClause    = regexp.MustCompile(`(?s)\bkey\s+"?([^"\s{]+)"?\s*\{(.*?)\}`)
	algoClause   = regexp.MustCompile(`\balgorithm\s+"?([A-Za-z0-9-]+)"?\s*;`)
	secretClause = regexp.MustCompile(`\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;`)
)

// bindKey reads a key clause of BIND, such as tsig-keygen prints.
func bindKey(file []byte) (TSIGKey, error) {
	clauses := keyClause.FindAllSubmatch(file, 2)
	if len(clauses) != 1 {
		return TSIGKey{}, fmt.Errorf("%d key clauses, not one", len(clauses))
	}
	algorithm, secret := algoClause.FindSubmatch(clauses[0][2]), secretClause.FindSubmatch(clauses[0][2])
	if algorithm == nil || secret == nil {
		return TSIGKey{}, errors.New("the key clause has no algorithm or no secret")
	}
	return TSIGKey{Name: string(bytes.TrimSpace(clauses[0][1])), Algorithm: string(algorithm[1]), Secret: Secret(secret[1])}, nil
}
