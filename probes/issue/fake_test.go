package issue_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

// A fake CA believes everything, checks no signature, and misbehaves on demand.
type fake struct {
	*httptest.Server

	key    *ecdsa.PrivateKey
	issuer *x509.Certificate

	mu     sync.Mutex
	odd    map[string]http.HandlerFunc // by path: instead of what is usual
	hits   map[string]int
	ids    []json.RawMessage
	valid  map[string]bool // authorizations
	status string          // of the order
	chain  []byte
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{odd: map[string]http.HandlerFunc{}, hits: map[string]int{}}
	f.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.issuer = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte{1}}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.EnableHTTP2 = false
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

// on replaces the answer of a path.
func (f *fake) on(path string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.odd[path] = h
}

// first replaces the next n answers of a path.
func (f *fake) first(n int, path string, h http.HandlerFunc) {
	f.on(path, func(w http.ResponseWriter, r *http.Request) {
		if f.count(path) <= n {
			h(w, r)
			return
		}
		f.usual(w, r)
	})
}

func (f *fake) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits[path]
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.mu.Lock()
	f.hits[r.URL.Path]++
	odd := f.odd[r.URL.Path]
	f.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	if odd != nil {
		odd(w, r)
		return
	}
	f.usual(w, r)
}

// said is as much of a payload as the fake CA wants to know.
type said struct {
	Identifiers []json.RawMessage
	CSR, Status string
	Key         string // a digest of the header with the key, if there is one
}

// payload is what a request says, whoever signed it.
func payload(r *http.Request) (p said) {
	var jws struct{ Protected, Payload string }
	_ = json.NewDecoder(r.Body).Decode(&jws)
	b, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	_ = json.Unmarshal(b, &p)
	var head struct{ JWK json.RawMessage }
	b, _ = base64.RawURLEncoding.DecodeString(jws.Protected)
	_ = json.Unmarshal(b, &head)
	p.Key = fmt.Sprintf("%x", sha256.Sum256(head.JWK))
	return p
}

func (f *fake) usual(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := payload(r)
	at := r.URL.Path
	switch {
	case at == "/dir":
		answer(w, 200, map[string]any{"newNonce": f.URL + "/nonce", "newAccount": f.URL + "/account", "newOrder": f.URL + "/order", "renewalInfo": f.URL + "/ari", "meta": map[string]any{"termsOfService": f.URL + "/terms"}})
	case at == "/nonce":
	case at == "/account":
		w.Header().Set("Location", f.URL+"/acct/"+p.Key)
		answer(w, 201, map[string]any{"status": "valid", "contact": []string{"mailto:secret@example.com"}})
	case at == "/order":
		f.ids, f.valid, f.status = p.Identifiers, map[string]bool{}, "pending"
		w.Header().Set("Location", f.URL+"/o")
		answer(w, 201, f.order())
	case strings.HasPrefix(at, "/authz/"):
		status := "pending"
		if f.valid[last(at)] {
			status = "valid"
		}
		if p.Status != "" {
			status = p.Status
		}
		answer(w, 200, map[string]any{"status": status, "identifier": f.ids[at[len(at)-1]-'0'], "challenges": []map[string]string{
			{"type": "http-01", "url": f.URL + "/chal/" + last(at), "status": status, "token": "token-" + last(at)},
		}})
	case strings.HasPrefix(at, "/chal/"):
		f.valid[last(at)] = true
		answer(w, 200, map[string]string{"type": "http-01", "status": "pending", "url": f.URL + at})
	case at == "/fin":
		f.sign(p.CSR)
		f.status = "processing"
		answer(w, 200, f.order())
		f.status = "valid"
	case at == "/o":
		if f.status == "pending" && len(f.valid) == len(f.ids) {
			f.status = "ready"
		}
		answer(w, 200, f.order())
	case at == "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(f.chain)
	default:
		http.NotFound(w, r)
	}
}

