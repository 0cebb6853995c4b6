package main

// This file gathers the targets of a command line: those that are typed, and
// those of the files that it names.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report/render"
)

const (
	// mostTargets is more than one report can hold in reason: some 500 MiB.
	mostTargets = 10_000
	// mostBadLines are told of; of more there is the number.
	mostBadLines = 50
	// longestFile is what is read of a file that is read whole.
	longestFile = 16 << 20
)

// targetsHelp is what help says of targets, and of what fails.
const targetsHelp = `

A target is [METHOD[+METHOD]@]NAME[,NAME...]: a name, a wildcard, an IP address or a
URL, and http-01, dns-01, dns-account-01, dns-persist-01, tls-alpn-01, caa or all.

  acmecheck dns-01@example.com,www.example.com   several, by the same method
  acmecheck @cert.pem                            the names of a certificate
  acmecheck --file names.txt                     one a line; # starts a comment
  acmecheck --certbot                            all that certbot renews
  nginx -T | acmecheck --nginx=-                 the server_names of nginx

--ignore and --only say which codes count, --baseline that only news does. They change
the exit code, and never what is told of a target: it passes if all that makes the CA
refuse, or leaves its answer open, is ignored or known. A look that was cut off never
does.`

// sources are the flags that name files of targets.
type sources struct {
	lists   []string
	certbot string
	nginx   string
}

func (o *sources) flags(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.lists, "file", "f", nil, "look at the targets in this file, one a line, # starts a comment; - is standard input; may be repeated")
	f.StringVar(&o.certbot, "certbot", "", "look at the names of every certificate that certbot renews; =DIR is its directory")
	f.Lookup("certbot").NoOptDefVal = "/etc/letsencrypt"
	f.StringVar(&o.nginx, "nginx", "", "look at the server_names of nginx; =FILE is its configuration, with what that includes; =- reads nginx -T")
	f.Lookup("nginx").NoOptDefVal = "/etc/nginx/nginx.conf"
}

// fromFiles reports whether there is a file to read.
func (o *sources) fromFiles() bool { return len(o.lists) > 0 || o.certbot != "" || o.nginx != "" }

// targets gathers the targets that are typed and those of the files, with the
// methods named for all of them. What is named twice is there once.
func (o *checkOptions) targets(c *cobra.Command, args []string) ([]probes.Target, error) {
	g := &gathering{methods: o.methods, stdin: c.InOrStdin(), has: map[string]bool{}}
	for _, a := range args {
		if err := g.typed(a); err != nil {
			return nil, err
		}
	}
	for _, file := range o.lists {
		if err := g.list(file); err != nil {
			return nil, err
		}
	}
	if o.certbot != "" {
		if err := g.certbot(o.certbot); err != nil {
			return nil, err
		}
	}
	if o.nginx != "" {
		if err := g.nginx(o.nginx); err != nil {
			return nil, err
		}
	}
	return g.end(c.ErrOrStderr())
}

// A gathering are the targets found so far, and what was found that is none.
type gathering struct {
	methods []string  // of targets that name none
	stdin   io.Reader // nil: it has been read
	targets []probes.Target
	has     map[string]bool
	notes   []string
	bad     []string
}

// typed takes an argument: targets, or @ and a certificate that has them.
func (g *gathering) typed(arg string) error {
	if file, ok := strings.CutPrefix(arg, "@"); ok {
		return g.certificate(file)
	}
	if isPath(arg) {
		return usage("%q is a path, and no target", arg).try("--file FILE for a list, @FILE for a certificate, --certbot=DIR, --nginx=FILE")
	}
	err := g.take(arg, probes.Source{})
	if bad, ok := errors.AsType[*probes.TargetError](err); ok {
		return usage("%s", bad.Msg).try("%s", bad.Hint)
	}
	return err
}

// isPath reports whether an argument can only be meant as a file's name.
func isPath(arg string) bool {
	return slices.ContainsFunc([]string{"/", "./", "../", "~/"}, func(front string) bool { return strings.HasPrefix(arg, front) })
}

// take reads [METHOD[+METHOD]@]NAME[,NAME...]. A method is that of all names that
// come after it.
func (g *gathering) take(text string, from probes.Source) error {
	front := strings.Join(g.methods, "+")
	parts := slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(parts) == 0 {
		parts = []string{text} // the parser has the words for it
	}
	for _, part := range parts {
		if len(parts) > 1 {
			part = strings.TrimSpace(part)
		}
		if methods, _, ok := strings.Cut(part, "@"); ok {
			front = methods
		} else if front != "" {
			part = front + "@" + part
		}
		t, err := probes.ParseTarget(part)
		if err != nil {
			return err
		}
		t.Source = from
		if err := g.add(t); err != nil {
			return err
		}
	}
	return nil
}

// add keeps a target that is not there yet.
func (g *gathering) add(t probes.Target) error {
	key := fmt.Sprint(t.Identifier, slices.Sorted(slices.Values(t.Methods)), t.All)
	if g.has[key] {
		return nil
	}
	if len(g.targets) == mostTargets {
		return usage("more than %d targets", mostTargets).try("divide the list; each part makes a report of its own")
	}
	g.has[key] = true
	g.targets = append(g.targets, t)
	return nil
}

// read takes the text that a place in a file has for targets. Text that is none
// is told of at the end, together with all the rest of it.
func (g *gathering) read(text string, from probes.Source) error {
	err := g.take(text, from)
	if _, ok := errors.AsType[*probes.TargetError](err); ok {
		g.reject(from, err)
		return nil
	}
	return err
}

func (g *gathering) reject(from probes.Source, why error) {
	g.bad = append(g.bad, fmt.Sprintf("%s: %s", placeOf(from), why))
}

// placeOf is a source as errors name it.
func placeOf(s probes.Source) string {
	file := s.File
	if file == "-" {
		file = "standard input"
	}
	if s.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, s.Line)
}

// end is what was gathered, if all of it was understood.
func (g *gathering) end(errs io.Writer) ([]probes.Target, error) {
	for i, line := range g.bad {
		if i == mostBadLines {
			fmt.Fprintf(errs, "acmecheck: error: and %d more\n", len(g.bad)-i)
			break
		}
		fmt.Fprintf(errs, "acmecheck: error: %s\n", render.Safe(line, 400))
	}
	switch {
	case len(g.bad) > 0:
		return nil, usage("%s not understood, and nothing was looked at", countOf(len(g.bad), "place was", "places were")).try("one target a line: [METHOD@]NAME; # starts a comment")
	case len(g.targets) == 0:
		return nil, usage("no target in what was named").try("one target a line: [METHOD@]NAME; # starts a comment")
	}
	first := &g.targets[0]
	first.Notes = append(slices.Clone(first.Notes), g.notes...)
	return g.targets, nil
}

// open opens a file of the command line; "-" is standard input, which can be
// read once.
func (g *gathering) open(file string) (io.ReadCloser, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usage("%s", err).try("the file has to be readable for who runs acmecheck")
		}
		return f, nil
	}
	if g.stdin == nil {
		return nil, usage("standard input was read already").try("- is one file")
	}
	in := g.stdin
	g.stdin = nil
	return io.NopCloser(in), nil
}

// whole reads a file to its end.
func (g *gathering) whole(file string) ([]byte, error) {
	f, err := g.open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, longestFile+1))
	switch {
	case err != nil:
		return nil, usage("%s", err)
	case len(b) > longestFile:
		return nil, usage("%s is longer than %d MiB", file, longestFile>>20)
	}
	return b, nil
}
