package main

// This file reads the flags that say what counts.

import (
	"maps"
	"os"
	"slices"

	"github.com/acmecheck/acmecheck/probes/meant"

	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// gateOptions are the flags that say what counts.
type gateOptions struct {
	gate     report.Gate
	failOn   string
	baseline string
}

func (o *gateOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.failOn, "fail-on", "error", "what fails: error, warning (the same as --strict) or never (--exit-zero)")
	f.BoolVar(&o.gate.Strict, "strict", false, "warnings fail, with exit code 4")
	f.BoolVar(&o.gate.ExitZero, "exit-zero", false, "exit 0 whatever is found")
	f.BoolVar(&o.gate.AllowInconclusive, "allow-inconclusive", false, "cannot tell counts as ready, with a warning (for hooks on the server itself)")
	f.StringSliceVar(&o.gate.Ignore, "ignore", nil, "findings of these codes are shown and do not count: CODE, the front of one, or net.*")
	f.StringSliceVar(&o.gate.Only, "only", nil, "only findings of these codes count")
	f.StringVar(&o.baseline, "baseline", "", "only findings count that are not in this report, made with --out json=FILE")
	f.BoolVar(&o.gate.AnyMethod, "any-method", false, "one method that passes is enough")
}

// complete reads what the flags name, and finds what cannot be meant. requireIPv6
// is as in checks.Options.
func (o *gateOptions) complete(requireIPv6 bool) error {
	switch o.failOn {
	case "error", "":
	case "warning":
		o.gate.Strict = true
	case "never":
		o.gate.ExitZero = true
	default:
		return usage("--fail-on %q is none of error, warning and never", o.failOn)
	}
	if err := o.soundCodes(); err != nil {
		return err
	}
	o.gate.Opens = func(f report.Finding) bool {
		return checks.Unsettled([]report.Finding{f}, checks.Options{RequireIPv6: requireIPv6})
	}
	if o.baseline == "" {
		return nil
	}
	f, err := os.Open(o.baseline)
	if err != nil {
		return usage("reading the baseline: %s", err).try("a first run makes it: --out json=%s", o.baseline)
	}
	defer f.Close()
	r, err := report.Decode(f)
	if err != nil {
		return usage("the baseline %s: %s", o.baseline, err).try("--baseline takes a report of acmecheck's, made with --out json=FILE")
	}
	o.gate.Baseline = report.BaselineOf(r)
	return nil
}

// soundCodes finds patterns that are about no code.
func (o *gateOptions) soundCodes() error {
	patterns := slices.Concat(o.gate.Ignore, o.gate.Only)
	for _, target := range slices.Sorted(maps.Keys(o.gate.IgnoreFor)) {
		patterns = append(patterns, o.gate.IgnoreFor[target]...)
	}
	for _, p := range patterns {
		if slices.ContainsFunc(checks.All(), func(c *checks.Check) bool { return report.MatchesCode(p, c.Code) }) {
			continue
		}
		if near := meant.Word(p, fronts()); near != "" {
			return usage("%q is no code", p).try("did you mean %s?", near)
		}
		return usage("%q is no code", p).try("acmecheck explain --list has all; net.* means all that begin so")
	}
	return nil
}

// fronts are the codes, and what they begin with.
func fronts() []string {
	var out []string
	for _, c := range checks.All() {
		for i, r := range c.Code {
			if r == '.' {
				out = append(out, c.Code[:i])
			}
		}
		out = append(out, c.Code)
	}
	return out
}
