package issue_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

// Production is not contacted without the word for it: nothing is dialled.
func TestProductionIsGuarded(t *testing.T) {
	var dialled atomic.Int32
	nobody := func(context.Context, string, string) (net.Conn, error) {
		dialled.Add(1)
		return nil, errors.New("a test never leaves this machine")
	}
	for _, tt := range []struct {
		url     string
		allowed bool
		guarded bool
	}{
		{"https://acme-v02.api.letsencrypt.org/directory", false, true},
		{"https://acme-v02.api.letsencrypt.org.:443/directory", false, true},
		{"https://ACME-V02.API.LETSENCRYPT.ORG/directory", false, true},
		{"https://acme-v03.api.letsencrypt.org/directory", false, true},
		{"https://letsencrypt.org/directory", false, true},
		{"https://acme-v02.api.letsencrypt.org/directory", true, false},
		{"https://acme-staging-v02.api.letsencrypt.org/directory", false, false},
		{"https://notletsencrypt.org/directory", false, false},
	} {
		dialled.Store(0)
		r := &issue.Recorder{Base: issue.NewTransport(issue.TransportOptions{Dial: nobody}), AllowProduction: tt.allowed}
		_, err := issue.Connect(t.Context(), issue.Options{Directory: tt.url, Recorder: r})
		refusal, _ := issue.RefusalOf(err)
		if err == nil || errors.Is(err, issue.ErrProduction) != tt.guarded || (dialled.Load() == 0) != tt.guarded || (refusal.Class == issue.Guarded) != tt.guarded || (r.Requests() == 0) != tt.guarded {
			t.Errorf("%s, allowed %v: %v, dialled %d times", tt.url, tt.allowed, err, dialled.Load())
		}
	}
	if issue.Guarded.Exit() != 7 {
		t.Error("the exit code is not that of a missing confirmation")
	}
}

// A client that follows redirects does not get far, whoever made it.
func TestRecorderFollowsNothing(t *testing.T) {
	f := newFake(t)
	f.on("/dir", http.RedirectHandler("/nonce", http.StatusFound).ServeHTTP)
	r := f.recorder()
	c := &http.Client{Transport: r}
	resp, err := c.Get(f.URL + "/dir")
	if err == nil {
		_ = resp.Body.Close()
		t.Error("followed")
	}
	if f.count("/nonce") != 0 || len(r.Steps()) != 1 {
		t.Errorf("%d requests, %d steps", f.count("/nonce"), len(r.Steps()))
	}
	c.CloseIdleConnections()
}

func TestRecorderIgnoresProxies(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	if p := issue.NewTransport(issue.TransportOptions{}).Proxy; p != nil {
		t.Error("the environment's proxy is used unasked")
	}
	if p := issue.NewTransport(issue.TransportOptions{Proxy: true}).Proxy; p == nil {
		t.Error("the environment's proxy is not used")
	}
}

