package main

// This file puts a report where it was asked for: on standard output, in one
// format, and into files.

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// outputs are the flags of every command that reports.
type outputs struct {
	format  string
	json    bool
	out     []string
	quiet   int
	verbose bool
	color   string
	ticket  bool
	redact  bool
	live    *live // what standard output was told already; nil: nothing

	line func(*report.Report) string // what text says instead of the report; nil: the report
}

func (o *outputs) flags(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "text", "how standard output tells it: "+formatNames())
	f.BoolVar(&o.json, "json", false, "the same as --format json")
	f.StringArrayVar(&o.out, "out", nil, "FORMAT=PATH: write the report there too, may be repeated; - is standard output")
	f.CountVarP(&o.quiet, "quiet", "q", "text: the last line alone; twice: nothing but the exit code")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "text: tell every walk and its requests")
	f.StringVar(&o.color, "color", "auto", "auto, always or never")
	f.BoolVar(&o.redact, "redact", false, "take secrets, private addresses and local paths out of the report, to show it in public")
}

func formatNames() string {
	var names []string
	for _, f := range render.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// An output is one place that a report goes to.
type output struct {
	render.Format

	path string // "-": standard output
}

// destinations are the places asked for, standard output first. It is what
// finds bad flags, before anything is looked at.
func (o *outputs) destinations() ([]output, error) {
	if o.json {
		o.format = "json"
	}
	stdout, err := formatNamed(cmp.Or(o.format, "text"))
	if err != nil {
		return nil, err
	}
	switch cmp.Or(o.color, "auto") {
	case "auto", "always", "never":
	default:
		return nil, usage("--color %q is none of auto, always and never", o.color)
	}
	all := []output{{stdout, "-"}}
	taken := map[string]bool{}
	for _, s := range o.out {
		name, path, ok := strings.Cut(s, "=")
		if !ok || path == "" {
			return nil, usage("--out %q is not FORMAT=PATH", s).try("--out json=report.json")
		}
		f, err := formatNamed(name)
		switch {
		case err != nil:
			return nil, err
		case taken[path]:
			return nil, usage("two reports want %s", path).try("--out FORMAT=PATH, each to a path of its own")
		case path == "-":
			all[0].Format = f
		case missing(filepath.Dir(path)):
			return nil, usage("--out %s: the directory %s is not there", s, filepath.Dir(path)).try("mkdir -p %s", filepath.Dir(path))
		default:
			all = append(all, output{f, path})
		}
		taken[path] = true
	}
	return all, nil
}

func formatNamed(name string) (render.Format, error) {
	f, ok := render.Named(name)
	if !ok {
		return f, usage("unknown format %q", name).try("formats: %s", formatNames())
	}
	return f, nil
}

// publish writes a report and ends with its exit code. The files come first:
// when standard output has its end, they are there.
func (o *outputs) publish(c *cobra.Command, r *report.Report) error {
	if c.Context().Err() != nil {
		r.Exit = report.Exit{Code: interruptedBy(c.Context()), Reason: "interrupted"}
	}
	all, err := o.destinations()
	if err != nil {
		return err
	}
	if o.redact {
		r = render.Redacted(r)
	}
	var failed error
	for _, to := range all[1:] {
		if err := replaceFile(to.path, func(w io.Writer) error { return to.Write(w, r) }); err != nil {
			failed = usage("writing the report: %s", err).try("--out %s=PATH names another file", to.Name)
		}
	}
	if page := getenv("GITHUB_STEP_SUMMARY"); page != "" && all[0].Name == "github" {
		if err := appendTo(page, func(w io.Writer) error { return render.GitHubSummary(w, r) }); err != nil {
			failed = usage("writing the step's summary: %s", err).try("GITHUB_STEP_SUMMARY names the file; unset it to do without")
		}
	}
	if err := o.tell(c, all[0].Format, r); err != nil {
		return err
	}
	return cmp.Or(failed, silently(exitCode(all[0].Format, r)))
}

// exitCode is the code of a report, but for those who know only their own.
func exitCode(f render.Format, r *report.Report) int {
	if f.Name == "nagios" {
		return render.NagiosCode(r)
	}
	return r.Exit.Code
}

// tell writes the report to standard output, and if that is for machines the
// verdict to standard error.
func (o *outputs) tell(c *cobra.Command, f render.Format, r *report.Report) error {
	out := c.OutOrStdout()
	switch {
	case o.quiet > 1:
		return nil
	case o.ticket:
		return render.Ticket(out, r)
	case f.Name == "nagios": // its first line is the verdict, and Icinga reads both streams as one
		return f.Write(out, r)
	case f.Name != "text":
		fmt.Fprintf(c.ErrOrStderr(), "acmecheck: %s\n", render.Line(r))
		if o.live != nil {
			return o.live.end(r)
		}
		return f.Write(out, r)
	case o.line != nil:
		return writeLine(out, o.line(r))
	case o.quiet == 1:
		_, err := fmt.Fprintln(out, render.Line(r))
		return err
	}
	return render.TextOptions{Colour: o.coloured(out), Verbose: o.verbose}.Write(out, r)
}

// follow has a run of one look tell its targets as they come, if standard output
// is a stream of events; otherwise it is nil. What is hidden is known only at
// the end.
func (o *outputs) follow(c *cobra.Command) *live {
	all, err := o.destinations()
	if err == nil && all[0].Name == "ndjson" && o.quiet < 2 && !o.ticket && !o.redact {
		o.live = newLive(c.OutOrStdout())
	}
	return o.live
}

// coloured decides whether a stream gets colour: the flag, then the variables
// that programs agree on (no-color.org, bixense.com/clicolors), then whether it
// is a terminal that has any.
func (o *outputs) coloured(w io.Writer) bool {
	switch {
	case o.color == "always", o.color == "never":
		return o.color == "always"
	case getenv("NO_COLOR") != "":
		return false
	case set("FORCE_COLOR"), set("CLICOLOR_FORCE"):
		return true
	case getenv("CLICOLOR") == "0", getenv("TERM") == "dumb":
		return false
	}
	return isTerminal(w)
}

// set reports whether a variable says yes: it is there and not 0.
func set(name string) bool { return getenv(name) != "" && getenv(name) != "0" }

// isTerminal reports whether a stream is an *os.File that is a character
// device: nothing is piped in, or out. /dev/null counts too, where it does not
// matter.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}
