package render

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// elements are all that a page is made of.
var elements = strings.Fields(`html head meta title style body div header p h1 strong dl dt dd b main section h2 h3 h4 table thead tbody tr th td a pre
	span code article mark details summary br figure figcaption footer svg desc g path circle rect text tspan`)

// Whatever a report holds, the page has our elements and attributes alone, goes
// nowhere, runs nothing, and what refers to a part finds it.
func TestHTMLIsOurs(t *testing.T) {
	reports := map[string]*report.Report{"hostile": hostile(t), "many": many(t, 40), "nothing": {}, "order": frozen(t, "rehearsal-refused")}
	for i, bait := range baits {
		reports[fmt.Sprintf("bait %d", i)] = baited(t, bait)
	}
	for name, r := range reports {
		t.Run(name, func(t *testing.T) {
			p := parsedPage(t, written(t, HTML, r))
			for _, ref := range p.refs {
				if !slices.Contains(p.ids, ref) {
					t.Errorf("there is no #%s", ref)
				}
			}
			slices.Sort(p.ids)
			if n := len(p.ids); n != len(slices.Compact(p.ids)) {
				t.Errorf("an id is there twice: %q", p.ids)
			}
		})
	}
}

type parsed struct{ ids, refs []string }

func parsedPage(t *testing.T, page string) (p parsed) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			if !slices.Contains(elements, n.Data) {
				t.Errorf("<%s>", n.Data)
			}
			p.attributes(t, n)
		case html.CommentNode:
			t.Errorf("a comment: %q", n.Data)
		default:
		}
	}
	return p
}

func (p *parsed) attributes(t *testing.T, n *html.Node) {
	t.Helper()
	for _, a := range n.Attr {
		switch {
		case a.Key == "id":
			p.ids = append(p.ids, a.Val)
		case strings.HasPrefix(a.Key, "aria-labelledby"):
			p.refs = append(p.refs, strings.Fields(a.Val)...)
		case a.Key == "href":
			if !strings.HasPrefix(a.Val, "#") {
				t.Errorf("a link to %q", a.Val)
			}
			p.refs = append(p.refs, strings.TrimPrefix(a.Val, "#"))
		case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "style", a.Key == "srcdoc", a.Key == "action":
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
	}
}

// The policy of the page allows its own style alone.
func TestHTMLPolicy(t *testing.T) {
	page := written(t, HTML, frozen(t, "redirect-4434"))
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := `content="default-src &#39;none&#39;; style-src &#39;sha256-` + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;") + `&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`
	if !strings.Contains(page, want) {
		t.Errorf("there is no %s", want)
	}
}

// What people look for is on the page.
func TestHTMLTells(t *testing.T) {
	page := written(t, HTML, frozen(t, "redirect-4434"))
	for _, want := range []string{
		"✗ NOT READY", "<mark>4434</mark>", "↑ the CA stops here", "The CA would say", "The CA does not make this request",
		"redirects to", "What DNS said of example.com", "When each step began", "acmecheck explain http01.redirect.port", `lang="en"`,
	} {
		if !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
			t.Errorf("%q is not there", want)
		}
	}
}

func lookedUp(name, typ string, answers ...probes.Record) probes.Step {
	return probes.Step{Fact: probes.Lookup{Name: name, Type: typ, Resolver: "192.0.2.53:53", RCode: "NOERROR", Answers: answers}}
}