// A problem is kept with what the library drops, and so are the headers that
// matter.
func TestRecorderKeepsProblems(t *testing.T) {
	f := newFake(t)
	f.on("/dir", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", `<https://ca.example/a>;rel="help"`)
		w.Header().Add("Link", `<https://ca.example/b>;rel="up"`)
		w.Header().Set("Retry-After", "7")
		w.Header().Set("Location", "https://ca.example/x")
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"two","status":403,"instance":"https://ca.example/i","title":7,
			"subproblems":[{"type":"urn:ietf:params:acme:error:caa","detail":"one","identifier":{"type":"dns","value":"a.example"},"subproblems":[{"type":"x"}]},{"type":"t","detail":"two"}`+
			strings.Repeat(`,{"type":"more"}`, 200)+`]}`)
	})
	var seen []probes.Step
	r := f.recorder()
	r.Seen = func(s probes.Step) { seen = append(seen, s) }
	resp, err := (&http.Client{Transport: r}).Get(f.URL + "/dir")
	must(t, err)
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	must(t, resp.Body.Close())
	e := seen[0].Fact.(probes.Exchange)
	if len(seen) != 1 || seen[0].ID != 1 || seen[0].Took <= 0 || e.Method != http.MethodGet || e.Status != 403 || e.RetryAfter != "7" || e.Location != "https://ca.example/x" ||
		len(e.Link) != 2 || e.ContentType != "application/problem+json" || string(e.Body) != string(body) {
		t.Errorf("step %+v", seen)
	}
	p := e.Problem
	if p == nil || p.Short() != "rejectedIdentifier" || p.Instance != "https://ca.example/i" || p.Status != 403 || len(p.Subproblems) != 100 ||
		p.Subproblems[0].Identifier != "a.example" || p.Subproblems[0].Detail != "one" || p.Subproblems[0].Subproblems != nil {
		t.Errorf("problem %+v", p)
	}
	if kept, ok := r.Last(f.URL + "/dir"); !ok || !reflect.DeepEqual(kept, e) {
		t.Errorf("last %+v", kept)
	}
	r.CloseIdleConnections()
}

// Validation records are read as Boulder writes them, and otherwise as far as
// that is possible.
func TestValidationRecord(t *testing.T) {
	addr := netip.MustParseAddr
	for _, tt := range []struct {
		text string
		want issue.ValidationRecord
	}{
		{
			`{"url":"http://www.example.com/x","hostname":"www.example.com","port":"80","addressesResolved":["2001:db8::1","203.0.113.7"],"addressUsed":"203.0.113.7","addressesTried":["2001:db8::1"]}`,
			issue.ValidationRecord{URL: "http://www.example.com/x", Hostname: "www.example.com", Port: "80", AddressesResolved: []netip.Addr{addr("2001:db8::1"), addr("203.0.113.7")}, AddressesTried: []netip.Addr{addr("2001:db8::1")}, AddressUsed: addr("203.0.113.7")},
		},
		{`{"hostname":"example.com","addressUsed":""}`, issue.ValidationRecord{Hostname: "example.com"}},
		{`{"hostname":"example.com","addressesResolved":["nonsense","192.0.2.1"],"addressUsed":"worse"}`, issue.ValidationRecord{Hostname: "example.com", AddressesResolved: []netip.Addr{addr("192.0.2.1")}}},
	} {
		var got issue.ValidationRecord
		must(t, json.Unmarshal([]byte(tt.text), &got))
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s is %+v", tt.text, got)
		}
		b, err := json.Marshal(got)
		must(t, err)
		var again issue.ValidationRecord
		must(t, json.Unmarshal(b, &again))
		if !reflect.DeepEqual(again, got) {
			t.Errorf("%s became %s", tt.text, b)
		}
	}
}

// An invalid authorization comes with all that the CA says of it, whatever the
// order in which it shows its challenges.
func TestAuthorizationOfBoulder(t *testing.T) {
	c := newCustomer(t)
	c.first(9, "/authz/0", func(w http.ResponseWriter, r *http.Request) {
		if c.count("/chal/0") == 0 {
			c.usual(w, r)
			return
		}
		text(200, "application/json", `{"status":"invalid","identifier":{"type":"dns","value":"www.example.com"},"challenges":[
			{"type":"dns-01","status":"pending","token":"token-0"},
			{"type":"http-01","status":"invalid","token":"token-0","error":{"type":"urn:ietf:params:acme:error:connection","detail":"203.0.113.7: Fetching http://www.example.com/: Timeout during connect (likely firewall problem)","status":400},
			"validationRecord":[{"url":"http://www.example.com/","hostname":"www.example.com","port":"80","addressesResolved":["203.0.113.7"],"addressUsed":"203.0.113.7"}]}]}`)(w, r)
	})
	r, err := c.order(t)
	refusal, _ := issue.RefusalOf(err)
	a := r.Authorizations[0]
	if refusal.Class != issue.Validation || a.Status != "invalid" || a.Method != probes.HTTP01 || a.Problem == nil || a.Problem.Short() != "connection" ||
		len(a.Records) != 1 || a.Records[0].AddressUsed != netip.MustParseAddr("203.0.113.7") {
		t.Errorf("%v: %+v", err, a)
	}
	c.clean(t)
}

// A stall in the middle of a body ends with the patience of one exchange.
func TestRecorderPatience(t *testing.T) {
	f := newFake(t)
	f.on("/dir", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		stall(w, r)
	})
	o := f.options()
	o.Recorder.Patience = 100 * time.Millisecond
	_, err := issue.Connect(t.Context(), o)
	e, ok := errors.AsType[*issue.Error](err)
	if !ok || e.Fault == nil || e.Fault.Kind != probes.FaultTimeout || e.Fault.Op != "body" || e.Status != 200 {
		t.Errorf("%+v", e)
	}
	o.Recorder.CloseIdleConnections()
}

// Headers without an end are not read to their end.
func TestRecorderHead(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 200_000))
	}))
	defer s.Close()
	base := issue.NewTransport(issue.TransportOptions{})
	base.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	_, err := issue.Connect(t.Context(), issue.Options{Directory: s.URL, Recorder: &issue.Recorder{Base: base, Patience: 5 * time.Second}})
	if e, ok := errors.AsType[*issue.Error](err); !ok || e.Fault == nil {
		t.Errorf("%v", err)
	}
	base.CloseIdleConnections()
}
