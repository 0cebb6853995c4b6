package tui

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// hopLines tell the requests about a row: the CA's first, then the looks beyond
// it.
func hopLines(t theme, r *run, x row, w int) []string {
	var out []string
	for _, o := range outcomes(r, x) {
		for _, p := range o.Probes {
			if len(p.Hops) > 0 {
				out = append(out, walkLines(t, o.Method, p, w)...)
			}
		}
	}
	if len(out) == 0 {
		return []string{t.paint(dim, "no request was made")}
	}
	return out
}

func walkLines(t theme, m probes.Method, p report.Probe, w int) []string {
	head := safe(p.Kind) + " from " + safe(p.Vantage)
	if p.Kind != string(m) {
		head = "beyond the CA: " + head
	}
	out := []string{t.paint(strong, clip(head, max(w-20, 0))) + fmt.Sprintf(" %s  %s", safe(p.Status), lasted(p.DurationMS))}
	for _, h := range p.Hops {
		out = append(out, hopLine(t, h, w)...)
	}
	return out
}

func hopLine(t theme, h report.Hop, w int) []string {
	what := safe(string(h.URL))
	if what == "" {
		what = "connection"
	}
	out := hang(fmt.Sprintf("%3d ", h.N), what, w)
	var facts []string
	if h.Address != nil {
		facts = append(facts, fmt.Sprintf("%s port %d", safe(*h.Address), h.Port))
	}
	if h.HTTP != nil {
		facts = append(facts, fmt.Sprint(h.HTTP.Status))
	}
	facts = append(facts, timings(h.Timings)...)
	if len(facts) > 0 {
		out = append(out, hang("      ", strings.Join(facts, ", "), w)...)
	}
	switch {
	case h.HTTP != nil && h.HTTP.Headers["location"] != "":
		out = append(out, hang("      Location  ", safe(h.HTTP.Headers["location"]), w)...)
	case h.Error != nil && h.Decision == "refused_by_rule":
		out = append(out, paintAll(t, bad, hang("      ", safe("not followed: "+h.Error.Text), w))...)
	case h.Error != nil:
		out = append(out, paintAll(t, bad, hang("      ", safe(h.Error.Text), w))...)
	}
	return out
}

func timings(t report.Timings) []string {
	var out []string
	for _, p := range []struct {
		name string
		ms   *int64
	}{{"dns", t.DNS}, {"connect", t.Connect}, {"tls", t.TLS}, {"ttfb", t.TTFB}} {
		if p.ms != nil {
			out = append(out, fmt.Sprintf("%s %d", p.name, *p.ms))
		}
	}
	if len(out) > 0 {
		out[len(out)-1] += " ms"
	}
	return out
}
