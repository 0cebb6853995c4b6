package checks

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// Diagnose runs every check over the evidence. Findings that a better one
// masks are left out; the rest is sorted by severity, code and subject.
func Diagnose(in *In) []report.Finding {
	type hit struct {
		check *Check
		found []Found
	}
	var hits []hit
	masked := map[string]bool{}
	named := false
	for _, c := range All() {
		if !c.about(in.Given.Method) {
			continue
		}
		found := c.Detect(in)
		if len(found) == 0 {
			continue
		}
		hits = append(hits, hit{c, found})
		for _, m := range c.Masks {
			masked[m] = true
		}
		named = named || c.Severity == report.Error && !c.Generic
	}
	out := []report.Finding{}
	for _, h := range hits {
		if masked[h.check.Code] || h.check.Generic && named {
			continue
		}
		for _, f := range h.found {
			out = append(out, h.check.finding(in, f))
		}
	}
	Sort(out)
	for i := range out {
		out[i].ID = fmt.Sprintf("f%d", i+1)
	}
	return out
}

// areas are those that are about some methods only; the others serve all.
var areas = map[string][]probes.Method{
	"http01":       {probes.HTTP01},
	"dns01":        {probes.DNS01, probes.DNSAccount01},
	"dnspersist01": {probes.DNSPersist01},
	"tlsalpn01":    {probes.TLSALPN01},
	"caa":          {probes.CAA},
}

// about reports whether a check is about a method, by the area of its code.
func (c *Check) about(m probes.Method) bool {
	area, _, _ := strings.Cut(c.Code, ".")
	methods, some := areas[area]
	return !some || slices.Contains(methods, m)
}

// Sort orders findings by severity, the worst first, code and subject.
func Sort(fs []report.Finding) {
	slices.SortStableFunc(fs, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Code, b.Code), strings.Compare(a.Subject, b.Subject))
	})
}

// Unsettled reports whether findings leave the CA's answer open.
func Unsettled(fs []report.Finding, o Options) bool {
	return slices.ContainsFunc(fs, func(f report.Finding) bool {
		c := ByCode(f.Code)
		return c != nil && c.Unsettles || o.RequireIPv6 && f.Code == "local.ipv6.missing"
	})
}

// finding dresses what was found with the catalogue's prose.
func (c *Check) finding(in *In, f Found) report.Finding {
	args := in.Args()
	maps.Copy(args, f.Args)
	out := report.Finding{
		Code: c.Code, Severity: c.Severity, Certainty: f.Certainty, Method: in.Given.Method,
		Subject: f.Subject, Title: c.Title, Summary: cmp.Or(f.Say, c.Title), Explanation: c.Means,
		Causes: causes(c, f), FixBy: string(c.FixBy), Evidence: f.Evidence,
		Remediation: c.remedies(in, args), NotAFix: nonNil(f.NotAFix), Settle: report.Text(fill(f.Settle, args)),
		Repro: repro(in, f), Links: nonNil(c.links()), Topics: nonNil(c.Topics),
		Fingerprint: report.Fingerprint(c.Code, string(in.Given.Identifier), in.Given.Method, in.lasting(f.Subject)),
	}
	for i, e := range out.Evidence {
		e = legible(e)
		e.Text = cut(e.Text)
		if e.Span != nil && e.Span[1] > len(e.Text) {
			e.Span = nil
		}
		out.Evidence[i] = e
	}
	return out
}

// lasting is a subject without the token, which is another in every run. A server
// may have changed its case on the way.
func (in *In) lasting(subject string) string {
	token := in.Given.Token
	if token == "" {
		return subject
	}
	return regexp.MustCompile("(?i)"+regexp.QuoteMeta(token)).ReplaceAllString(subject, "{token}")
}

func causes(c *Check, f Found) []report.Cause {
	out := []report.Cause{}
	out = append(out, f.Causes...)
	for _, text := range c.Causes {
		out = append(out, report.Cause{Certainty: report.Likely, Text: text})
	}
	return out
}

// links are the sources that can be opened.
func (c *Check) links() []string {
	return slices.DeleteFunc(slices.Clone(c.Sources), func(s string) bool { return !strings.HasPrefix(s, "https://") })
}

// remedies are the fixes that the evidence does not contradict, those for the
// server that answered first, or those for any server where none is known.
func (c *Check) remedies(in *In, args map[string]string) []report.Remedy {
	out := []report.Remedy{}
	mine := in.ServerKind()
	best := cmp.Or(mine, "your app")
	add := func(want bool) {
		for _, f := range c.Fixes {
			other := isServer(f.For) && mine != "" && f.For != mine
			if other || (f.For == best) != want || f.When != nil && !f.When(in) {
				continue
			}
			r := report.Remedy{For: f.For, Certainty: report.Likely, Text: fill(f.Text, args)}
			if f.Snippet != "" {
				s := fill(f.Snippet, args)
				r.Snippet = &s
			}
			out = append(out, r)
		}
	}
	add(true)
	add(false)
	return out
}

// fill puts args into {…}.
func fill(s string, args map[string]string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(args)) {
		pairs = append(pairs, "{"+k+"}", args[k])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// maxEvidence is how many octets of what was seen a report keeps.
const maxEvidence = 256

// legible makes evidence into UTF-8, as JSON must have it, with the span still
// on the same part.
func legible(e report.Evidence) report.Evidence {
	if utf8.ValidString(e.Text) {
		return e
	}
	if e.Span != nil {
		from := len(visible(e.Text[:e.Span[0]]))
		e.Span = &[2]int{from, from + len(visible(e.Text[e.Span[0]:e.Span[1]]))}
	}
	e.Text = visible(e.Text)
	return e
}

// visible writes each octet that is no UTF-8 as \xNN.
func visible(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func cut(s string) string {
	if len(s) <= maxEvidence {
		return s
	}
	return strings.ToValidUTF8(s[:maxEvidence], "")
}
