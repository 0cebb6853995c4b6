package issue_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

func TestFakeIsGood(t *testing.T) {
	c := newCustomer(t)
	r, err := c.order(t, "a.example.com", "b.example.com", "192.0.2.1")
	must(t, err)
	if r.Leaf() == nil || r.Status != "valid" {
		t.Errorf("result %+v", r)
	}
	for _, s := range r.Trace[1:] {
		if e := s.Fact.(probes.Exchange); strings.Contains(string(e.Body), "secret@") {
			t.Errorf("the trace holds a contact: %s", e.Body)
		}
	}
	c.clean(t)
}

// Every type of RFC 8555 §6.7, when an order is placed: the right class, at
// once, and nothing is asked twice.
func TestEveryProblem(t *testing.T) {
	for short, want := range map[string]issue.Class{
		"accountDoesNotExist": issue.AccountUnknown, "alreadyReplaced": issue.BadRequest, "alreadyRevoked": issue.BadRequest,
		"badCSR": issue.BadRequest, "badPublicKey": issue.BadRequest, "badRevocationReason": issue.BadRequest,
		"badSignatureAlgorithm": issue.BadRequest, "caa": issue.Validation, "compound": issue.BadRequest,
		"connection": issue.Validation, "dns": issue.Validation, "externalAccountRequired": issue.ExternalAccount,
		"incorrectResponse": issue.Validation, "invalidContact": issue.AccountRefused, "invalidProfile": issue.BadRequest,
		"malformed": issue.BadRequest, "orderNotReady": issue.OutOfStep, "rateLimited": issue.RateLimited,
		"rejectedIdentifier": issue.Forbidden, "serverInternal": issue.Trouble, "tls": issue.Validation,
		"unauthorized": issue.AccountRefused, "unsupportedContact": issue.AccountRefused,
		"unsupportedIdentifier": issue.Forbidden, "userActionRequired": issue.Terms, "somethingNew": issue.BadRequest,
	} {
		t.Run(short, func(t *testing.T) {
			c := newCustomer(t)
			c.on("/order", problem(http.StatusForbidden, short))
			_, err := c.order(t)
			r, ok := issue.RefusalOf(err)
			p, is := errors.AsType[*probes.ACMEProblem](err)
			if !ok || r.Class != want || r.Stage != issue.StageOrder || !is || p.Short() != short || p.Detail != "because" {
				t.Errorf("%v: %+v, want %s", err, r, want)
			}
			if c.count("/order") != 1 {
				t.Errorf("%d requests", c.count("/order"))
			}
			c.clean(t)
		})
	}
}

const newOrder = "/order"

