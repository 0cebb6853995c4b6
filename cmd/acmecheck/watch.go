package main

// This file is for those who watch a name while they mend it.

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A watching is the flags of the command, and what the looks before this one saw.
type watching struct {
	checkOptions

	until   string
	last    state     // of the look before; the zero state: there was none
	since   time.Time // when the verdict became what it is
	changed bool      // by the latest look
	said    string    // of the latest look
}

func newWatch(conf *configuration) *cobra.Command {
	o := &watching{checkOptions: checkOptions{conf: conf}}
	c := &cobra.Command{
		Use:   "watch [METHOD@]NAME...",
		Short: "Look again and again, and tell what changes",
		Long: `watch looks every --interval and writes a line of each look: when, the verdict, the
worst finding, how long it has been so, and which findings came (+) and went (-).

  acmecheck watch example.com                     until Ctrl-C
  acmecheck watch example.com --until ready       and exit with 0
  acmecheck watch example.com --until change      and exit with the new state's code
  acmecheck watch example.com -q                  lines of changes alone

With --format ndjson standard output has the events of one report after the other.
Files of --out are written anew at each look.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !o.targeted() {
				return usage("no target").try("acmecheck watch example.com")
			}
			return o.run(c, args)
		},
	}
	o.flags(c.Flags())
	c.Flags().DurationVar(&o.interval, "interval", 30*time.Second, "the time from look to look")
	c.Flags().StringVar(&o.until, "until", "", "ready or change: end then (default: Ctrl-C)")
	return c
}

// sound finds bad flags, before anything is looked at.
func (o *watching) sound() error {
	all, err := o.destinations()
	switch {
	case err != nil:
		return err
	case !slices.Contains([]string{"", "ready", "change"}, o.until):
		return usage("--until %q is neither ready nor change", o.until).try("--until ready")
	case all[0].Name != "text" && all[0].Name != "ndjson":
		return usage("watch writes text or ndjson, and %s is one document", all[0].Name).try("--out %s=PATH is written anew at each look", all[0].Name)
	case o.world != "":
		return usage("nothing changes in a world").try("acmecheck --world %s", o.world)
	}
	return o.checkOptions.sound()
}

func (o *watching) run(c *cobra.Command, args []string) error {
	if err := o.sound(); err != nil {
		return err
	}
	pol, err := o.rules()
	if err != nil {
		return err
	}
	p := newProgress(c, o.quiet)
	defer p.stop()
	look, err := o.looker(c, pol, args, p)
	if err != nil {
		return err
	}
	o.line = func(*report.Report) string { return o.said }
	var end error
	err = every(c.Context(), o.interval, nil, func(bool) (done bool, err error) {
		next := time.Now().Add(o.interval)
		r, err := look()
		if err != nil || c.Context().Err() != nil && o.last.verdict != "" { // half a look tells nothing
			return true, err
		}
		o.learn(stateOf(r))
		p.erase()
		if end = o.publish(c, r); end != nil && end.Error() != "" {
			return true, end
		}
		p.await("", next)
		return o.until == "ready" && r.Exit.Code == 0 || o.until == "change" && o.changed, nil
	})
	if err == nil && c.Context().Err() != nil {
		return silently(interruptedBy(c.Context()))
	}
	return cmp.Or(err, end)
}

// learn compares a look with the one before.
func (o *watching) learn(now state) {
	before, first := o.last, o.last.verdict == ""
	news := now.compared(before)
	turned := now.verdict != before.verdict
	if turned {
		o.since = now.at
	}
	o.last, o.changed = now, !first && (turned || len(news) > 0)
	how := ""
	switch {
	case first:
		news = nil // everything would be new
	case turned:
		how = " now"
	default:
		how = " for " + span(now.at.Sub(o.since))
	}
	o.said = fmt.Sprintf("%s  %s%s", now.at.Local().Format(time.TimeOnly), now.verdict, how)
	if now.trouble != "" {
		o.said += " (" + now.trouble + ")"
	}
	if len(news) > 0 {
		o.said += "  " + strings.Join(news, ", ")
	}
	o.said = render.Safe(o.said, 0)
	if o.quiet > 0 && !first && !o.changed {
		o.said = ""
	}
}

// writeLine writes a line, if there is any.
func writeLine(w io.Writer, line string) error {
	if line == "" {
		return nil
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// A state is what there is to say about a look in a line.
type state struct {
	at       time.Time
	verdict  string
	trouble  string            // how many targets, and the worst code; empty: there is none
	findings map[string]string // code and subject by fingerprint; mere information only where it is why nothing can be told
}

// stateOf is what a report comes to.
func stateOf(r *report.Report) state {
	s := state{at: r.Run.StartedAt, verdict: verdictOf(r), findings: map[string]string{}}
	worst, worstOf := report.Severity(-1), ""
	bad := 0
	for _, t := range r.Targets {
		if t.Ready == nil || !*t.Ready {
			bad++
		}
		for _, f := range t.Findings {
			if f.Suppressed != nil || f.Severity == report.Info && r.Ready != nil {
				continue
			}
			if f.Severity > worst {
				worst, worstOf = f.Severity, f.Code
			}
			s.findings[f.Fingerprint] = f.Code + " " + f.Subject
		}
	}
	var words []string
	if len(r.Targets) > 1 && bad > 0 {
		words = append(words, fmt.Sprintf("%d of %d targets", bad, len(r.Targets)))
	}
	if worstOf != "" {
		words = append(words, worstOf)
	}
	s.trouble = strings.Join(words, ", ")
	return s
}

// String is the verdict and the trouble.
func (s state) String() string {
	if s.trouble == "" {
		return s.verdict
	}
	return s.verdict + " (" + s.trouble + ")"
}

// compared are the findings that came and went since another look.
func (s state) compared(before state) []string {
	var out []string
	for _, side := range []struct {
		sign    string
		has, no map[string]string
	}{{"+ ", s.findings, before.findings}, {"- ", before.findings, s.findings}} {
		var found []string
		for fingerprint, what := range side.has {
			if _, both := side.no[fingerprint]; !both {
				found = append(found, side.sign+what)
			}
		}
		slices.Sort(found)
		out = append(out, found...)
	}
	return out
}

func verdictOf(r *report.Report) string {
	switch {
	case r.Ready == nil:
		return report.CannotTell.String()
	case *r.Ready:
		return report.WouldIssue.String()
	}
	return report.WouldNot.String()
}

// span is a length of time for people: the two largest units.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	units := []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	for i, u := range units[:3] {
		if d < u.length {
			continue
		}
		s := fmt.Sprintf("%d %s", d/u.length, u.name)
		if rest := d % u.length / units[i+1].length; rest > 0 {
			s += fmt.Sprintf(" %d %s", rest, units[i+1].name)
		}
		return s
	}
	return fmt.Sprintf("%d s", d/time.Second)
}
