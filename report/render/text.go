package render

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

const (
	width    = 80
	longURL  = 200 // runes of a URL or Location shown
	longText = 1000
)

// Text writes a report for people: the verdict first and last, between them
// what was seen, and the CA's own sentence.
func Text(w io.Writer, r *report.Report) error {
	var b bytes.Buffer
	for _, t := range r.Targets {
		for _, o := range t.Verdicts {
			outcome(&b, t, o)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", Safe(n, longText))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func outcome(b *bytes.Buffer, t report.Target, o report.Outcome) {
	title := Safe(t.Identifier.Value, longURL) + "  " + string(o.Method)
	fmt.Fprintf(b, "%s%*s\n", title, max(2, width-len([]rune(title))), o.Verdict)
	for i, h := range o.Hops {
		hop(b, h)
		if i == len(o.Hops)-1 && o.Rule == policy.RulePort {
			mark(b, h)
		}
	}
	if o.Problem != nil {
		fmt.Fprintf(b, "  CA: %s: %s\n", o.Problem.Kind(), Safe(o.Problem.Detail, longText))
	}
	fmt.Fprintf(b, "%s%s\n", sentence(o), seconds(o))
	if o.Hint != "" {
		fmt.Fprintf(b, "try: %s\n", o.Hint)
	}
}

func hop(b *bytes.Buffer, h report.Hop) {
	address := h.Address
	if a, err := netip.ParseAddr(h.Address); err == nil {
		address = netip.AddrPortFrom(a, h.Port).String()
	}
	fmt.Fprintf(b, "  hop %d of %d  GET %s\n", h.N, h.Of, Safe(h.URL, longURL))
	fmt.Fprintf(b, "   |  %s  %s%s\n", address, result(h), timings(h.Timings))
	if h.Location != "" {
		fmt.Fprintf(b, "   |  %s%s\n", locationLabel, Safe(h.Location, longURL))
	}
}

const locationLabel = "Location: "

// mark points at the port in the Location above it.
func mark(b *bytes.Buffer, h report.Hop) {
	u, err := url.Parse(h.Location)
	if err != nil || u.Port() == "" {
		return
	}
	shown := Safe(h.Location, longURL)
	before, _, ok := strings.Cut(shown, ":"+u.Port())
	if !ok {
		return
	}
	at := len(locationLabel) + len([]rune(before)) + 1
	fmt.Fprintf(b, "   |  %s%s the CA stops here\n", strings.Repeat(" ", at), strings.Repeat("^", len(u.Port())))
}

func result(h report.Hop) string {
	switch {
	case h.Fault != nil && h.Status != 0:
		return fmt.Sprintf("%d, then %s", h.Status, h.Fault.Kind)
	case h.Fault != nil:
		return fmt.Sprintf("%s (%s)", h.Fault.Kind, h.Fault.Op)
	}
	s := fmt.Sprint(h.Status)
	if h.Server != "" {
		s += "  " + Safe(h.Server, 40)
	}
	return s
}

func timings(t report.Timings) string {
	var s strings.Builder
	for _, p := range []struct {
		name string
		ms   *int64
	}{{"dns", t.DNS}, {"connect", t.Connect}, {"tls", t.TLS}, {"ttfb", t.TTFB}} {
		if p.ms != nil {
			fmt.Fprintf(&s, "  %s %d", p.name, *p.ms)
		}
	}
	if s.Len() == 0 {
		return ""
	}
	return s.String() + " ms"
}

func sentence(o report.Outcome) string {
	switch o.Verdict {
	case report.WouldIssue:
		return "Ready: " + o.Why + "."
	case report.WouldNot:
		return "Not ready: " + o.Why + "."
	case report.CannotTell:
		return "Cannot tell: " + Safe(o.Why, longText) + "."
	}
	return o.Why
}

func seconds(o report.Outcome) string {
	if len(o.Hops) == 0 {
		return ""
	}
	return fmt.Sprintf(" The CA would take %.1f s.", float64(o.SpentMS)/1000)
}
