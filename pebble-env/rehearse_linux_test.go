package lab_test

// acmecheck rehearse on a server whose CA is outside, across a router: what a
// firewall there keeps from the CA, and what acmecheck makes of it.

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

const (
	rehearsed  = "rdsgw4.example.org"
	outsideDNS = "challenge http-01 " + rehearsed + "\ndns " + rehearsed + " A " + server4 + "\n"
	outsideCA  = "198.51.100.10:14000"
)

// sources are where the CA looks from, its primary first.
var sources = []string{"198.51.100.10", "198.51.100.11", "198.51.100.12", "198.51.100.13", "198.51.100.14"}

// outsideCert makes a certificate for the CA's API, and its files.
func outsideCert(t *testing.T) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP(sources[0])}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	p, err := x509.MarshalPKCS8PrivateKey(k)
	cert, key = dir+"/cert.pem", dir+"/key.pem"
	err = errors.Join(err,
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: p}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// rehearse runs the command on the server, with a home of its own.
func (s street) rehearse(t *testing.T, bin, bundle, home string) (said string, code int) {
	t.Helper()
	c := command(t.Context(), bin, "rehearse", rehearsed, "--ca", "https://"+outsideCA+"/dir", "--ca-bundle", bundle, "--agree-terms",
		"--resolver", world.Resolver.String(), "--treat-as-public", public)
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+home, "HOME="+home, "HTTPS_PROXY=", "https_proxy=")
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	if _, exited := errors.AsType[*exec.ExitError](s.server.run(c)); !exited && c.ProcessState == nil {
		t.Fatal("it did not start")
	}
	return out.String(), c.ProcessState.ExitCode()
}

// tells requires and forbids texts.
func tells(t *testing.T, said string, want, never []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("no %q in:\n%s", w, said)
		}
	}
	for _, n := range never {
		if strings.Contains(said, n) {
			t.Errorf("%q in:\n%s", n, said)
		}
	}
}

// The third screen of story 1 (reference/stories.md): the CA is Pebble, and the
// firewall lets only answers in.
func TestRehearseFiltered(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft") {
		return
	}
	s := newStreet(t, outsideDNS)
	cert := startOutsidePebble(t, s)
	s.router.filter(t, "inet", "chain forward { type filter hook forward priority 0\niifname client ct state established,related accept\niifname client drop\n}")
	said, code := s.rehearse(t, build(t), cert, t.TempDir())
	if code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	tells(t, said, []string{
		"error[net.inbound.filtered]", "0 requests", "0 requests arrived", "fix:   (the firewall team) permit inbound NEW TCP 80 from any source to " + server4,
		"There is no list of CA addresses",
	}, []string{"198.51.100.11", "acmecheck: finalize", "acmecheck: download"})
}

// startOutsidePebble starts Pebble in the client's namespace, and returns what to trust.
func startOutsidePebble(t *testing.T, s street) (cert string) {
	t.Helper()
	bin := t.TempDir() + "/pebble"
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "github.com/letsencrypt/pebble/v2/cmd/pebble").CombinedOutput(); err != nil {
		t.Fatalf("building pebble: %v\n%s", err, out)
	}
	cert, key := outsideCert(t)
	b, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": outsideCA, "certificate": cert, "privateKey": key,
		"httpPort": 80, "tlsPort": 443, "keyAlgorithm": "ecdsa", "retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err = errors.Join(err, os.WriteFile(cert+".json", b, 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	c := command(ctx, bin, "-config", cert+".json", "-dnsserver", world.Resolver.String())
	c.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	if err := s.client.do(c.Start); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	if err := s.client.do(func() error { return await(t.Context(), outsideCA) }); err != nil {
		t.Fatal(err)
	}
	return cert
}

// The CA looks from five places, of which a firewall may know some.
func TestRehearsePerspectives(t *testing.T) {
	t.Parallel()
	if !inEmptyNamespace(t, "ip", "nft") {
		return
	}
	s := newStreet(t, outsideDNS)
	for _, a := range sources[1:] {
		s.client.ip(t, "addr add "+a+"/24 dev eth0")
	}
	cert, key := outsideCert(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	ca := &perspectives{from: s.client, authz: map[string]*looked{}}
	l := tls.NewListener(s.client.listen(t, outsideCA), &tls.Config{Certificates: []tls.Certificate{pair}}) //nolint:gosec // its only client is acmecheck
	srv := &http.Server{Handler: ca}                                                                        //nolint:gosec // the same
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	bin := build(t)
	for _, tt := range []struct {
		name        string
		blocked     []string
		code        int
		want, never []string
	}{
		{"one of five is blocked", sources[4:], 0, []string{"4 requests"}, []string{"vantage.quorum.missed"}},
		{
			"two of five are blocked", sources[3:], 5,
			[]string{"error[vantage.quorum.missed]", "3 requests", "During secondary validation", "Their addresses change"},
			[]string{sources[3], sources[4], "acmecheck: finalize"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.router.filter(t, "inet", "chain forward { type filter hook forward priority 0\nip saddr { "+strings.Join(tt.blocked, ", ")+" } tcp dport 80 reject with tcp reset\n}")
			home := t.TempDir()
			for range 2 { // a second rehearsal is as real as the first
				before := ca.passed()
				said, code := s.rehearse(t, bin, cert, home)
				if code != tt.code || ca.passed()-before != len(sources)-len(tt.blocked) {
					t.Errorf("exit code %d, want %d; %d looks passed:\n%s", code, tt.code, ca.passed()-before, said)
				}
				tells(t, said, tt.want, tt.never)
			}
		})
	}
}

// perspectives is as much of a CA as a rehearsal meets. It checks no signature,
// and reuses a valid authorization that nobody has deactivated.
type perspectives struct {
	from host

	mu     sync.Mutex // guards what is below
	authz  map[string]*looked
	latest string
	came   int
}

// looked is the state of an authorization.
type looked struct{ status, detail string }

func (p *perspectives) passed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.came
}

