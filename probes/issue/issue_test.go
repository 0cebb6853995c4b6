package issue_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

// Every method, and several in one order, leads to a certificate for what was
// asked, and to nothing else: no answer is left behind, no secret is recorded.
func TestIssue(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	for _, tt := range []struct {
		name    string
		targets []string
	}{
		{"http-01", []string{"http-01@www.lab.test"}},
		{"dns-01, wildcard and base", []string{"dns-01@*.lab.test", "dns-01@lab.test"}},
		{"tls-alpn-01", []string{"tls-alpn-01@alpn.lab.test"}},
		{"dns-account-01", []string{"dns-account-01@*.account.lab.test"}},
		{"dns-persist-01", []string{"dns-persist-01@persist.lab.test"}},
		{"address", []string{"http-01@127.0.0.1"}},
		{"address by tls-alpn-01", []string{"tls-alpn-01@[::1]"}},
		{"a method for each", []string{"http-01@a.lab.test", "dns-01@b.lab.test", "tls-alpn-01@c.lab.test", "dns-account-01@*.d.lab.test", "http-01@127.0.0.1"}},
		{"no method named", []string{"e.lab.test", "*.e.lab.test"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := w.flow(t, issue.Registration{}, tt.targets...)
			var stages []issue.Stage
			decided := 0
			r, err := f.Run(t.Context(), issue.Hooks{
				Before:          func(s issue.Stage) { stages = append(stages, s) },
				OnAuthorization: func(issue.Authorization) { decided++ },
			})
			must(t, err)
			verify(t, w, f, r)
			if w.solver.left() != 0 || r.LeftBehind != nil {
				t.Errorf("%d answers left behind, %v", w.solver.left(), r.LeftBehind)
			}
			if decided != len(f.Targets) || len(r.Authorizations) != len(f.Targets) {
				t.Errorf("%d of %d authorizations decided, of %d names", decided, len(r.Authorizations), len(f.Targets))
			}
			for i, a := range r.Authorizations {
				if a.Identifier != f.Targets[i].Identifier || a.Status != "valid" || len(f.Targets[i].Methods) > 0 && a.Method != f.Targets[i].Methods[0] {
					t.Errorf("authorization %+v", a)
				}
			}
			if !slices.Equal(stages, issue.Stages) {
				t.Errorf("stages %v", stages)
			}
		})
	}
}

// verify compares a result with its flow.
func verify(t *testing.T, w *town, f *issue.Flow, r issue.Result) {
	t.Helper()
	if r.Leaf() == nil || r.Status != "valid" || r.Order == "" {
		t.Fatalf("result %+v", r)
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(w.ca.Roots())
	between.AppendCertsFromPEM(r.Chain.IssuersPEM())
	for _, x := range f.Targets {
		if _, err := r.Leaf().Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: strings.Replace(string(x.Identifier), "*", "any", 1)}); err != nil {
			t.Errorf("%s: %v", x.Identifier, err)
		}
	}
	b, err := json.Marshal(r.Trace)
	must(t, err)
	var again probes.Trace
	must(t, json.Unmarshal(b, &again))
	if len(again) != r.Requests+1 {
		t.Errorf("%d steps of %d requests", len(again), r.Requests)
	}
	for _, s := range again[1:] {
		e := s.Fact.(probes.Exchange)
		if e.What == "" || e.Status == 0 || s.Fault != nil || e.What != "nonce" && e.What != "certificate" && e.Body == nil {
			t.Errorf("step %+v", s)
		}
	}
	for _, secret := range []string{"protected", "signature", "payload", "PRIVATE", "\"csr\"", "\"jwk\"", f.Account.Thumbprint()} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the trace holds %s", secret)
		}
	}
}

// A rehearsal validates for real, every time, and makes nothing.
func TestRehearse(t *testing.T) {
	w := newTown(t, lab.CAOptions{ReuseAuthorizations: true})
	for i := range 3 {
		f := w.flow(t, issue.Registration{Kind: issue.Rehearsal}, "http-01@www.lab.test", "dns-01@*.lab.test")
		r, err := f.Run(t.Context(), issue.Hooks{StopBefore: issue.StageFinalize})
		must(t, err)
		if r.Leaf() != nil || r.LeftBehind != nil || w.solver.left() != 0 {
			t.Errorf("result %+v", r)
		}
		for _, a := range r.Authorizations {
			if a.Status != "valid" || !a.Deactivated {
				t.Errorf("authorization %+v", a)
			}
		}
		if requests, _ := w.requests.All(); len(requests) != 3*(i+1) {
			t.Errorf("%d requests from the CA after %d rehearsals", len(requests), i+1)
		}
	}
}