func (f *fake) order() map[string]any {
	var authzs []string
	for i := range f.ids {
		authzs = append(authzs, fmt.Sprintf("%s/authz/%d", f.URL, i))
	}
	return map[string]any{"status": f.status, "authorizations": authzs, "finalize": f.URL + "/fin", "certificate": f.URL + "/cert"}
}

func (f *fake) sign(csr string) {
	der, _ := base64.RawURLEncoding.DecodeString(csr)
	q, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), DNSNames: q.DNSNames, IPAddresses: q.IPAddresses}
	der, _ = x509.CreateCertificate(rand.Reader, leaf, f.issuer, q.PublicKey, f.key)
	f.chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// problem answers with a problem document.
func problem(status int, short string, more ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(more); i += 2 {
			w.Header().Add(more[i], more[i+1])
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"type":"urn:ietf:params:acme:error:%s","detail":"because","status":%d}`, short, status)
	}
}

// text answers with a body of any kind.
func text(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// stall does not answer until the client has had enough.
func stall(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// drop closes the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

// recorder reaches the fake CA, with little patience.
func (f *fake) recorder() *issue.Recorder {
	t := issue.NewTransport(issue.TransportOptions{})
	t.TLSClientConfig = &tls.Config{RootCAs: f.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	return &issue.Recorder{Base: t, Patience: 2 * time.Second}
}

// options are those of a connection to the fake CA.
func (f *fake) options() issue.Options {
	return issue.Options{Directory: f.URL + "/dir", Recorder: f.recorder(), Poll: issue.Poll{First: time.Millisecond, Most: 20 * time.Millisecond, Total: 5 * time.Second}}
}

// A customer of the fake CA has a solver, a store, and a way to find goroutines
// that are left.
type customer struct {
	*fake
	options issue.Options
	solver  tally
	store   issue.Store
}

func newCustomer(t *testing.T) *customer {
	t.Helper()
	f := newFake(t)
	return &customer{fake: f, options: f.options(), store: issue.Store{Dir: t.TempDir()}}
}

// order goes all the way.
func (c *customer) order(t *testing.T, names ...probes.Identifier) (issue.Result, error) {
	t.Helper()
	return c.under(t.Context(), issue.Hooks{}, names...)
}

// under goes all the way under a context.
func (c *customer) under(ctx context.Context, h issue.Hooks, names ...probes.Identifier) (issue.Result, error) {
	ca, err := issue.Connect(ctx, c.options)
	if err != nil {
		return issue.Result{}, err
	}
	defer ca.Close()
	a, err := c.store.Account(ctx, ca, issue.Registration{AgreeTerms: true})
	if err != nil {
		return issue.Result{}, err
	}
	return c.flow(ca, a, names...).Run(ctx, h)
}

func (c *customer) flow(ca *issue.CA, a *issue.Account, names ...probes.Identifier) *issue.Flow {
	if len(names) == 0 {
		names = []probes.Identifier{"www.example.com"}
	}
	f := &issue.Flow{CA: ca, Account: a, Solvers: solvers(&c.solver)}
	for _, n := range names {
		f.Targets = append(f.Targets, probes.Target{Identifier: n})
	}
	return f
}

// clean requires that nothing is left of a flow: no answer, no unfinished file,
// no goroutine.
func (c *customer) clean(t *testing.T) {
	t.Helper()
	if n := c.solver.left(); n != 0 {
		t.Errorf("%d answers left behind", n)
	}
	c.Close()
	alone(t)
}

// alone waits for the goroutines of clients to end.
func alone(t *testing.T) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		var b strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&b, 2)
		left := ""
		for g := range strings.SplitSeq(b.String(), "\n\n") {
			if strings.Contains(g, "probes/issue.") || strings.Contains(g, "(*persistConn)") || strings.Contains(g, "(*Transport)") {
				left += g + "\n\n"
			}
		}
		if left == "" {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("goroutines left:\n%s", left)
		}
	}
}