func (p *perspectives) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	base := "https://" + outsideCA
	w.Header().Set("Replay-Nonce", base64.RawURLEncoding.EncodeToString([]byte(rand.Text())))
	w.Header().Set("Content-Type", "application/json")
	kind, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	code, answer := http.StatusOK, any(nil)
	switch payload, thumb := opened(r); kind {
	case "dir":
		answer = map[string]string{"newNonce": base + "/nonce", "newAccount": base + "/account", "newOrder": base + "/new", "revokeCert": base + "/revoke", "keyChange": base + "/key"}
	case "account":
		code, answer = http.StatusCreated, map[string]string{"status": "valid"}
		w.Header().Set("Location", base+"/account/"+thumb)
	case "new":
		if a := p.authz[p.latest]; a == nil || a.status != "valid" {
			p.latest = rand.Text()
			p.authz[p.latest] = &looked{status: "pending"}
		}
		code, answer = http.StatusCreated, p.order(base, p.latest)
		w.Header().Set("Location", base+"/order/"+p.latest)
	case "order":
		answer = p.order(base, id)
	case "authz":
		if strings.Contains(payload, "deactivated") {
			p.authz[id].status = "deactivated"
		}
		answer = p.authorization(base, id)
	case "challenge":
		p.look(p.authz[id], id)
		w.Header().Add("Link", "<"+base+"/authz/"+id+`>;rel="up"`)
		answer = p.challenge(base, id)
	}
	w.WriteHeader(code)
	if answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// opened is the payload of a request, unverified.
func opened(r *http.Request) (payload, id string) {
	var jws struct{ Payload, Signature string }
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &jws)
	text, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	return string(text), rand.Text()
}

func (p *perspectives) order(base, id string) any {
	status := map[string]string{"pending": "pending", "valid": "ready"}[p.authz[id].status]
	if status == "" {
		status = "invalid"
	}
	return map[string]any{
		"status": status, "identifiers": []any{map[string]string{"type": "dns", "value": rehearsed}},
		"authorizations": []string{base + "/authz/" + id}, "finalize": base + "/finalize/" + id,
	}
}

func (p *perspectives) authorization(base, id string) any {
	return map[string]any{
		"status": p.authz[id].status, "identifier": map[string]string{"type": "dns", "value": rehearsed},
		"expires": time.Now().Add(time.Hour).UTC().Format(time.RFC3339), "challenges": []any{p.challenge(base, id)},
	}
}

func (p *perspectives) challenge(base, id string) any {
	a := p.authz[id]
	c := map[string]any{"type": "http-01", "url": base + "/challenge/" + id, "token": id, "status": a.status}
	if a.detail != "" {
		c["error"] = map[string]any{"type": "urn:ietf:params:acme:error:connection", "detail": a.detail, "status": 400}
	}
	return c
}

// look looks from everywhere: the primary and three of its four companions have
// to see the answer. What fails is told as Let's Encrypt does.
func (p *perspectives) look(a *looked, token string) {
	if a.status != "pending" {
		return
	}
	url := "http://" + rehearsed + "/.well-known/acme-challenge/" + token
	missed := 0
	for i, source := range sources {
		if err := p.get(source, url); err == nil {
			p.came++
		} else if missed++; i == 0 {
			missed = len(sources)
		}
	}
	if a.status = "valid"; missed > 1 {
		a.status, a.detail = "invalid", "During secondary validation: "+server4+": Fetching "+url+": Timeout during connect (likely firewall problem)"
	}
}

// get looks once, from an address.
func (p *perspectives) get(source, url string) error {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}, Timeout: 2 * time.Second}
	t := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (c net.Conn, err error) {
		err = p.from.do(func() (err error) {
			c, err = d.DialContext(ctx, "tcp", server4+":80")
			return err
		})
		return c, err
	}}
	r, err := (&http.Client{Transport: t, Timeout: 5 * time.Second}).Get(url)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(b), ".") {
		return fmt.Errorf("status %d, %q: %w", r.StatusCode, b, err)
	}
	return nil
}