// What else a CA, or what stands in its place, can do at any stage: the right
// class, in a bounded time, and no request that may have arrived is sent again.
func TestOdd(t *testing.T) {
	html := text(200, "text/html; charset=utf-8", "<html><h1>Welcome to the hotel</h1>")
	huge := text(200, "application/json", `{"a":"`+strings.Repeat("x", 70_000)+`"}`)
	for _, tt := range []struct {
		name, path string
		how        http.HandlerFunc
		stage      issue.Stage
		want       issue.Class
		hits       int
	}{
		{"HTML instead of a directory", "/dir", html, issue.StageDirectory, issue.NotACME, 1},
		{"an error page", "/dir", text(502, "text/html", "<html>Bad gateway"), issue.StageDirectory, issue.NotACME, 1},
		{"not found", "/dir", text(404, "text/plain", "no"), issue.StageDirectory, issue.NotACME, 1},
		{"no JSON", "/dir", text(200, "application/json", `{"newNonce":`), issue.StageDirectory, issue.NotACME, 1},
		{"another JSON", "/dir", text(200, "application/json", `{"hello":"world"}`), issue.StageDirectory, issue.NotACME, 1},
		{"a list", "/dir", text(200, "application/json", `[1]`), issue.StageDirectory, issue.NotACME, 1},
		{"too much", "/dir", huge, issue.StageDirectory, issue.NotACME, 1},
		{"maintenance", "/dir", text(503, "text/plain", "later"), issue.StageDirectory, issue.Busy, 1},
		{"a redirect", "/dir", http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP, issue.StageDirectory, issue.NotACME, 1},
		{"a stall", "/dir", stall, issue.StageDirectory, issue.Unreachable, 1},
		{"no nonce", "/nonce", text(500, "text/plain", "oops"), issue.StageAccount, issue.Trouble, 1},
		{"a stalled nonce", "/nonce", stall, issue.StageAccount, issue.Unreachable, 1},
		{"no account", "/account", problem(403, "unauthorized"), issue.StageAccount, issue.AccountRefused, 1},
		{"an account nowhere", "/account", text(201, "application/json", `{"status":"valid"}`), issue.StageAccount, issue.NotACME, 1},
		{"new terms", "/account", problem(403, "userActionRequired", "Link", `<https://ca.example/terms>;rel="terms-of-service"`), issue.StageAccount, issue.Terms, 1},
		{"bad nonces", newOrder, problem(400, "badNonce"), issue.StageOrder, issue.Trouble, 5},
		{"too many", newOrder, problem(429, "rateLimited", "Retry-After", "3600"), issue.StageOrder, issue.RateLimited, 1},
		{"too many, without words", newOrder, text(429, "text/plain", "slow down"), issue.StageOrder, issue.RateLimited, 1},
		{"busy", newOrder, problem(503, "rateLimited", "Retry-After", "3600"), issue.StageOrder, issue.Busy, 1},
		{"broken", newOrder, problem(500, "serverInternal"), issue.StageOrder, issue.Trouble, 3},
		{"broken JSON", newOrder, text(201, "application/json", `{"status":`), issue.StageOrder, issue.NotACME, 1},
		{"broken problem", newOrder, text(400, "application/problem+json", `{"type":`), issue.StageOrder, issue.NotACME, 1},
		{"too large", newOrder, huge, issue.StageOrder, issue.NotACME, 1},
		{"cut off", newOrder, drop, issue.StageOrder, issue.Unreachable, 1},
		{"stalled", newOrder, stall, issue.StageOrder, issue.Unreachable, 1},
		{"to production", newOrder, elsewhere("https://acme-v02.api.letsencrypt.org/acme/authz/1"), issue.StageAuthorizations, issue.Guarded, 1},
		{"to plain HTTP", newOrder, elsewhere("http://ca.example/authz/1"), issue.StageAuthorizations, issue.NotACME, 1},
		{"no authorization", "/authz/0", problem(404, "malformed"), issue.StageAuthorizations, issue.BadRequest, 1},
		{"a token with a path", "/authz/0", text(200, "application/json", `{"status":"pending","identifier":{"type":"dns","value":"www.example.com"},"challenges":[{"type":"http-01","token":"../../etc/passwd"}]}`), issue.StageAuthorizations, issue.NotACME, 1},
		{"no method of ours", "/authz/0", text(200, "application/json", `{"status":"pending","identifier":{"type":"dns","value":"www.example.com"},"challenges":[{"type":"new-01","token":"a"}]}`), issue.StageAuthorizations, issue.Local, 1},
		{"no challenge", "/chal/0", problem(400, "malformed"), issue.StageChallenge, issue.BadRequest, 1},
		{"a challenge cut off", "/chal/0", drop, issue.StageChallenge, issue.Unreachable, 1},
		{"not finalized", "/fin", problem(403, "orderNotReady"), issue.StageFinalize, issue.OutOfStep, 3},
		{"a bad request", "/fin", problem(400, "badCSR"), issue.StageFinalize, issue.BadRequest, 1},
		{"finalizing cut off", "/fin", drop, issue.StageFinalize, issue.Unreachable, 1},
		{"no order any more", "/o", text(200, "application/json", `{"status":"invalid","error":{"type":"urn:ietf:params:acme:error:caa","detail":"no"}}`), issue.StageFinalize, issue.Validation, 1},
		{"an order that fails for nothing", "/o", text(200, "application/json", `{"status":"invalid"}`), issue.StageFinalize, issue.NotACME, 1},
		{"no certificate", "/cert", text(200, "application/pem-certificate-chain", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"), issue.StageDownload, issue.NotACME, 1},
		{"a page", "/cert", html, issue.StageDownload, issue.NotACME, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCustomer(t)
			c.options.Recorder.Patience = 400 * time.Millisecond
			c.on(tt.path, tt.how)
			began := time.Now()
			_, err := c.order(t)
			r, ok := issue.RefusalOf(err)
			if !ok || r.Class != tt.want || r.Stage != tt.stage {
				t.Errorf("%v: %+v, want %s at %s", err, r, tt.want, tt.stage)
			}
			if c.count(tt.path) != tt.hits {
				t.Errorf("%d requests, want %d", c.count(tt.path), tt.hits)
			}
			if d := time.Since(began); d > 4*time.Second {
				t.Errorf("took %s", d)
			}
			if d := r.Retry.Sub(began); r.Class == issue.Busy && !r.Retry.IsZero() && (d < 3599*time.Second || d > 3610*time.Second) {
				t.Errorf("come back in %s", d)
			}
			if r.Class == issue.Terms && r.URL != "https://ca.example/terms" {
				t.Errorf("terms at %q", r.URL)
			}
			c.clean(t)
		})
	}
}

// elsewhere is an order whose authorization is somewhere.
func elsewhere(at string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://ca.example/o")
		answer(w, 201, map[string]any{"status": "pending", "authorizations": []string{at}, "finalize": at})
	}
}

