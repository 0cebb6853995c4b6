package main

// This file holds that what a hostile server sends, and what stands in a report
// that a stranger sends, appears harmlessly in every format.

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// poison means something in every format that there is.
const poison = "@everyone :smile: \x1b[31mred\x1b]0;title\x07\u009b2J\u202eevil\u200b\u00a0\x00\x7f\xff" +
	"<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b onclick='alert(3)'>&lt;b&gt; javascript:alert(4)" +
	" [click](http://evil.example) ![pixel](http://evil.example/p.png) <http://evil.example/a> www.evil.example ` `` ``` ~~~" +
	"\r\n```\r\n# evil\r\n\r\n* evil\n::error title=evil::owned\n ::stop-commands::evil\n##[error]owned %0A::error::owned\n" +
	"| evil | evil |\n|---|---|\n]]></failure><error>evil</error><!-- evil -->\n\" evil=\"1\\\" } 1\nevil_metric 1\n\t$(evil) `evil` \u2028::error::owned"

// poisoned is a report with poison in every text of it, but for what says that
// it is a report.
func poisoned(tb testing.TB, r *report.Report) *report.Report {
	tb.Helper()
	out := decoded(tb, r)
	infect(reflect.ValueOf(out).Elem())
	out.SchemaVersion, out.Kind = report.SchemaVersion, "report"
	for i := range out.Targets {
		for j, f := range out.Targets[i].Findings {
			for k, e := range f.Evidence {
				if e.Span != nil { // of another text
					out.Targets[i].Findings[j].Evidence[k].Span = &[2]int{3, len(poison) - 5}
				}
			}
		}
		out.Targets[i].Share()
	}
	return out
}

// infect puts poison into every text below a value.
func infect(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(poison)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			infect(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			c := reflect.New(v.Elem().Type()).Elem()
			c.Set(v.Elem())
			infect(c)
			v.Set(c)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			infect(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			c := reflect.New(v.Type().Elem()).Elem()
			c.Set(v.MapIndex(k))
			infect(c)
			v.SetMapIndex(k, c)
			if k.Kind() == reflect.String {
				v.SetMapIndex(reflect.ValueOf(k.String()+poison).Convert(k.Type()), c)
			}
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			infect(f)
		}
	default:
	}
}

// Who makes the world, or the report, does not get a say in what shows it.
func TestHostileReports(t *testing.T) {
	r := reportOf(t, "acme_problem_other/"+sceneOf(t, "acme_problem_other/"))
	reports := map[string]*report.Report{"a server": hostileWorld(t)}
	for _, s := range samplesOf(t) {
		if slices.Contains(tour, s.name) || s.Report == r || s.name == "vantage_quorum_missed/two" {
			reports["a stranger, "+s.name] = poisoned(t, s.Report)
			reports["a stranger, saved, "+s.name] = decoded(t, poisoned(t, s.Report))
		}
	}
	if len(reports) < 10 {
		t.Fatalf("%d reports", len(reports))
	}
	for name, r := range reports {
		for _, f := range render.Formats {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				got := written(t, f, r)
				if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 || !utf8.ValidString(got) {
					t.Errorf("no plain text at %d: %q", i, got[max(0, i-40):min(len(got), i+20)])
				}
				judge := harmless[f.Name]
				if judge == nil {
					t.Fatalf("nobody has said what harms in %s", f.Name)
				}
				judge(t, got)
			})
		}
	}
}

// sceneOf is the first scene of a fixture.
func sceneOf(tb testing.TB, prefix string) string {
	tb.Helper()
	for _, s := range samplesOf(tb) {
		if name, ok := strings.CutPrefix(s.name, prefix); ok {
			return name
		}
	}
	tb.Fatalf("no sample of %s", prefix)
	return ""
}

// hostileWorld is one whose servers send what they can, in every place: headers,
// a body, a redirect, TXT and CAA values, names of a certificate.
func hostileWorld(tb testing.TB) *report.Report {
	tb.Helper()
	w, err := world.Parse("hostile", `
challenge http-01 www.example.com
dns www.example.com A 192.0.2.10
dns www.example.com AAAA 2001:db8::10
dns www.example.com CAA 0 issue "<script>alert(1)</script>\027[31m::error::owned|\"]]>"
dns www.example.com CAA 128 evil "letsencrypt.org"
dns _acme-challenge.www.example.com TXT "\027[31m<img src=x onerror=alert(1)>\010::error title=evil::owned\010[click](http://evil.example)\255"
dns mail.example.com CNAME \027[31m<b>evil.example.org
dns mail.example.com CAA 0 issue "letsencrypt.org"
http 192.0.2.10:80 /.well-known/acme-challenge/* 200 Server="nginx <script>alert(1)</script>\x1b[31m|evil" X-Evil="::error::owned ##[error]owned \xff\u202e" Content-Type="text/html" body="<html><script>alert(1)</script>\x1b]0;t\x07\n::error title=evil::owned\n[click](http://evil.example)`+"`"+`\n]]><!--\x00\xff| evil"
http [2001:db8::10]:80 * 302 Server="<img src=x onerror=alert(1)>" Location="https://www.example.com:4434/<script>alert(1)</script>?x=[click](http://evil.example)::error::owned|%1b[31m\"'"
dns tls.example.com A 192.0.2.20
tls 192.0.2.20:443 cert=self cn="<script>alert(1)</script>\x1b[31m" san="dns:<img src=x onerror=alert(1)>evil.example,uri:javascript:alert(1)" alpn=acme-tls/1
`)
	if err != nil {
		tb.Fatal(err)
	}
	return situation{w, nil}.examined(tb, "http-01+dns-01@www.example.com", "tls-alpn-01@tls.example.com", "dns-01@mail.example.com", "http-01@mail.example.com")
}

