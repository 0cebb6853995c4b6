package lab_test

// Pebble as its makers build it: a CA that acmecheck reaches as any other.

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A notary is the program pebble, in a namespace's own loopback.
type notary struct {
	directory string
	bundle    string // the file to trust to reach it
	log       string // the file of what it was asked
	roots     *x509.CertPool
}

const (
	notaryAt     = "127.0.0.1:14000"
	notaryDeskAt = "127.0.0.1:15000" // management
)

// newNotary builds and starts Pebble. It validates at the true ports, and
// asks the resolver of the namespace.
func newNotary(t *testing.T) *notary {
	t.Helper()
	dir := t.TempDir()
	n := &notary{directory: "https://" + notaryAt + "/dir", bundle: dir + "/cert.pem", log: dir + "/log"}
	bin := dir + "/pebble"
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "github.com/letsencrypt/pebble/v2/cmd/pebble").CombinedOutput(); err != nil {
		t.Fatalf("building pebble: %v\n%s", err, out)
	}
	trust := selfSigned(t, n.bundle, dir+"/key.pem")
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": notaryAt, "managementListenAddress": notaryDeskAt, "certificate": n.bundle, "privateKey": dir + "/key.pem",
		"httpPort": 80, "tlsPort": 443, "keyAlgorithm": "ecdsa", "retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err = errors.Join(err, os.WriteFile(dir+"/config.json", config, 0o600)); err != nil {
		t.Fatal(err)
	}
	n.start(t, bin, dir+"/config.json")
	awaitPort(t, notaryAt)
	awaitPort(t, notaryDeskAt)
	n.readRoots(t, trust)
	return n
}

// start runs Pebble until the test ends.
func (n *notary) start(t *testing.T, bin, config string) {
	t.Helper()
	log, err := os.Create(n.log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	c := command(ctx, bin, "-config", config, "-dnsserver", world.Resolver.String())
	c.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0") // TestCABadNonces is about those
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = c.Wait()
		_ = log.Close()
		if t.Failed() {
			t.Logf("Pebble says:\n%s", tail(n.said(t)))
		}
	})
}

// said is all that Pebble has logged.
func (n *notary) said(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(n.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// asked counts the requests of ACME clients.
func (n *notary) asked(t *testing.T) int {
	t.Helper()
	return strings.Count(n.said(t), "calling handler()")
}

// readRoots fetches the root of what Pebble issues.
func (n *notary) readRoots(t *testing.T, trust *x509.CertPool) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}, DisableKeepAlives: true}} //nolint:gosec // the server decides
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+notaryDeskAt+"/roots/0", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if n.roots = x509.NewCertPool(); err != nil || !n.roots.AppendCertsFromPEM(b) {
		t.Fatalf("no root: %v: %s", err, b)
	}
}

// selfSigned makes what Pebble's API shows, and trust in it.
func selfSigned(t *testing.T, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	err = errors.Join(err,
		os.WriteFile(certFile, certPEM, 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return pool
}
