package main

// This file opens the screens, and is what they stand on.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
	"github.com/acmecheck/acmecheck/tui"
	_ "github.com/acmecheck/acmecheck/tui/quiet" // before bubbletea asks the terminal
)

// tuiOptions are the flags of tui: those of a look, those of an order, and how
// it looks.
type tuiOptions struct {
	issueOptions

	saved    string
	theme    string
	ascii    bool
	mouse    bool
	bell     bool
	readOnly bool
	every    time.Duration
}

func newTUI(conf *configuration) *cobra.Command {
	o := &tuiOptions{issueOptions: issueOptions{checkOptions: checkOptions{conf: conf}}}
	c := &cobra.Command{
		Use:   "tui [[METHOD@]NAME...]",
		Short: "Look, find the fault, mend it and see it turn green, on one screen",
		Long: `tui opens a screen that looks at names, shows what is wrong and how to mend it,
and looks again when you press r. q leaves it, prints the report and exits with its
code.

  acmecheck tui example.com
  acmecheck tui --report report.json      a saved report
  acmecheck demo redirect-4434 --tui      a fault to practise on; F switches it off

Nothing is ordered before you say so on a page of its own (i). ? lists the keys. It
takes a terminal of 60x15 or more; acmecheck NAME tells the same in plain text.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return o.open(c, args) },
	}
	f := c.Flags()
	o.checkOptions.flags(f)
	o.authority.flags(f)
	f.StringVar(&o.dir, "dir", "", "the directory for a certificate that is ordered (default: the first name)")
	f.BoolVar(&o.force, "force", false, "replace the certificate that is there; it is kept beside the new one")
	f.StringVar(&o.saved, "report", "", "show this saved report (JSON), and look at nothing")
	f.StringVar(&o.theme, "theme", "auto", strings.Join(tui.Themes, ", "))
	f.BoolVar(&o.ascii, "ascii", false, "letters in place of marks and lines")
	f.BoolVar(&o.mouse, "mouse", false, "take the mouse; m switches it too")
	f.BoolVar(&o.bell, "bell", false, "ring when what is watched changes")
	f.BoolVar(&o.readOnly, "read-only", false, "order nothing")
	f.DurationVar(&o.every, "interval", 30*time.Second, "of watching (w)")
	return c
}

// alone opens the screens for acmecheck without a word, at a terminal.
func alone(o *checkOptions, c *cobra.Command) error {
	t := &tuiOptions{issueOptions: issueOptions{checkOptions: *o}, theme: "auto", every: 30 * time.Second}
	t.ca = "staging" // as --ca has it: names are looked at by public rules
	return t.open(c, nil)
}

// noScreen says why no screens can be opened here; empty: they can.
func noScreen(c *cobra.Command) string {
	in, _ := c.InOrStdin().(*os.File)
	out, _ := c.OutOrStdout().(*os.File)
	switch {
	case getenv("TERM") == "dumb":
		return "the terminal is a dumb one (TERM)"
	case set("ACCESSIBLE"):
		return "ACCESSIBLE asks for plain text"
	case !tui.IsTerminal(in):
		return "standard input is no terminal"
	case !tui.IsTerminal(out):
		return "standard output is no terminal"
	}
	return ""
}

// open opens the screens.
func (o *tuiOptions) open(c *cobra.Command, args []string) error {
	if _, err := o.destinations(); err != nil {
		return err
	}
	if !slices.Contains(tui.Themes, o.theme) {
		return usage("unknown theme %q", o.theme).try("--theme %s", strings.Join(tui.Themes, ", "))
	}
	if why := noScreen(c); why != "" {
		return usage("no screen can be opened: %s", why).try("acmecheck NAME tells the same in plain text")
	}
	s := &sitting{tuiOptions: o, c: c}
	if o.saved != "" {
		return s.reopen(c, args)
	}
	pol, err := o.rules()
	if err != nil {
		return err
	}
	if len(args) > 0 || o.targeted() { // else a form asks
		targets, err := o.wanted(c, args)
		if err != nil {
			return err
		}
		args = nil
		for _, t := range targets {
			args = append(args, t.Input)
		}
		o.sources = sources{}
	}
	s.attend(pol, args)
	return s.run()
}

// attend has the sitting look at the network, and order where somebody is there
// to answer a CA.
func (s *sitting) attend(pol *policy.Policy, targets []string) {
	if s.private() {
		tolerate(pol, everywhere...)
	}
	s.policy, s.scene = pol, s.real
	if s.solver.some() == 1 {
		s.offer()
	}
	s.show.Targets, s.show.Rules = targets, pol.Name
}

// A sitting is what the screens stand on while they are open. Its look and its
// issue are called one after the other.
type sitting struct {
	*tuiOptions

	c      *cobra.Command
	policy *policy.Policy
	show   tui.Options
	scene  func(ctx context.Context, targets []string, note func(string)) (*scene, error)
	before *sights // of the last look
	// outside is what a lab sees while an order is under way.
	outside atomic.Pointer[func(string)]
}

// A scene is a look that is about to begin.
type scene struct {
	x       *examination
	targets []probes.Target
	look    func(ctx context.Context) (*sights, []string, error)
	done    func()
}

// run shows the screens, and what they leave behind.
func (s *sitting) run() error {
	o := &s.show
	o.Version, o.Theme, o.ASCII, o.Bell, o.ReadOnly, o.Interval = version, s.theme, s.ascii || !unicodeLocale(), s.bell, s.readOnly, s.every
	o.Output, _ = s.c.OutOrStdout().(*os.File)
	o.Colour = s.coloured(s.c.OutOrStdout())
	o.Now, o.Save, o.Explain, o.Mouse = time.Now, s.save, pageOf, s.mouse
	if o.Report == nil {
		o.Look = s.look
	}
	res, err := tui.Run(s.c.Context(), *o)
	switch {
	case errors.Is(err, tui.ErrAborted):
		return silently(exitInterrupted)
	case err != nil && s.c.Context().Err() == nil:
		return err
	case res.Report == nil:
		return res.Err
	case res.Silent:
		return silently(res.Report.Exit.Code)
	}
	return s.publish(s.c, res.Report)
}

// unicodeLocale reports whether the terminal is said to show more than ASCII.
func unicodeLocale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(getenv(name)); v != "" {
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return false
}

func (s *sitting) save(format, path string, r *report.Report) error {
	f, err := formatNamed(format)
	if err != nil {
		return err
	}
	if s.redact {
		r = render.Redacted(r)
	}
	return replaceFile(path, func(w io.Writer) error { return f.Write(w, r) })
}

func pageOf(code string) string {
	var b bytes.Buffer
	if err := explainPage(&b, code); err != nil {
		return err.Error()
	}
	return b.String()
}

// reopen shows a saved report.
func (s *sitting) reopen(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("--report shows what was seen; there is nothing to look at").try("acmecheck tui %s", args[0])
	}
	r, err := savedReport(c, s.saved)
	if err != nil {
		return err
	}
	s.show.Report, s.show.Rules = r, r.Run.Policy
	return s.run()
}

// command is a command for one errand of the screens.
func (s *sitting) command(ctx context.Context, stderr io.Writer) *cobra.Command {
	c := &cobra.Command{Use: "tui"}
	c.SetContext(ctx)
	c.SetIn(strings.NewReader(""))
	c.SetOut(io.Discard)
	c.SetErr(stderr)
	return c
}

// real is a look at the network.
func (s *sitting) real(ctx context.Context, names []string, note func(string)) (*scene, error) {
	c := s.command(ctx, &lineWriter{hear: note})
	targets, err := s.targets(c, names)
	if err != nil {
		return nil, err
	}
	n, err := s.network(s.policy)
	if err != nil {
		return nil, err
	}
	w, err := s.walker(s.policy, n)
	if err != nil {
		return nil, err
	}
	x := &examination{policy: s.policy, judged: s.judging(), gate: s.gate}
	return &scene{x, targets, func(ctx context.Context) (*sights, []string, error) {
		c.SetContext(ctx)
		return s.see(c, x, &run.Local{Walker: *w}, targets)
	}, func() {}}, nil
}

// look is the screens' look.
func (s *sitting) look(ctx context.Context, q tui.Request, hear func(tui.Update)) (*report.Report, error) {
	sc, err := s.scene(ctx, q.Targets, func(line string) { hear(tui.Update{Note: line}) })
	if err != nil {
		return nil, err
	}
	defer sc.done()
	if q.Only != nil && s.before != nil && len(s.before.seen) == len(sc.targets) {
		sc.x.again = &second{before: s.before, target: q.Only.Target, method: q.Only.Method, about: q.Only.For}
	}
	p := &partly{x: sc.x, targets: sc.targets, seen: make([]map[int]probes.Seen, len(sc.targets)), hear: hear}
	sc.x.hear = p.event
	seen, notes, err := sc.look(ctx)
	if err != nil {
		return nil, err
	}
	s.before = seen
	r := sc.x.judge(seen)
	r.Notes = append(r.Notes, notes...)
	return r, nil
}

// partly judges targets of which not all has been seen.
type partly struct {
	x       *examination
	targets []probes.Target
	hear    func(tui.Update)

	mu   sync.Mutex
	seen []map[int]probes.Seen // of each target, by question; guarded by mu
}

func (p *partly) event(e probes.Event) {
	u := tui.Update{Event: e}
	if e.Kind == probes.EventAnswered {
		t := p.judge(e)
		u.Judged = &t
	}
	p.hear(u)
}

func (p *partly) judge(e probes.Event) report.Target {
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := p.seen[e.Target]
	if mine == nil {
		mine = map[int]probes.Seen{}
		p.seen[e.Target] = mine
	}
	mine[e.Question] = e.Seen
	var all []probes.Seen
	for i := 0; len(all) < len(mine); i++ {
		if s, ok := mine[i]; ok {
			all = append(all, s)
		}
	}
	if p.x.again != nil {
		all = p.x.again.merge(e.Target, all)
	}
	return judge.Target(p.targets[e.Target], p.x.policy, all, p.x.judged)
}
