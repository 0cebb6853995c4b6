package tui

// This file orders a certificate: choose, review, confirm, watch. Nothing is
// sent before the last enter, and a real certificate takes more than that.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/acmecheck/acmecheck/report"
)

type stage int

const (
	stageCA stage = iota
	stageReview
	stageRunning
	stageOver
)

// A wizard takes a user from the targets to a certificate.
type wizard struct {
	stage  stage
	ca     int
	plan   []string // what the order will do here
	typed  field
	wrong  string
	lines  []Progress
	feed   *feed[Progress]
	ctx    context.Context //nolint:containedctx // that of the order
	cancel context.CancelFunc
	report *report.Report
	err    error
}

// The messages about an order.
type (
	foreseen struct {
		wizard *wizard
		lines  []string
	}
	progressed struct {
		wizard *wizard
		lines  []Progress
	}
	ordered struct {
		wizard *wizard
		report *report.Report
		err    error
	}
)

// ordering reports that the wizard is open: nobody looks meanwhile of their own.
func (a *app) ordering() bool {
	return slices.ContainsFunc(a.overlays, func(o overlay) bool { _, is := o.(*wizard); return is })
}

func (z *wizard) order(a *app) Order { return Order{Targets: a.request.Targets, CA: a.CAs[z.ca]} }

func (z *wizard) key(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch z.stage {
	case stageCA:
		return z.choose(a, k)
	case stageReview:
		return z.review(a, k)
	case stageRunning:
		if k.String() == "esc" {
			z.cancel()
		}
		return nil, false
	case stageOver:
	}
	return nil, k.String() == "esc" || k.String() == "enter" || k.String() == "q"
}

func (z *wizard) choose(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "q":
		return nil, true
	case "j", "down":
		z.ca = min(z.ca+1, len(a.CAs)-1)
	case "k", "up":
		z.ca = max(z.ca-1, 0)
	case "enter":
		z.stage, z.plan = stageReview, nil
		return z.foresee(a), false
	}
	return nil, false
}

func (z *wizard) foresee(a *app) tea.Cmd {
	if a.Plan == nil {
		return nil
	}
	o := z.order(a)
	return func() tea.Msg { return foreseen{z, a.Plan(o)} }
}

// fresh is how old a look may be that a real order relies on.
const fresh = 5 * time.Minute

// obstacle is what stands against an order; empty: nothing.
func (z *wizard) obstacle(a *app) string {
	seen := a.run.report // of this look at these targets, not of one before it
	switch {
	case !a.CAs[z.ca].Production:
		return ""
	case !a.run.over || a.run.err != nil || seen == nil:
		return "No look at this has ended: a real order needs that first. esc, then R looks."
	case seen.Ready == nil || !*seen.Ready:
		return "The last look was not READY: a real order needs that first. esc, then R looks again."
	case a.now.Sub(a.lastAt) >= fresh:
		return "The last look is 5 minutes old or more. esc, then R looks again."
	}
	return ""
}

func (z *wizard) review(a *app, k tea.KeyMsg) (tea.Cmd, bool) {
	production := a.CAs[z.ca].Production
	switch k.String() {
	case "esc":
		z.stage, z.typed, z.wrong = stageCA, field{}, ""
		return nil, false
	case "enter":
		switch {
		case z.obstacle(a) != "":
		case production && strings.TrimSpace(z.typed.String()) != a.run.name(0):
			z.wrong = "Type " + safe(a.run.name(0)) + " to order a real certificate."
		default:
			return z.begin(a), false
		}
		return nil, false
	}
	z.wrong = ""
	if production {
		z.typed.key(k)
	}
	return nil, false
}

// begin sends the order.
func (z *wizard) begin(a *app) tea.Cmd {
	a.stop() // a look that goes on would come in between
	z.stage, z.feed = stageRunning, newFeed[Progress]()
	z.ctx, z.cancel = context.WithCancel(a.ctx)
	o, ctx, cancel := z.order(a), z.ctx, z.cancel
	a.looks.Add(1)
	return tea.Batch(func() tea.Msg {
		defer a.looks.Done()
		a.turn.Lock()
		defer a.turn.Unlock()
		defer cancel()
		r, err := a.Issue(ctx, o, z.feed.hear)
		return ordered{z, r, err}
	}, z.listen())
}

func (z *wizard) listen() tea.Cmd {
	return z.feed.listen(z.ctx, func(ps []Progress) tea.Msg { return progressed{z, ps} })
}

func (z *wizard) hears(m progressed) tea.Cmd {
	z.lines = append(z.lines, m.lines...)
	return z.listen()
}

