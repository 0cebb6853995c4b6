package judge

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// probesOf tells the CA's walk as the first probe and each errand beyond it as
// one more.
func probesOf(c *checks.In, o report.Outcome, vantage string) []report.Probe {
	first := report.Probe{ID: "p1", Kind: string(o.Method), Vantage: vantage, Codes: o.Codes, Hops: hops(c, o)}
	first.Status = map[report.Verdict]string{report.WouldIssue: "pass", report.WouldNot: "fail", report.CannotTell: "inconclusive"}[alone(c, o.Verdict)]
	var end time.Duration
	for _, s := range c.Trace {
		if s.Beyond == "" {
			end = max(end, s.At+s.Took)
		}
	}
	first.DurationMS = end.Milliseconds()
	out := []report.Probe{first}
	for _, l := range c.Looks {
		out = append(out, errand(l, vantage))
	}
	slices.SortStableFunc(out[1:], func(a, b report.Probe) int { return cmp.Compare(number(a.ID), number(b.ID)) })
	for i := range c.Remotes {
		out = append(out, remote(c, i, end))
	}
	return out
}

// remote tells what a remote perspective came to. They look when the first one
// has passed.
func remote(c *checks.In, i int, begin time.Duration) report.Probe {
	r := c.Remotes[i]
	p := report.Probe{ID: c.RemoteProbe(i), Kind: string(c.Given.Method), Vantage: r.Perspective, Status: "fail", Codes: []string{}, Hops: []report.Hop{}}
	switch {
	case r.Decision.Undecided:
		p.Status = "inconclusive"
	case c.Corroborates(r.Decision):
		p.Status = "pass"
	}
	p.StartMS, p.DurationMS = begin.Milliseconds(), r.Decision.Spent.Milliseconds()
	return p
}

func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "p"))
	return n
}

func errand(l checks.Look, vantage string) report.Probe {
	p := report.Probe{ID: fmt.Sprintf("p%d", l.Last.Errand+1), Kind: string(l.Why), Vantage: vantage, Codes: []string{}, Hops: []report.Hop{}}
	p.Status = "pass"
	if l.Fault != nil {
		p.Status = "fail"
	}
	begin := l.Last.At
	if l.Dialled != nil {
		begin = l.Dialled.At
		h := hop(l.Request)
		h.N, h.URL, h.Decision = 1, report.Text(l.Fetch.URL), cmp.Or(h.Decision, "final")
		p.Hops = append(p.Hops, h)
	}
	p.StartMS, p.DurationMS = begin.Milliseconds(), (l.Last.At + l.Last.Took - begin).Milliseconds()
	return p
}

// hops tells the CA's requests, and the one it refused to make.
func hops(c *checks.In, o report.Outcome) []report.Hop {
	out := []report.Hop{}
	for i, r := range c.Requests {
		h := hop(r)
		if o.Method == probes.HTTP01 { // a handshake is no request of so many
			h.Of = report.Natural(c.Policy.HTTP01.Requests)
		}
		h.URL = report.Text(r.URL.String())
		h.DNS, h.Timings.DNS = resolved(c, r.N-1)
		if h.Decision == "" {
			h.Decision = decision(c, i)
		}
		out = append(out, h)
	}
	if refusedTarget(c) {
		out = append(out, report.Hop{
			N: len(out) + 1, Of: report.Natural(c.Policy.HTTP01.Requests), Decision: "refused_by_rule",
			URL: report.Text(c.Decision.Target), Port: portOf(c.Decision.Target),
			Error: &report.Failure{Class: "rule", Code: first(o.Codes), Text: string(c.Decision.Rule)},
		})
	} else if n := len(out); n > 0 && o.Verdict == report.WouldNot && out[n-1].Error != nil {
		out[n-1].Error.Code = first(o.Codes)
	}
	return out
}

func first(codes []string) report.Text {
	if len(codes) == 0 {
		return ""
	}
	return report.Text(codes[0])
}

// portOf is the port a URL leads to; 0 if that is not clear.
func portOf(target string) report.Natural {
	u, err := url.Parse(target)
	if err != nil {
		return 0
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0
	}
	return report.Natural(n)
}