// A rehearsal after an interrupted one, whose authorization is still valid, is a
// real one as well.
func TestRehearseAfterLeftover(t *testing.T) {
	w := newTown(t, lab.CAOptions{ReuseAuthorizations: true})
	f := w.flow(t, issue.Registration{Kind: issue.Rehearsal}, "http-01@www.lab.test")
	_, err := f.Run(t.Context(), issue.Hooks{StopBefore: issue.StageDownload})
	must(t, err)
	f = w.flow(t, issue.Registration{Kind: issue.Rehearsal}, "http-01@www.lab.test")
	_, err = f.Run(t.Context(), issue.Hooks{StopBefore: issue.StageFinalize})
	must(t, err)
	if requests, _ := w.requests.All(); len(requests) != 6 {
		t.Errorf("%d requests from the CA, want 6", len(requests))
	}
	f = w.flow(t, issue.Registration{Kind: issue.Rehearsal}, "http-01@www.lab.test")
	r, err := f.Run(t.Context(), issue.Hooks{}) // and an order after it is validated, too
	must(t, err)
	verify(t, w, f, r)
	if requests, _ := w.requests.All(); len(requests) != 9 {
		t.Errorf("%d requests from the CA, want 9", len(requests))
	}
}

func TestExternalAccount(t *testing.T) {
	w := newTown(t, lab.CAOptions{Keys: map[string][]byte{"kid-1": []byte("0123456789abcdef0123456789abcdef")}})
	c := w.connect(t)
	_, err := w.store.Account(t.Context(), c, issue.Registration{AgreeTerms: true})
	if r, _ := issue.RefusalOf(err); err == nil || files(t, w.store.Dir) != 0 {
		t.Errorf("without a binding: %v, %+v, %d files", err, r, files(t, w.store.Dir))
	}
	path := filepath.Join(t.TempDir(), "hmac")
	must(t, os.WriteFile(path, []byte("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n"), 0o600))
	eab, err := issue.ReadEAB("kid-1", path)
	must(t, err)
	f := w.flow(t, issue.Registration{EAB: eab}, "http-01@www.lab.test")
	r, err := f.Run(t.Context(), issue.Hooks{})
	must(t, err)
	verify(t, w, f, r)
	if wrong, err := issue.NewEAB("kid-2", "MDEy"); err != nil || w.refused(t, wrong).Class == "" {
		t.Errorf("a wrong binding: %v", err)
	}
	for _, bad := range []string{"", "not base64!", "="} {
		if _, err := issue.NewEAB("kid", bad); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
}

// refused registers with a binding and returns the refusal.
func (w *town) refused(t *testing.T, eab *issue.EAB) issue.Refusal {
	t.Helper()
	s := issue.Store{Dir: t.TempDir()}
	_, err := s.Account(t.Context(), w.connect(t), issue.Registration{AgreeTerms: true, EAB: eab})
	r, _ := issue.RefusalOf(err)
	return r
}

func TestProfile(t *testing.T) {
	w := newTown(t, lab.CAOptions{Profiles: []lab.Profile{{Name: "classic"}, {Name: "shortlived", Description: "six days", Lifetime: 6 * 24 * time.Hour}}})
	f := w.flow(t, issue.Registration{}, "http-01@www.lab.test")
	f.Profile = "shortlived"
	r, err := f.Run(t.Context(), issue.Hooks{})
	must(t, err)
	verify(t, w, f, r)
	if d := r.Leaf().NotAfter.Sub(r.Leaf().NotBefore); d > 7*24*time.Hour {
		t.Errorf("valid for %s", d)
	}
	if p := f.CA.Meta.RehearsalProfile(true); p != "shortlived" || f.CA.Meta.Profiles[p] != "six days" {
		t.Errorf("profile %q of %v", p, f.CA.Meta.Profiles)
	}
	before := f.CA.Recorder().Requests()
	f = w.flow(t, issue.Registration{}, "http-01@www.lab.test")
	f.Profile = "none"
	r, err = f.Run(t.Context(), issue.Hooks{})
	if e, ok := errors.AsType[*issue.Error](err); !ok || e.Stage != issue.StageOrder || e.Hint() != "choose one of classic, shortlived" || r.Order != "" {
		t.Errorf("after %d requests: %v, %+v", before, err, r)
	}
}

// A renewal names the certificate that it replaces (RFC 9773 §5).
func TestReplaces(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	f := w.flow(t, issue.Registration{}, "http-01@www.lab.test")
	first, err := f.Run(t.Context(), issue.Hooks{})
	must(t, err)
	window, err := f.CA.Renewal(t.Context(), first.Leaf())
	must(t, err)
	if !window.Start.Before(window.End) || window.Again.Before(time.Now()) {
		t.Errorf("window %+v", window)
	}
	must(t, w.ca.SetRenewalInfo(first.Leaf().SerialNumber, `{"suggestedWindow":{"start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"}}`))
	if _, err := f.CA.Renewal(t.Context(), first.Leaf()); err == nil {
		t.Error("a window that ends before it begins was taken")
	}
	f = w.flow(t, issue.Registration{}, "http-01@www.lab.test")
	f.Replaces, f.Key = first.Leaf(), first.Key
	second, err := f.Run(t.Context(), issue.Hooks{})
	must(t, err)
	if !bytes.Equal(second.Leaf().RawSubjectPublicKeyInfo, first.Leaf().RawSubjectPublicKeyInfo) {
		t.Error("the key was not used again")
	}
	id, err := issue.CertID(first.Leaf())
	must(t, err)
	placed := slices.IndexFunc(second.Trace, func(s probes.Step) bool {
		e, ok := s.Fact.(probes.Exchange)
		return ok && e.What == "order" && bytes.Contains(e.Body, []byte(`"`+id+`"`))
	})
	if placed < 0 {
		t.Error("the CA does not say that the order replaces the certificate")
	}
	// That a third order is alreadyReplaced is the fake CA's to say: Pebble marks
	// the certificate after it has said that the second is valid, without a lock.
}

func TestPreferredChain(t *testing.T) {
	w := newTown(t, lab.CAOptions{AlternateRoots: 2})
	f := w.flow(t, issue.Registration{}, "http-01@www.lab.test")
	r, err := f.Run(t.Context(), issue.Hooks{})
	must(t, err)
	if len(r.Chains) != 3 || !r.Preferred {
		t.Fatalf("%d chains", len(r.Chains))
	}
	want := r.Chains[2].Certificates[len(r.Chains[2].Certificates)-1].Issuer.CommonName
	if c, ok := issue.Prefer(r.Chains, want); !ok || c.URL != r.Chains[2].URL {
		t.Errorf("%q gives %s", want, c.URL)
	}
	if c, ok := issue.Prefer(r.Chains, "nobody"); ok || c.URL != r.Chains[0].URL {
		t.Errorf("nobody gives %s", c.URL)
	}
}

// What a validation failed for is in the result, beside what did not fail.
func TestValidationFails(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	f := w.flow(t, issue.Registration{}, "http-01@good.lab.test", "dns-01@bad.lab.test")
	f.Solvers[probes.DNS01] = &tally{}
	r, err := f.Run(t.Context(), issue.Hooks{})
	refusal, ok := issue.RefusalOf(err)
	if !ok || refusal.Class != issue.Validation || refusal.Stage != issue.StageWait || len(refusal.Refused) != 1 || refusal.Refused[0].Identifier != "bad.lab.test" || refusal.Class.Exit() != 5 {
		t.Errorf("%v: %+v", err, refusal)
	}
	if p, ok := errors.AsType[*probes.ACMEProblem](err); !ok || p.Short() != "unauthorized" {
		t.Errorf("problem %v", p)
	}
	if good, bad := r.Authorizations[0], r.Authorizations[1]; good.Status != "valid" || bad.Status != "invalid" || bad.Problem == nil || bad.Method != probes.DNS01 {
		t.Errorf("authorizations %+v", r.Authorizations)
	}
	if es := f.Entries(r, time.Now()); len(es) != 2 || es[0].Event != issue.Ordered || es[1].Event != issue.Failed || es[1].Identifiers[0] != "bad.lab.test" {
		t.Errorf("entries %+v", es)
	}
	if w.solver.left() != 0 {
		t.Errorf("%d answers left behind", w.solver.left())
	}
}

// files counts what is below a directory.
func files(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	must(t, filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	}))
	return n
}