// ordered takes in what came of an order. Its report has a look in it.
func (a *app) ordered(m ordered) {
	z := m.wizard
	z.lines = append(z.lines, z.feed.take()...)
	z.stage, z.report, z.err = stageOver, m.report, m.err
	if m.report == nil {
		return
	}
	a.last, a.lastAt = m.report, a.now
	if len(m.report.Targets) > 0 {
		a.run = opened(m.report)
		a.refresh()
		a.point()
	}
}

func (z *wizard) view(a *app, w, h int) (string, []string) {
	switch z.stage {
	case stageCA:
		return "Issue: which CA?", z.viewCAs(a, w)
	case stageReview:
		return "Issue: review", z.viewReview(a, w)
	case stageRunning, stageOver:
	}
	return "Issue", z.viewOrder(a, w, h)
}

func (z *wizard) viewCAs(a *app, w int) []string {
	out := []string{"", "For " + safe(strings.Join(a.request.Targets, " ")), ""}
	for i, ca := range a.CAs {
		point := "( )"
		if i == z.ca {
			point = a.theme.paint(strong, "(o)")
		}
		out = append(out, hang("  "+point+" "+clip(safe(ca.Name), 12)+" ", safe(ca.Title), w)...)
	}
	return append(out, "", "enter goes on, esc goes back. Nothing has been sent.")
}

func (z *wizard) viewReview(a *app, w int) []string {
	o := z.order(a)
	out := append([]string{""}, hang("Order   ", safe(strings.Join(o.Targets, " ")), w)...)
	out = append(out, hang("From    ", safe(o.CA.Name+": "+o.CA.Title), w)...)
	for i, p := range z.plan {
		label := "Does    "
		if i > 0 {
			label = "        "
		}
		out = append(out, hang(label, safe(p), w)...)
	}
	out = append(out, hang("Look    ", z.lastLook(a), w)...)
	out = append(out, "")
	switch why := z.obstacle(a); {
	case why != "":
		return append(out, append(paintAll(a.theme, bad, wrap(why, w)), "", "esc goes back. Nothing has been sent.")...)
	case o.CA.Production:
		out = append(out, wrap("A real certificate, by the limits of the CA. Type "+safe(a.run.name(0))+" to order it:", w)...)
		out = append(out, "", "  "+z.typed.view(a.theme, w-4), "")
		if z.wrong != "" {
			out = append(out, a.theme.paint(bad, z.wrong), "")
		}
	}
	return append(out, "enter sends the order, esc goes back. Nothing has been sent.")
}

// lastLook sums up what an order relies on.
func (z *wizard) lastLook(a *app) string {
	v, s, some := a.run.verdict()
	switch {
	case !a.run.over:
		return "goes on, and would be stopped"
	case !some:
		return "none has ended"
	}
	out := v.String()
	if n := counted(s); n != "" {
		out += ", " + n
	}
	return fmt.Sprintf("%s, %s ago", out, spelled(a.now.Sub(a.lastAt)))
}

func (z *wizard) viewOrder(a *app, w, h int) []string {
	var out []string
	for _, l := range z.lines {
		out = append(out, hang(fmt.Sprintf("%6.1f s  ", l.At.Seconds()), safe(l.Text), w)...)
	}
	switch {
	case z.stage == stageRunning:
		out = append(out, "", a.theme.mark(looking, a.beat)+"  esc aborts; what was put in place is taken away")
	case errors.Is(z.err, context.Canceled):
		out = append(out, "", "Aborted. What was put in place has been taken away. esc goes back")
	case z.err != nil:
		out = append(out, "")
		out = append(out, paintAll(a.theme, bad, wrap(safe(z.err.Error()), w))...)
		out = append(out, "esc goes back")
	default:
		out = append(out, append([]string{""}, z.result(a, w)...)...)
	}
	return out[max(0, len(out)-h):]
}

func (z *wizard) result(a *app, w int) []string {
	var i *report.Issuance
	if z.report != nil {
		i = z.report.Issuance
	}
	switch {
	case i != nil && i.Certificate != nil:
		out := hang("Issued  ", "serial "+safe(i.Certificate.Serial)+", until "+i.Certificate.NotAfter.UTC().Format(time.DateOnly)+", for "+safe(strings.Join(i.Certificate.SANs, ", ")), w)
		for _, what := range []string{"cert", "chain", "fullchain", "key"} {
			if path := i.Certificate.Files[what]; path != "" {
				out = append(out, hang("        ", what+"  "+safe(path), w)...)
			}
		}
		return append(paintAll(a.theme, good, out), "", "esc goes back")
	case i != nil && i.Problem != nil:
		out := paintAll(a.theme, bad, hang("Refused ", safe(i.Problem.Type+": "+i.Problem.Detail), w))
		return append(out, "", "esc goes back: the findings tell why")
	}
	return []string{"Nothing was issued. esc goes back: the findings tell why"}
}
