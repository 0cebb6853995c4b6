package render

// This file draws the CA's requests: one below the other, up to where it stops.

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/acmecheck/acmecheck/report"
)

// The measures of drawings, in their own units; the page scales them.
const (
	drawingWidth = 800
	hopHeight    = 84 // a request and the arrow to the next
	urlWidth     = 88 // runes of a URL in a drawing
)

// A chainView is a drawing of requests.
type chainView struct {
	ID, Title, Desc string
	Height          int
	Hops            []chainHop
}

// A chainHop is one request in a drawing.
type chainHop struct {
	Y, N             int
	URL, Detail      string
	Badge            string // a status, or a sign
	Class            string // of the badge: good, bad, open
	Arrow            string // what leads on; empty: it is the last
	Stop             bool   // the CA does not make this request
	MethodAndAddress string
}

// chainOf draws the CA's own walk; nil where it made no request.
func chainOf(id string, n int, o report.Outcome) *chainView {
	if len(o.Probes) == 0 || len(o.Probes[0].Hops) == 0 || !o.Decisive {
		return nil
	}
	hops := o.Probes[0].Hops
	v := chainView{ID: fmt.Sprintf("%s-chain%d", id, n), Title: fmt.Sprintf("What the CA asks for by %s", Safe(string(o.Method), longText))}
	var told []string
	for i, h := range hops {
		c := chainHopOf(h, o, i == len(hops)-1)
		c.Y = i * hopHeight
		v.Hops = append(v.Hops, c)
		told = append(told, fmt.Sprintf("%d: %s %s", c.N, c.URL, c.Badge))
	}
	v.Height = len(hops)*hopHeight - 22
	v.Desc = strings.Join(told, "; ")
	return &v
}

func chainHopOf(h report.Hop, o report.Outcome, last bool) chainHop {
	c := chainHop{N: h.N, URL: shortURL(h, o), Stop: h.Decision == "refused_by_rule"}
	c.Detail = strings.TrimSpace(Safe(address(h), longText) + "  " + strings.TrimSpace(timings(h.Timings)))
	c.Badge, c.Class = cut, "open"
	ended := markOf(statusOf(o.Probes[0]))
	switch {
	case c.Stop:
		c.Badge, c.Class, c.Detail = "✗ stop", "bad", "the CA does not make this request"
		if h.Error != nil && h.Error.Code != "" {
			c.Detail += ": " + Safe(string(h.Error.Code), longText)
		}
	case h.Error != nil:
		c.Badge, c.Class = "✗ "+Safe(h.Error.Class, 14), "bad"
		c.Detail += "   " + Safe(h.Error.Text, 60)
	case h.HTTP != nil:
		c.Badge = fmt.Sprint(h.HTTP.Status)
		if last {
			c.Badge, c.Class = ended.Sign+" "+c.Badge, ended.Class
		}
	case h.TLS != nil:
		c.Badge, c.Class = ended.Sign+" TLS", ended.Class
	}
	if !last {
		c.Arrow = map[string]string{"redirect": "redirects to", "fallback": "falls back to", "error": "tries again"}[h.Decision]
		if c.Arrow == "" {
			c.Arrow = "then"
		}
	}
	c.Detail = cutAt(c.Detail, 104)
	return c
}

// statusOf is how one walk ended; the outcome is that of all of them.
func statusOf(p report.Probe) report.Verdict {
	switch p.Status {
	case "pass":
		return report.WouldIssue
	case "fail":
		return report.WouldNot
	}
	return report.CannotTell
}

func shortURL(h report.Hop, o report.Outcome) string {
	if h.URL == "" {
		return "TLS handshake of " + Safe(string(o.Method), longText)
	}
	return middle(Safe(string(h.URL), 0), urlWidth)
}

// cutAt keeps the beginning of a text that is Safe.
func cutAt(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + cut
}

// middle keeps both ends of a text that is Safe.
func middle(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	const end = 12
	return string(r[:most-end-1]) + cut + string(r[len(r)-end:])
}