// harmless are what is to be true of each format beyond its being plain text.
var harmless = map[string]func(*testing.T, string){
	"text": func(*testing.T, string) {},
	"json": func(t *testing.T, got string) {
		t.Helper()
		if !json.Valid([]byte(got)) {
			t.Error("no JSON")
		}
	},
	"ndjson":     harmlessEvents,
	"sarif":      harmlessSARIF,
	"junit":      harmlessXML,
	"github":     harmlessCommands,
	"nagios":     harmlessPlugin,
	"prometheus": harmlessGauges,
	"markdown":   harmlessMarkdown,
	"html":       harmlessHTML,
}

func harmlessEvents(t *testing.T, got string) {
	t.Helper()
	for line := range strings.Lines(got) {
		var e struct{ Type string }
		if err := json.Unmarshal([]byte(line), &e); err != nil || !regexp.MustCompile(`^[a-z_]+$`).MatchString(e.Type) {
			t.Errorf("%v: %s", err, line)
		}
	}
}

// A message in SARIF is plain, or it says that it is Markdown; in a plain one
// [text](target) is a link.
func harmlessSARIF(t *testing.T, got string) {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`(^|[^\\])\[[^\]\\]*\]\(`)
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(k, x)
			}
		case []any:
			for _, x := range v {
				walk(key, x)
			}
		case string:
			if key == "text" && link.MatchString(v) {
				t.Errorf("a link in a message: %q", link.FindString(v))
			}
			if (key == "uri" || key == "helpUri") && strings.HasPrefix(v, "javascript:") {
				t.Errorf("%s is %q", key, v)
			}
		}
	}
	walk("", doc)
}

func harmlessXML(t *testing.T, got string) {
	t.Helper()
	known := []string{"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "system-err", "properties", "property"}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if !slices.Contains(known, tok.Name.Local) {
				t.Errorf("the element %s", tok.Name.Local)
			}
		case xml.Comment, xml.Directive:
			t.Errorf("%#v", tok)
		}
	}
}

// The runner takes a line that begins with :: as a command, and ##[ anywhere else.
func harmlessCommands(t *testing.T, got string) {
	t.Helper()
	ours := regexp.MustCompile(`^::(error|warning|notice)( [^:]*)?::`)
	for line := range strings.Lines(got) {
		line = strings.TrimSpace(line)
		if evil := strings.HasPrefix(line, "::error::owned") || strings.HasPrefix(line, "::error title=evil"); evil || strings.Contains(line, "##[") && !ours.MatchString(line) {
			t.Errorf("a command: %s", line)
		}
	}
}

// What comes after a | is performance data.
func harmlessPlugin(t *testing.T, got string) {
	t.Helper()
	first, rest, _ := strings.Cut(got, "\n")
	_, perf, _ := strings.Cut(first, "|")
	if strings.Contains(rest, "|") || !regexp.MustCompile(`^( ?[a-z_]+=[0-9.]+[a-z]*)*$`).MatchString(perf) {
		t.Errorf("performance data: %s", got)
	}
}

func harmlessGauges(t *testing.T, got string) {
	t.Helper()
	sample := regexp.MustCompile(`^acmecheck_[a-z_]+(\{([a-z_]+="([^"\\]|\\["\\n])*",?)*\})? [0-9.e+-]+$|^acmecheck_[a-z_]+(\{.*\})? NaN$`)
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "# HELP acmecheck_") && !strings.HasPrefix(line, "# TYPE acmecheck_") && !sample.MatchString(line) {
			t.Errorf("no sample: %s", line)
		}
	}
}

// Forums make HTML of Markdown, and links of bare names. In what they make of
// ours only code may look like a link, a mention or an emoji.
func harmlessMarkdown(t *testing.T, got string) {
	t.Helper()
	if _, err := exec.LookPath("cmark-gfm"); err != nil {
		t.Skip("needs cmark-gfm")
	}
	c := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "tasklist")
	c.Stdin = strings.NewReader(got)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	harmlessHTML(t, string(out))
	z := html.NewTokenizer(bytes.NewReader(out))
	inCode := 0
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		tok := z.Token()
		depth := map[html.TokenType]int{html.StartTagToken: 1, html.EndTagToken: -1}[kind]
		switch {
		case tok.Data == "code":
			inCode += depth
		case tok.Data == "a" && strings.Contains(tok.String(), "evil"), tok.Data == "h1" && depth > 0:
			t.Errorf("%s", tok)
		case kind == html.TextToken && inCode == 0 && regexp.MustCompile(`@everyone|:smile:|evil\.example`).MatchString(tok.Data):
			t.Errorf("not in code: %s", tok)
		}
	}
}

func harmlessHTML(t *testing.T, got string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(got))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if slices.Contains([]string{"script", "img", "iframe", "object", "embed", "link", "form", "base", "input"}, tag.Data) || len(tag.Attr) > 0 && tag.Data == "b" {
				t.Errorf("%s", tag)
			}
			for _, a := range tag.Attr {
				harmlessAttribute(t, tag.Data, a)
			}
		default:
		}
	}
}

func harmlessAttribute(t *testing.T, tag string, a html.Attribute) {
	t.Helper()
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "evil", a.Key == "srcdoc", strings.ContainsAny(a.Key, "<>\"'"):
		t.Errorf("<%s %s=%q>", tag, a.Key, a.Val)
	case a.Key == "style" && strings.Contains(a.Val, "evil"):
		t.Errorf("<%s %s=%q>", tag, a.Key, a.Val)
	case (a.Key == "href" || a.Key == "src" || a.Key == "action") && (strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") || strings.Contains(a.Val, "alert(")):
		t.Errorf("<%s %s=%q>", tag, a.Key, a.Val)
	}
}
