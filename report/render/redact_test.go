package render

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

const (
	aToken = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
	aKey   = aToken + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
	anURL  = "https://acme.example/v2/DV90/holder/ab-77"
)

// secretive is a report that holds every kind of thing to hide.
func secretive() *report.Report {
	address := "10.1.2.3"
	at := netip.MustParseAddrPort("10.1.2.3:80")
	return &report.Report{
		Kind: "report", SchemaVersion: report.SchemaVersion,
		Notes: []string{"left behind: /var/www/shop/.well-known/x: permission denied"},
		Targets: []report.Target{{
			Input: "example.com", Source: &report.Source{File: "/home/bob/domains.txt", Line: 2},
			Identifier: report.Identifier{Type: "dns", Value: "example.com"},
			Findings: []report.Finding{{
				Subject:     "10.1.2.3:80",
				Evidence:    []report.Evidence{{Text: "A 10.1.2.3 and fd00::5", Span: &[2]int{2, 10}}},
				Remediation: []report.Remedy{{Text: "root /var/www/acme; to 10.1.2.3", Snippet: new("proxy_pass http://127.0.0.1:8888;")}},
			}},
			Probes: []report.Probe{{Hops: []report.Hop{{Address: &address, HTTP: &report.HTTP{Headers: map[string]string{"set-cookie": "sid=1234", "server": "nginx"}}}}}},
			Traces: []report.Recorded{{Steps: probes.Trace{
				{Fact: probes.Given{Task: probes.Task{Token: aToken, KeyAuthorization: aKey, Account: anURL}, AsOf: time.Unix(0, 0).UTC()}},
				{ID: 1, Fact: probes.Lookup{Name: "example.com", Type: "A", Server: netip.MustParseAddrPort("[fd00::53]:53"), Answers: []probes.Record{{Type: "A", Data: "203.0.113.5"}}}},
				{ID: 2, Fact: probes.Route{To: netip.MustParseAddr("203.0.113.5"), Source: netip.MustParseAddr("93.184.216.34")}},
				{ID: 3, Fact: probes.Dial{To: at}, Fault: &probes.Fault{Detail: "dial tcp 10.1.2.3:80 from 93.184.216.34"}},
				{ID: 4, Fact: probes.Fetch{To: at, Body: []byte("your key is " + aKey), Header: []probes.Field{{Name: "Set-Cookie", Value: "sid=1234"}}}},
				{ID: 5, Fact: probes.Handshake{To: at, Certificates: [][]byte{{1}}}},
				{ID: 6, Fact: probes.Exchange{URL: anURL, Body: json.RawMessage(`{"contact":["mailto:bob@example.com"]}`)}},
			}}},
		}},
		Issuance: &report.Issuance{
			Steps:       []report.IssuanceStep{{CAFetches: []report.Fetch{{From: "198.51.100.9"}}}},
			Certificate: &report.Certificate{Files: map[string]string{"key": "/etc/ssl/private/example.key"}},
		},
	}
}

// What is to be hidden is hidden wherever it stands; the report itself stays as
// it was, and what is shared stays shared.
func TestRedacted(t *testing.T) {
	r := secretive()
	before := asJSON(t, r)
	out := asJSON(t, Redacted(r))
	if diff := cmp.Diff(before, asJSON(t, r)); diff != "" {
		t.Errorf("the original has changed (-before +after):\n%s", diff)
	}
	for _, secret := range []string{
		"10.1.2.3", "fd00", "93.184.216.34", aToken, "9jg46WB3", "ab-77", "bob", "sid=", "/var/www/shop", "/etc/ssl", "198.51.100.9",
	} {
		if strings.Contains(out, secret) {
			t.Errorf("%s is still there", secret)
		}
	}
	for _, kept := range []string{
		"example.com", "203.0.113.5", "private-1", "private-2", "account-1", "nginx", "domains.txt", "example.key",
		"root /var/www/acme", "127.0.0.1:8888", "[::%private-1]:80", "LoqX…", "left behind: …/x: permission denied",
	} {
		if !strings.Contains(out, kept) {
			t.Errorf("%s is not there:\n%s", kept, out)
		}
	}
	e := Redacted(r).Targets[0].Findings[0].Evidence[0]
	if got := e.Text[e.Span[0]:e.Span[1]]; got != "private-1" {
		t.Errorf("the span is on %q of %q", got, e.Text)
	}
	if again := asJSON(t, Redacted(Redacted(r))); again != out {
		t.Errorf("redacted twice (-once +twice):\n%s", cmp.Diff(out, again))
	}
}

func asJSON(tb testing.TB, r *report.Report) string {
	tb.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(r); err != nil {
		tb.Fatal(err)
	}
	for _, t := range r.Targets { // bodies are in base64
		for _, tr := range t.Traces {
			for _, s := range tr.Steps {
				if f, ok := s.Fact.(probes.Fetch); ok {
					b.Write(f.Body)
				}
			}
		}
	}
	return b.String()
}

