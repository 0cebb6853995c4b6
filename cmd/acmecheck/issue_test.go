package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// A CA that answers everything but the directory and nonces in one way.
func sulky(t *testing.T, answer http.HandlerFunc) (url, bundle string) {
	t.Helper()
	mux := http.NewServeMux()
	s := httptest.NewTLSServer(mux)
	t.Cleanup(s.Close)
	mux.HandleFunc("/directory", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"newNonce":"%[1]s/nonce","newAccount":"%[1]s/account","newOrder":"%[1]s/order","meta":{"termsOfService":"https://ca.example/\u001b[31m"}}`, s.URL)
	})
	mux.HandleFunc("/nonce", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Replay-Nonce", "bm9uY2U") })
	mux.HandleFunc("/", answer)
	bundle = filepath.Join(t.TempDir(), "ca.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(bundle, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL + "/directory", bundle
}

func problem(status int, kind string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Replay-Nonce", "bm9uY2U")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"type":"urn:ietf:params:acme:error:%s","detail":"no\u001b[31m","status":%d}`, kind, status)
	}
}

// What a CA does not like ends the command with the code that says what to do,
// with a whole report, and with nothing in the place of the certificate.
func TestRefusalsOfACA(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		code   int
		retry  bool
		finds  string
	}{
		{"rate limited", problem(429, "rateLimited", "Retry-After", "3600"), 6, true, "acme.limit.reached"},
		{"busy", problem(503, "rateLimited", "Retry-After", "60"), 6, true, ""},
		{"an account that may not", problem(403, "unauthorized"), 5, false, "acme.account.refused"},
		{"nonces that are never good", problem(400, "badNonce"), 3, false, ""},
		{"trouble of its own", problem(500, "serverInternal"), 3, false, ""},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Log in to the hotel") }, 3, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			url, bundle := sulky(t, tt.answer)
			root, place := t.TempDir(), filepath.Join(t.TempDir(), "cert")
			var out, errs bytes.Buffer
			code := execute(t.Context(), []string{
				"issue", "www.example.com", "--webroot", root, "--dir", place, "--ca", url, "--ca-bundle", bundle,
				"--agree-terms", "--no-preflight", "--resolver", "127.0.0.1:1", "--json",
			}, &out, &errs)
			if code != tt.code {
				t.Errorf("exit code %d, want %d:\n%s%s", code, tt.code, errs.String(), out.String())
			}
			var r report.Report
			if err := json.Unmarshal(out.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if err := reportSchema(t)(out.Bytes()); err != nil {
				t.Error(err)
			}
			at, err := time.Parse(time.RFC3339, string(r.Exit.RetryAfter))
			if tt.retry != (err == nil && at.After(time.Now())) || r.Exit.Code != code {
				t.Errorf("exit %+v", r.Exit)
			}
			if tt.finds != "" && !bytes.Contains(out.Bytes(), []byte(`"`+tt.finds+`"`)) {
				t.Errorf("no finding %s:\n%s", tt.finds, out.String())
			}
			if bytes.ContainsRune(errs.Bytes(), '\x1b') || !bytes.Contains(errs.Bytes(), []byte("terms of service of the CA: https://ca.example/")) {
				t.Errorf("stderr: %q", errs.String())
			}
			if _, err := os.Lstat(place); err == nil {
				t.Error("something is in the certificate's place")
			}
			if left, err := os.ReadDir(root); err != nil || len(left) > 0 {
				t.Errorf("left in the webroot: %v %v", left, err)
			}
		})
	}
}

// What a person is told to write may hold what a CA said.
func TestInstructionsAreEscaped(t *testing.T) {
	var out bytes.Buffer
	const text = "Put this here:\n\n  _x. IN TXT \"\x1b[31m\"\n"
	if n, err := fmt.Fprint(escaped{&out}, text); err != nil || n != len(text) {
		t.Fatal(n, err)
	}
	if got, want := out.String(), "Put this here:\n\n  _x. IN TXT \"\\x1b[31m\"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
