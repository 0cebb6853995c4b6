package issue_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// canned gives the same answer to everything.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c canned) RoundTrip(q *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header, Body: io.NopCloser(bytes.NewReader(c.body)), Request: q}, nil
}

// Whatever a CA answers, there is a directory or a refusal, and a trace that can
// be written and read.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "application/json", "", []byte(`{"newNonce":"https://ca.example/n","newAccount":"https://ca.example/a","newOrder":"https://ca.example/o"}`))
	f.Add(403, "application/problem+json", "120", []byte(`{"type":"urn:ietf:params:acme:error:compound","detail":7,"subproblems":[{"identifier":[]},{"type":"x"}]}`))
	f.Add(503, "text/html", "Fri, 31 Dec 2100 23:59:59 GMT", []byte("<html>"))
	f.Add(429, "application/problem+json;", "-9", []byte("{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":\"retry after 2026-99-99 99:99:99 UTC\xff\"}"))
	f.Fuzz(func(t *testing.T, status int, kind, retry string, body []byte) {
		r := &issue.Recorder{Base: canned{status, http.Header{"Content-Type": {kind}, "Retry-After": {retry}}, body}}
		_, err := issue.Connect(t.Context(), issue.Options{Directory: "https://ca.example/dir", Recorder: r})
		if refusal, ok := issue.RefusalOf(err); ok != (err != nil) || ok && refusal.Class.Exit() == 70 {
			t.Errorf("%v: %+v", err, refusal)
		}
		b, err := json.Marshal(probes.Trace(r.Steps()))
		must(t, err)
		var again probes.Trace
		must(t, json.Unmarshal(b, &again))
	})
}

func FuzzValidationRecord(f *testing.F) {
	f.Add([]byte(`{"hostname":"x","addressUsed":"","addressesResolved":["192.0.2.1","fe80::1%eth0"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v, again issue.ValidationRecord
		if json.Unmarshal(b, &v) != nil {
			return
		}
		out, err := json.Marshal(v)
		must(t, err)
		must(t, json.Unmarshal(out, &again))
	})
}

func FuzzDecodeKey(f *testing.F) {
	for _, t := range []issue.KeyType{issue.P256, issue.RSA2048} {
		k, err := t.New()
		must(f, err)
		b, err := issue.EncodeKey(k)
		must(f, err)
		f.Add(b)
	}
	f.Add([]byte("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := issue.DecodeKey(b)
		if err == nil {
			_, err = issue.EncodeKey(k)
			must(t, err)
		}
	})
}

func FuzzNear(f *testing.F) {
	f.Add("example.com", "*.EXAMPLE.com", int64(0))
	f.Add("192.0.2.1", "", int64(-5))
	f.Fuzz(func(t *testing.T, a, b string, seconds int64) {
		ids := []probes.Identifier{probes.Identifier(a), probes.Identifier(b)}
		records := events(60, issue.Issued, ids...)
		records[0].At = noon.AddDate(0, 0, int(seconds%10_000))
		for _, n := range issue.LetsEncryptLimits.Near(records, issue.Plan{Directory: production, Account: acct, Identifiers: ids}, noon) {
			if n.Used <= 0 || n.Free.Before(noon) {
				t.Errorf("%+v", n)
			}
		}
	})
}