func TestHidden(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "nginx/1.24.0 says 403", "nginx/1.24.0 says 403"},
		{"public", "192.0.2.10:80, [2001:db8::10]:80, 8.8.8.8, 2606:4700::1", "192.0.2.10:80, [2001:db8::10]:80, 8.8.8.8, 2606:4700::1"},
		{"private", "10.0.0.1:80 and 192.168.7.8. And 10.0.0.1", "private-1:80 and private-2. And private-1"},
		{"CGNAT", "100.64.1.1", "private-1"},
		{"loopback", "dial tcp 127.0.0.1:1: refused, [::1]:80", "dial tcp private-1:1: refused, [private-2]:80"},
		{"link-local with a zone", "fe80::1%eth0: hello", "private-1: hello"},
		{"ULA", "AAAA fd12:3456::1", "AAAA private-1"},
		{"mapped", "::ffff:10.0.0.1", "private-1"},
		{"behind a word", "error:fd00::1", "error:private-1"},
		{"in a pin", "example.com:80:10.0.0.5", "example.com:80:private-1"},
		{"two in one", "10.0.0.1:10.0.0.2", "private-1:private-2"},
		{"unspecified", "listen [::]:80, 0.0.0.0/0", "listen [::]:80, 0.0.0.0/0"},
		{"no address", "16:22:28 face 10.0.19041.1 a::b::c", "16:22:28 face 10.0.19041.1 a::b::c"},
		{"token", "GET /.well-known/acme-challenge/" + aToken, "GET /.well-known/acme-challenge/LoqX…"},
		{"token in small letters", strings.ToLower(aToken), "loqx…"},
		{"key authorization", aKey, "LoqX….9jg4…"},
		{"another token", "29IJwksiMT9cMoYqQ2WHJa09DmNZsDbmFDhYg2ZqiL0", "29IJ…"},
		{"a long name", "my-very-long-company-name-that-nobody-can-type-2024.example.com", "my-very-long-company-name-that-nobody-can-type-2024.example.com"},
		{"account", "https://acme-v02.api.letsencrypt.org/acme/acct/123 and /acme/order/123/9", "https://acme-v02.api.letsencrypt.org/acme/acct/account-1 and /acme/order/account-1/9"},
		{"another CA's account", anURL + " is it", "https://acme.example/v2/DV90/holder/account-1 is it"},
		{"persist", `letsencrypt.org; accounturi=https://ca.example/acme/acct/7`, `letsencrypt.org; accounturi=https://ca.example/acme/acct/account-1`},
		{"a shop", "https://example.com/order/new", "https://example.com/order/new"},
		{"home", "open /home/bob/x.pem: no", "open …/x.pem: no"},
		{"Windows", `open C:\Users\bob\x.pem: no`, "open …/x.pem: no"},
		{"in HTML", "in <b>/home/bob/index.php</b>", "in <b>…/index.php</b>"},
		{"a relative redirect", "Location: /home/login", "Location: /home/login"},
		{"contact", "mailto:bob@example.com", "mailto:…"},
		{"target", "http-01@example.com", "http-01@example.com"},
		{"password", "https://bob:secret@example.com/", "https://…@example.com/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := knownIn(&report.Report{})
			w.learn(aKey)
			w.accounts = []string{anURL}
			if got := w.hidden(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// No field of a report is forgotten: whatever text it holds, the addresses in
// it are hidden.
func TestRedactedReachesEveryField(t *testing.T) {
	const text = "at 10.9.8.7 now"
	r := secretive()
	fill(reflect.ValueOf(r).Elem(), text)
	out := asJSON(t, Redacted(r))
	if strings.Contains(out, "10.9.8.7") {
		t.Errorf("still there:\n%s", out)
	}
	if strings.Count(out, "private-1") < 40 {
		t.Errorf("few were there at all:\n%s", out)
	}
}

// fill sets every text, and makes one where there is room for it.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), text)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || v.Type() == reflect.TypeFor[probes.Trace]() {
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		if v.Type().Elem().Kind() == reflect.String {
			v.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(text))
		}
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() && v.Type().PkgPath() != "net/netip" {
			for _, f := range v.Fields() {
				fill(f, text)
			}
		}
	default:
	}
}

func TestMoved(t *testing.T) {
	edits := []edit{{2, 10, "private-1"}, {15, 20, "x"}}
	for _, tt := range []struct {
		at   int
		end  bool
		want int
	}{{0, false, 0}, {2, false, 2}, {5, false, 2}, {5, true, 11}, {10, true, 11}, {14, false, 15}, {17, false, 16}, {17, true, 17}, {22, true, 19}} {
		if got := moved(edits, tt.at, tt.end); got != tt.want {
			t.Errorf("%d (end: %v) is moved to %d, want %d", tt.at, tt.end, got, tt.want)
		}
	}
}

func FuzzHidden(f *testing.F) {
	f.Add("at [fd00::1]:80 and /home/bob/x", 3)
	f.Fuzz(func(t *testing.T, s string, at int) {
		w := knownIn(&report.Report{})
		edits := w.edits(s)
		out := apply(edits, s)
		if at < 0 || at > len(s) {
			return
		}
		if from, to := moved(edits, at, false), moved(edits, at, true); from < 0 || from > to || to > len(out) {
			t.Errorf("%q: %d has become %d, %d of %q", s, at, from, to, out)
		}
		if again := w.hidden(out); strings.Count(again, "private-") > strings.Count(out, "private-") {
			t.Errorf("%q has still something private: %q", out, again)
		}
	})
}
