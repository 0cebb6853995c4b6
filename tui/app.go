package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

// Options are how the screens begin and look.
type Options struct {
	Backend

	Targets  []string       // looked at at once; none: the form asks for one
	Report   *report.Report // a saved one, shown and not looked at again; nil: none
	Theme    string         // one of Themes
	ASCII    bool           // letters and words in place of marks and lines
	Colour   bool
	Mouse    bool          // takes the mouse from the start
	Bell     bool          // rings when a watched target changes
	ReadOnly bool          // no orders
	Interval time.Duration // of watching; 0: 30 s
	Version  string
	Rules    string // whose rules, for the title
	Output   *os.File
	Input    io.Reader // nil: standard input
}

// A Result is how the user left the screens.
type Result struct {
	Report *report.Report // of the last run that ended; nil: none did
	Err    error          // that a run ended with, if the last one had no report
	Silent bool           // the report is not to be printed
}

// ErrAborted is returned by Run when the user pressed Ctrl-C.
var ErrAborted = errors.New("aborted")

// Run shows the screens until the user leaves them, or ctx ends. The terminal
// is as it was when it returns, also after a panic.
func Run(ctx context.Context, o Options) (Result, error) {
	out := &terminal{File: o.Output}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newApp(ctx, o)
	a.copied = out
	opts := []tea.ProgramOption{tea.WithAltScreen(), tea.WithOutput(out), tea.WithContext(ctx), tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if o.Mouse {
		opts = append(opts, tea.WithMouseCellMotion())
	}
	if o.Input != nil {
		opts = append(opts, tea.WithInput(o.Input))
	}
	_, err := tea.NewProgram(a, opts...).Run()
	cancelled := ctx.Err()
	cancel()
	a.looks.Wait()
	res := Result{Report: a.last, Err: a.run.err, Silent: a.silent}
	switch {
	case a.aborted:
		return res, ErrAborted
	case cancelled != nil:
		return res, context.Cause(ctx)
	}
	return res, err
}

const framesPerSecond = 15

// An app is the model: everything that the screens show.
type app struct {
	Options

	ctx    context.Context //nolint:containedctx // that of the program, whose runs end with it
	cancel context.CancelFunc
	looks  sync.WaitGroup
	turn   sync.Mutex // a Backend looks once at a time
	theme  theme
	w, h   int

	bindings []binding

	beat int
	now  time.Time

	request    Request
	generation int
	run        *run
	feed       *feed[Update]
	hearing    context.Context //nolint:containedctx // that of the run
	last       *report.Report
	lastAt     time.Time // when the oldest part of it was seen

	list     list
	filter   filter
	detail   detail
	inDetail bool // which pane has the focus
	touched  bool // a key was pressed: the cursor is the user's
	zoomed   bool
	frozen   []string // the frame that is shown while it is set
	overlays []overlay
	said     string // what the last key did, where that is not plain to see

	watch   watch
	faulty  bool // the lab's fault is on
	mouse   bool
	copied  io.Writer
	silent  bool
	aborted bool
}

// An overlay takes the keys and the body of the screen until it is done.
type overlay interface {
	// key takes a key; done closes the overlay.
	key(a *app, k tea.KeyMsg) (cmd tea.Cmd, done bool)
	// view draws the overlay on w by h cells.
	view(a *app, w, h int) (title string, lines []string)
}

func newApp(ctx context.Context, o Options) *app {
	if o.Interval == 0 {
		o.Interval = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	theme := o.Theme
	if !o.Colour {
		theme = "mono"
	}
	a := &app{Options: o, theme: themeOf(theme, o.ASCII), request: Request{Targets: o.Targets}, run: &run{}, faulty: true, bindings: bindings()}
	a.ctx, a.cancel = ctx, func() {}
	a.now = o.Now()
	a.watch.interval, a.mouse = o.Interval, o.Mouse
	if o.Report != nil {
		a.run, a.last = opened(o.Report), o.Report
		a.request = a.run.request
	}
	a.refresh()
	a.point()
	return a
}

// Init implements tea.Model.
func (a *app) Init() tea.Cmd {
	switch {
	case a.Report != nil:
		return tick()
	case len(a.request.Targets) == 0:
		a.open(newForm(""))
		return tick()
	}
	return tea.Batch(a.look(nil), tick())
}

// refresh makes the list anew after something has changed.
func (a *app) refresh() { a.list.set(rows(a.run, a.filter)) }

func (a *app) open(o overlay) { a.overlays = append(a.overlays, o) }

// point puts the cursor on what is worst, as long as the user has not moved it.
func (a *app) point() {
	if a.touched {
		return
	}
	for i, x := range a.list.rows {
		if x.found != nil && (x.found.Severity == report.Error || x.state == unknown) {
			a.list.move(i - a.list.cursor)
			return
		}
	}
}

// readOnly reports that there is nothing to look at again.
func (a *app) readOnly() bool { return a.Look == nil || a.Report != nil }
