package main

// This file holds the formats for machines on the command line: what each demo
// gives in them, the exit codes of a plugin, and the summary of a step.

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// Every demo is told in every format for machines as its readers want it.
func TestMachinesOfDemos(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../testdata/schema/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	judges := map[string]func(doc []byte) error{
		"sarif": func(doc []byte) error {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
			if err != nil {
				return err
			}
			return schema.Validate(v)
		},
		"junit": func(doc []byte) error { return xml.Unmarshal(doc, &struct{}{}) },
		"prometheus": func(doc []byte) error {
			p := expfmt.NewTextParser(model.LegacyValidation)
			_, err := p.TextToMetricFamilies(bytes.NewReader(doc))
			return err
		},
		"github": matching(`^(::(error|warning|notice) title=[^:,]+::[^\n]+\n)*$`),
		"nagios": matching(`^ACMECHECK (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \| time=[\d.]+s ready=[01] errors=\d+ warnings=\d+\n[^|]*$`),
	}
	demos, err := lab.Demos()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range demos {
		r := examineWorld(t, d.World, probes.ProofToken)
		for name, judge := range judges {
			f, _ := render.Named(name)
			var b bytes.Buffer
			if err := f.Write(&b, r); err != nil {
				t.Fatal(err)
			}
			if err := judge(b.Bytes()); err != nil {
				t.Errorf("%s as %s: %v\n%s", d.Name, name, err, b.Bytes())
			}
		}
	}
}

func matching(pattern string) func([]byte) error {
	return func(doc []byte) error {
		if !regexp.MustCompile(pattern).Match(doc) {
			return errors.New("does not match " + pattern)
		}
		return nil
	}
}

// A plugin exits with its state and says nothing on standard error, where Icinga
// would take it for the state's line. Another place's format changes no exit.
func TestNagiosExits(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		args   string
		ctx    context.Context //nolint:containedctx // the argument of the case
		code   int
		stdout string
	}{
		{"demo healthy --format nagios", t.Context(), 0, "ACMECHECK OK - "},
		{"demo redirect-4434 --format nagios", t.Context(), 2, "ACMECHECK CRITICAL - "},
		{"demo healthy --format nagios", ended, 3, "ACMECHECK UNKNOWN - "},
		{"demo redirect-4434 --format json --out nagios=" + filepath.Join(t.TempDir(), "n"), t.Context(), 1, "{"},
	}
	for _, tt := range tests {
		var out, errs bytes.Buffer
		code := execute(tt.ctx, strings.Fields(tt.args), &out, &errs)
		if code != tt.code || !strings.HasPrefix(out.String(), tt.stdout) || strings.Contains(tt.args, "--format nagios") && errs.Len() > 0 {
			t.Errorf("%s: exit code %d\n%s%s", tt.args, code, out.String(), errs.String())
		}
	}
}

// Nagios takes a code that is none of its own for an alarm.
func TestNagiosOfARunThatCannotBegin(t *testing.T) {
	var out bytes.Buffer
	c := &cobra.Command{}
	c.SetContext(t.Context())
	c.SetOut(&out)
	c.SetErr(io.Discard)
	err := (&outputs{format: "nagios"}).unlooked(c, documented(), &exitError{code: exitLab, msg: "no lab"})
	if e, ok := errors.AsType[*exitError](err); !ok || e.code != render.NagiosCode(&report.Report{}) || !strings.HasPrefix(out.String(), "ACMECHECK UNKNOWN - Cannot tell. no lab | ") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// The summary of a step is added to, as GitHub's contract is, and only where
// standard output is for GitHub.
func TestStepSummary(t *testing.T) {
	page := filepath.Join(t.TempDir(), "summary.md")
	if err := os.WriteFile(page, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", page)
	for _, format := range []string{"json", "github", "github"} {
		var out bytes.Buffer
		if code := execute(t.Context(), []string{"demo", "redirect-4434", "--format", format}, &out, io.Discard); code != 1 {
			t.Errorf("%s: exit code %d", format, code)
		}
		if format == "github" && !strings.HasPrefix(out.String(), "::error title=http01.redirect.port::") {
			t.Errorf("%s", out.String())
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || !strings.HasPrefix(string(got), "before\n### acmecheck: ") || strings.Count(string(got), "### acmecheck: ") != 2 {
		t.Errorf("%v\n%s", err, got)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(page, "none"))
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"demo", "healthy", "--format", "github"}, &out, &errs); code != exitUsage || !strings.Contains(errs.String(), "error: writing the step's summary: ") {
		t.Errorf("exit code %d\n%s", code, errs.String())
	}
}
