package solve_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// An acmednsServer behaves as acme-dns 1.0 does.
type acmednsServer struct {
	*service
	values []string
}

func newACMEDNS(t *testing.T) *acmednsServer {
	t.Helper()
	a := &acmednsServer{}
	a.service = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/register":
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"username":"u1","password":"hunter2","fulldomain":"s1.auth.example.org","subdomain":"s1","allowfrom":[]}`)
		case "/update":
			a.update(w, r)
		}
	})
	return a
}

func (a *acmednsServer) update(w http.ResponseWriter, r *http.Request) {
	var in struct{ Subdomain, Txt string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	switch {
	case r.Header.Get("X-Api-User") != "u1" || r.Header.Get("X-Api-Key") != "hunter2" || in.Subdomain != "s1":
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error": "forbidden"}`)
	case len(in.Txt) != 43:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error": "bad_txt"}`)
	default:
		a.values = append(a.values, in.Txt)
		a.values = a.values[max(0, len(a.values)-2):]
		fmt.Fprintf(w, `{"txt": %q}`, in.Txt)
	}
}

// The first run registers an account and asks for the alias; the next ones
// write, and a name and its wildcard coexist.
func TestACMEDNS(t *testing.T) {
	a := newACMEDNS(t)
	accounts := filepath.Join(t.TempDir(), "accounts.json")
	s := &solve.ACMEDNS{Server: a.URL, Accounts: accounts}
	name, wild, third := dns01("example.com", "a"), dns01("*.example.com", "b"), dns01("example.com", "c")
	err := s.Present(t.Context(), name)
	if e, ok := errors.AsType[*solve.CNAMERequired](err); !ok || !strings.HasSuffix(e.Hint(), "_acme-challenge.example.com. IN CNAME s1.auth.example.org.") {
		t.Fatalf("error %v, want the alias to make", err)
	}
	if info, err := os.Stat(accounts); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the accounts are readable for others: %v %v", info, err)
	}
	s = &solve.ACMEDNS{Server: a.URL, Accounts: accounts}
	wild.Asked, wild.TXTName = wild.TXTName, "s1.auth.example.org" // as a Set does
	var wg sync.WaitGroup
	for _, c := range []solve.Challenge{name, wild} {
		wg.Go(func() {
			if err := s.Present(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wants(t, s.Present(t.Context(), third), "keeps 2 values")
	if !slices.Contains(a.values, name.TXTValue) || !slices.Contains(a.values, wild.TXTValue) {
		t.Errorf("the server has %v", a.values)
	}
	must(t, s.CleanUp(t.Context(), name))
	must(t, s.CleanUp(t.Context(), name))
	must(t, s.Present(t.Context(), third))
	if scope, err := s.Scope(t.Context(), name); err != nil || scope.Reach != solve.Narrow {
		t.Errorf("scope %v, %v", scope, err)
	}
}

func TestACMEDNSRefuses(t *testing.T) {
	a := newACMEDNS(t)
	accounts := filepath.Join(t.TempDir(), "accounts.json")
	must(t, os.WriteFile(accounts, []byte(`{"example.com":{"fulldomain":"s1.auth.example.org","subdomain":"s1","username":"u1","password":"wrong-secret"}}`), 0o600))
	s := &solve.ACMEDNS{Server: a.URL, Accounts: accounts}
	err := s.Present(t.Context(), dns01("example.com", "a"))
	wants(t, err, "acme-dns answers POST /update with 401 forbidden")
	if strings.Contains(fmt.Sprintf("%+v", err), "wrong-secret") {
		t.Errorf("the password shows: %+v", err)
	}
	elsewhere := dns01("example.com", "a")
	elsewhere.Asked, elsewhere.TXTName = elsewhere.TXTName, "x.other.example"
	wants(t, s.Present(t.Context(), elsewhere), "is an alias of x.other.example")
	long := dns01("example.com", "a")
	long.TXTValue += "="
	wants(t, s.Present(t.Context(), long), "43 characters")
	must(t, os.WriteFile(accounts, []byte(`{"hunter2"`), 0o600))
	if err := s.Present(t.Context(), dns01("example.com", "a")); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}
