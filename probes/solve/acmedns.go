package solve

// This file answers the dns methods with acme-dns, a name server for nothing
// else (github.com/joohoi/acme-dns): the challenge name is, once and for all, an
// alias of a name there.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// ACMEDNS writes values to acme-dns servers. These keep the last two values of
// an account, so that a name and its wildcard coexist, and have no way to
// remove one. It must not be copied.
type ACMEDNS struct {
	// Server is the URL of the API where accounts are registered.
	Server string
	// Accounts is a file with the accounts by domain: that of lego and of
	// goacmedns. It is made when the first account is registered.
	Accounts string
	HTTP     http.RoundTripper // nil: Go's own

	mu     sync.Mutex
	values map[string][]string // in use, by subdomain; guarded by mu
}

// An account is an acme-dns account.
type account struct {
	stored
	Password Secret
}

// stored is an account in the file; the API registers the same.
type stored struct {
	FullDomain string `json:"fulldomain"`
	SubDomain  string `json:"subdomain"`
	Username   string `json:"username"`
	Password   string `json:"password"` //nolint:gosec // hidden as soon as it is read
	ServerURL  string `json:"server_url,omitempty"`
}

func (s stored) account() account {
	a := account{s, Secret(s.Password)}
	a.stored.Password = ""
	return a
}

func (a account) file() stored {
	a.stored.Password = string(a.Password)
	return a.stored
}

// A CNAMERequired is what Present returns when a new account was registered:
// somebody has to make the alias first.
type CNAMERequired struct{ Name, Target string }

func (e *CNAMERequired) Error() string {
	return fmt.Sprintf("%s has to become an alias of %s first: an account was registered for it just now", e.Name, e.Target)
}

// Hint is the record to make.
func (e *CNAMERequired) Hint() string {
	return fmt.Sprintf("add this record, then try again: %s. IN CNAME %s.", e.Name, e.Target)
}

func (*CNAMERequired) untouched() {}

// digest is what acme-dns takes for a value: 32 octets in base64url.
var digest = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

const keptValues = 2

// Present writes the value. Without an account for the domain it registers
// one and returns a *CNAMERequired.
func (s *ACMEDNS) Present(ctx context.Context, c Challenge) error {
	_, value, err := c.record()
	if err != nil {
		return err
	}
	if !digest.MatchString(value) {
		return fmt.Errorf("acme-dns keeps values of 43 characters only, so not that of %s", c.Method)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.account(ctx, c)
	if err != nil {
		return err
	}
	if err := s.keep(a, value); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"subdomain": a.SubDomain, "txt": value})
	if err != nil {
		return err
	}
	_, err = s.api(a.ServerURL, &a).do(ctx, call{method: http.MethodPost, path: "/update", kind: "application/json", body: body})
	return err
}

// keep refuses a value that would push out one which is still needed.
func (s *ACMEDNS) keep(a account, value string) error {
	used := s.values[a.SubDomain]
	if slices.Contains(used, value) {
		return nil
	}
	if len(used) >= keptValues {
		return fmt.Errorf("acme-dns keeps %d values, and %s needs more at once", keptValues, a.FullDomain)
	}
	if s.values == nil {
		s.values = map[string][]string{}
	}
	s.values[a.SubDomain] = append(used, value)
	return nil
}

// CleanUp makes room for other values. The server keeps the old one until it
// gets two new ones; it is of no use to anybody.
func (s *ACMEDNS) CleanUp(_ context.Context, c Challenge) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub, values := range s.values {
		s.values[sub] = slices.DeleteFunc(values, func(v string) bool { return v == c.TXTValue })
	}
	return nil
}

func (*ACMEDNS) stays() bool { return true }

// Scope is narrow by nature.
func (s *ACMEDNS) Scope(context.Context, Challenge) (Scope, error) {
	return Scope{Narrow, "an acme-dns account writes the challenge values of one name"}, nil
}

// account finds the account for a challenge, by its domain or by the name that
// its alias leads to.
func (s *ACMEDNS) account(ctx context.Context, c Challenge) (account, error) {
	all, err := s.load()
	if err != nil {
		return account{}, err
	}
	for domain, a := range all {
		if plain(a.FullDomain) == plain(c.TXTName) || plain(domain) == plain(c.base()) && c.Asked == "" {
			return a.account(), nil
		}
	}
	if c.Asked != "" {
		return account{}, fmt.Errorf("%s is an alias of %s, for which %s has no account", c.Asked, c.TXTName, s.Accounts)
	}
	a, err := s.register(ctx)
	if err != nil {
		return account{}, err
	}
	all[plain(c.base())] = a.file()
	if err := s.save(all); err != nil {
		return account{}, err
	}
	return account{}, &CNAMERequired{c.TXTName, plain(a.FullDomain)}
}

func (s *ACMEDNS) register(ctx context.Context) (account, error) {
	r, err := s.api("", nil).do(ctx, call{method: http.MethodPost, path: "/register"})
	if err != nil {
		return account{}, err
	}
	var a stored
	if err := json.Unmarshal(r.body, &a); err != nil || a.FullDomain == "" || a.SubDomain == "" {
		return account{}, fmt.Errorf("%s registers an account that cannot be read", s.Server)
	}
	a.ServerURL = s.Server
	return a.account(), nil
}

// api is that of an account's server. Its credentials go to the server that
// gave them out.
func (s *ACMEDNS) api(server string, a *account) *api {
	if server == "" {
		server = s.Server
	}
	return &api{
		service: "acme-dns", base: server, http: s.HTTP,
		sign: func(r *http.Request, _ []byte) error {
			if a != nil {
				r.Header.Set("X-Api-User", a.Username)
				r.Header.Set("X-Api-Key", string(a.Password))
			}
			return checkURL(server)
		},
		explain: func(body []byte) (code, message string) {
			var e struct {
				Error string `json:"error"`
			}
			_ = json.Unmarshal(body, &e) // what is no JSON is quoted
			return short(e.Error), ""
		},
	}
}

func (s *ACMEDNS) load() (map[string]stored, error) {
	all := map[string]stored{}
	b, err := readSmall(s.Accounts)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		// The error quotes the file, and the file holds passwords.
		return nil, fmt.Errorf("%s is not a file of acme-dns accounts", s.Accounts)
	}
	return all, nil
}

// save replaces the file as a whole: what it holds cannot be had again.
func (s *ACMEDNS) save(all map[string]stored) error {
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.Accounts), ".acmecheck-*") // 0600
	if err != nil {
		return fmt.Errorf("keeping the acme-dns account: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is there no longer, if all went well
	_, err = f.WriteString(strings.TrimSpace(string(b)) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keeping the acme-dns account: %w", err)
	}
	return os.Rename(f.Name(), s.Accounts)
}