// The drawing of DNS has every name below its parent, aliases with where they
// lead, and what was answered twice once.
func TestTree(t *testing.T) {
	steps := probes.Trace{
		lookedUp("www.example.com", "A", probes.Record{Name: "www.example.com.", Type: "CNAME", Data: "host.example.net."}, probes.Record{Name: "host.example.net.", Type: "A", Data: "192.0.2.10"}),
		lookedUp("WWW.example.com.", "A", probes.Record{Name: "www.example.com.", Type: "CNAME", Data: "host.example.net."}),
		lookedUp("example.com", "CAA"),
		{Fact: probes.Lookup{Name: "example.com", Type: "TXT"}, Fault: &probes.Fault{Kind: probes.FaultTimeout}, Beyond: probes.BeyondZone},
		{Fact: probes.Lookup{Name: strings.Repeat("a.", 9999), Type: "A", RCode: "NXDOMAIN"}, Beyond: probes.BeyondZone},
	}
	v := treeOf("t1", report.Target{Traces: []report.Recorded{{Steps: steps}}})
	var got []string
	for _, r := range v.Rows[:10] {
		got = append(got, strings.TrimSpace(fmt.Sprint(strings.Repeat("  ", r.X/rowIndent), r.Name, " ", r.Type, " ", r.Data)))
	}
	want := []string{
		". (the root)", "a", "a.a", "a.a.a", "a.a.a.a", "a.a.a.a.a", "a.a.a.a.a.a", "a.a.a.a.a.a.a", "a.a.a.a.a.a.a.a", "a.a.a.a.a.a.a.a.a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	v = treeOf("t1", report.Target{Traces: []report.Recorded{{Steps: steps[:4]}}})
	got = nil
	for _, r := range v.Rows {
		got = append(got, strings.TrimRight(fmt.Sprintf("%*s%s%s %s %s", r.X/rowIndent, "", r.Name, r.Type, r.Data, r.By), " "))
	}
	want = []string{
		". (the root)", " com", "  example.com", "   CAA none resolver 192.0.2.53:53", "   TXT ✗ no answer: timeout resolver",
		"   www.example.com", "    CNAME → host.example.net. resolver 192.0.2.53:53 ×2",
		" net", "  example.net", "   host.example.net", "    A 192.0.2.10 resolver 192.0.2.53:53",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Who answered is told by its placeholder where the report is redacted.
func TestTreeOfRedacted(t *testing.T) {
	page := written(t, HTML, Redacted(secretive()))
	if !strings.Contains(page, "server private-") || strings.Contains(page, "::%") {
		t.Errorf("no placeholder:\n%s", page)
	}
}

// A drawing of time bears any times that a report from elsewhere may claim.
func TestTimes(t *testing.T) {
	at := func(begin, took time.Duration) probes.Step {
		return probes.Step{At: begin, Took: took, Fact: probes.Dial{}}
	}
	for _, steps := range []probes.Trace{
		{at(0, time.Millisecond), at(time.Millisecond, 3*time.Millisecond)},
		{at(-1<<63, 1<<63-1)},
		{at(1<<63-1, 1<<63-1)},
		{at(0, 1)},
		{at(time.Hour, 0)},
	} {
		v := timesOf("t1", report.Target{Traces: []report.Recorded{{Steps: steps}}})
		if v == nil || len(v.Ticks) > ticksMost+1 || len(v.Rows) != 1 {
			t.Errorf("%v: %+v", steps, v)
			continue
		}
		for _, b := range v.Rows[0].Bars {
			if b.X < timeLeft || b.To > timeLeft+timeWidth+2 {
				t.Errorf("%v: a bar from %d to %d", steps, b.X, b.To)
			}
		}
	}
	if v := timesOf("t1", report.Target{}); v != nil {
		t.Errorf("of nothing: %+v", v)
	}
}

// copies is a report of n targets of the usual kind.
func copies(tb testing.TB, n int) *report.Report {
	tb.Helper()
	r := frozen(tb, "redirect-4434")
	r.Targets = slices.Repeat(r.Targets, n)
	return r
}

func BenchmarkHTML1000(b *testing.B) {
	r := copies(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		_ = written(b, HTML, r)
	}
}

func BenchmarkMarkdown1000(b *testing.B) {
	r := copies(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		_ = written(b, Markdown, r)
	}
}

func BenchmarkRedacted1000(b *testing.B) {
	r := copies(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		_ = Redacted(r)
	}
}