// refusedTarget reports whether the CA stopped before a request.
func refusedTarget(c *checks.In) bool {
	d := c.Decision
	return d.Problem != nil && len(c.Requests) > 0 && d.Target != "" && d.Target != c.Last().URL.String() && strings.HasPrefix(string(d.Rule), "http01.redirect.")
}

func decision(c *checks.In, i int) string {
	switch {
	case i+1 < len(c.Requests) && c.Requests[i].Dialled.Fault != nil:
		return "fallback"
	case i+1 < len(c.Requests), refusedTarget(c):
		return "redirect"
	}
	return "final"
}

// hop is what one connection showed.
func hop(r checks.Request) report.Hop {
	h := report.Hop{N: r.N, Port: report.Natural(r.Dial.To.Port())}
	if r.Dial.To.IsValid() {
		a := r.Dial.To.Addr().String()
		h.Address = &a
	}
	h.Timings.Connect = took(r.Dialled)
	if r.Shaken != nil {
		h.Timings.TLS = took(r.Shaken)
		h.TLS = shaken(r.Handshake)
	}
	if r.Fetched != nil && r.Fetch.Status != 0 {
		ttfb := r.Fetch.FirstByte.Milliseconds()
		h.Timings.TTFB = &ttfb
		h.HTTP = response(r.Fetch)
	}
	for _, s := range []*checks.Step{r.Dialled, r.Shaken, r.Fetched} {
		if s != nil && s.Fault != nil {
			h.Error = failure(s.Fault)
			h.Decision = "error"
		}
	}
	if r.Fetch.BodyFault != nil {
		h.Error = failure(r.Fetch.BodyFault)
	}
	return h
}

func failure(f *probes.Fault) *report.Failure {
	return &report.Failure{Class: string(f.Kind), Op: report.Text(f.Op), Text: checks.FaultWords(f)}
}

func took(s *checks.Step) *int64 {
	if s == nil {
		return nil
	}
	ms := s.Took.Milliseconds()
	return &ms
}

// maxBody is how much of a body a report keeps.
const maxBody = 256

const http200 = 200 // net/http is out of bounds here

func response(f probes.Fetch) *report.HTTP {
	h := &report.HTTP{Status: f.Status, Headers: map[string]string{}, Body: report.Text(clip(string(f.Body)))}
	if n := len(f.Body); n > 0 || f.Status == http200 { // of another status a CA reads no body, so none was seen
		h.BodyBytes = &n
	}
	for _, field := range f.Header {
		if name := strings.ToLower(field.Name); h.Headers[name] == "" {
			h.Headers[name] = clip(field.Value)
		}
	}
	if len(f.Location) > 0 {
		h.Headers["location"] = clip(f.Location[0])
	}
	return h
}

// clip makes what a server sent into at most maxBody octets of UTF-8.
func clip(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxBody)], "\ufffd")
	for end := min(len(s), maxBody); ; end-- {
		if end == len(s) || utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
}

func shaken(h probes.Handshake) *report.TLS {
	if h.Version == "" {
		return nil
	}
	return &report.TLS{Version: h.Version, Cipher: h.Cipher, ALPN: report.Text(h.Negotiated), ServerName: report.Text(h.ServerName), Certificate: checks.Certificate(h)}
}

// resolved is what the look-ups before a request gave.
func resolved(c *checks.In, after int) (*report.DNS, *int64) {
	var d *report.DNS
	var took *int64
	for _, s := range c.Lookups {
		l, ok := s.Fact.(probes.Lookup)
		if !ok || s.Hop != after {
			continue
		}
		if d == nil {
			d = &report.DNS{Answers: []string{}, RCodes: []report.Text{}}
		}
		for _, a := range l.Addrs() {
			d.Answers = append(d.Answers, a.String())
		}
		d.RCodes = append(d.RCodes, report.Text(l.RCode))
		if ms := s.Took.Milliseconds(); took == nil || ms > *took {
			took = &ms
		}
	}
	return d, took
}