// What passes, passes.
func TestHiccups(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		times      int
		how        http.HandlerFunc
	}{
		{"bad nonces", newOrder, 2, problem(400, "badNonce")},
		{"an error", newOrder, 1, problem(500, "serverInternal")},
		{"not ready yet", "/fin", 1, problem(403, "orderNotReady")},
		{"polls that fail", "/o", 3, problem(503, "rateLimited", "Retry-After", "0")},
		{"polls that are cut off", "/o", 2, drop},
		{"Retry-After in the past", "/o", 2, slow("-1")},
		{"Retry-After in a year", "/o", 2, slow("31536000")},
		{"Retry-After at a date", "/o", 2, slow("Fri, 31 Dec 2100 23:59:59 GMT")},
		{"Retry-After that is none", "/o", 2, slow("soon")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCustomer(t)
			c.first(tt.times, tt.path, tt.how)
			_, err := c.order(t)
			must(t, err)
			if n := c.count(tt.path); n != tt.times+1 && tt.path != "/fin" {
				t.Errorf("%d requests", n)
			}
			c.clean(t)
		})
	}
}

// slow is an order under way.
func slow(retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		answer(w, 200, map[string]string{"status": "processing"})
	}
}

func TestUndecided(t *testing.T) {
	c := newCustomer(t)
	c.options.Poll.Total = 50 * time.Millisecond
	c.on("/chal/0", text(200, "application/json", "{}"))
	_, err := c.order(t)
	if r, _ := issue.RefusalOf(err); r.Class != issue.Undecided || r.Stage != issue.StageWait || r.Class.Exit() != 3 {
		t.Errorf("%v: %+v", err, r)
	}
	c.clean(t)
}

// A CA that leads in circles: "up" leads to itself.
func TestEndless(t *testing.T) {
	c := newCustomer(t)
	c.on("/cert", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "<"+c.URL+`/cert>;rel="up"`)
		c.usual(w, r)
	})
	_, err := c.order(t)
	if r, _ := issue.RefusalOf(err); r.Stage != issue.StageDownload || c.count("/cert") > 40 {
		t.Errorf("%v: %+v after %d requests", err, r, c.count("/cert"))
	}
	c.clean(t)
}

func TestUnreachable(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	closed := l.Addr().String()
	must(t, l.Close())
	for _, tt := range []struct {
		name, url string
		want      issue.Class
		op        string
	}{
		{"nobody", "https://" + closed + "/dir", issue.Unreachable, "dial"},
		{"plain HTTP", strings.Replace(plain.URL, "http:", "https:", 1) + "/dir", issue.NotACME, "handshake"},
		{"a stranger's certificate", secure.URL + "/dir", issue.Unreachable, "handshake"},
		{"no name", "https://nobody.invalid/dir", issue.Unreachable, "lookup"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dial := func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasPrefix(address, "nobody.invalid") {
					return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
				}
				var d net.Dialer
				return d.DialContext(ctx, network, address)
			}
			r := &issue.Recorder{Base: issue.NewTransport(issue.TransportOptions{Dial: dial}), Patience: time.Second}
			_, err := issue.Connect(t.Context(), issue.Options{Directory: tt.url, Recorder: r})
			refusal, _ := issue.RefusalOf(err)
			e, ok := errors.AsType[*issue.Error](err)
			if !ok || refusal.Class != tt.want || e.Fault == nil || len(r.Steps()) != 1 {
				t.Fatalf("%v: %+v, want %s", err, refusal, tt.want)
			}
			if tt.op != "lookup" && e.Fault.Op != tt.op { // a dial of our own does not tell
				t.Errorf("fault %+v, want one of the %s", e.Fault, tt.op)
			}
		})
	}
	for _, bad := range []string{"", "http://ca.example/dir", "ca.example", "https:///dir", "https://u:p@ca.example/dir", "ftp://x/"} {
		if _, err := issue.Connect(t.Context(), issue.Options{Directory: bad}); err == nil {
			t.Errorf("%q was taken for a directory", bad)
		}
	}
}
