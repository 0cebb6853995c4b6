package issue_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/issue"
)

var agreed = issue.Registration{AgreeTerms: true}

// account has one at the town's CA.
func (w *town) account(t *testing.T, r issue.Registration) (*issue.Account, error) {
	t.Helper()
	return w.store.Account(t.Context(), w.connect(t), r)
}

func TestAccountIsKept(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	for _, k := range issue.KeyTypes {
		kind := issue.Kind("test-" + string(k))
		first, err := w.account(t, issue.Registration{AgreeTerms: true, Key: k, Kind: kind})
		must(t, err)
		again, err := w.account(t, issue.Registration{Kind: kind}) // once is enough to agree
		must(t, err)
		if first.URL == "" || again.URL != first.URL || again.Thumbprint() != first.Thumbprint() || !again.Created.Equal(first.Created) {
			t.Errorf("%s: %+v, then %+v", k, first, again)
		}
	}
	orders, err := w.account(t, agreed)
	must(t, err)
	rehearsal, err := w.account(t, issue.Registration{AgreeTerms: true, Kind: issue.Rehearsal})
	must(t, err)
	if orders.URL == rehearsal.URL || orders.Thumbprint() == rehearsal.Thumbprint() {
		t.Error("rehearsals have the account of orders")
	}
	whole(t, w.store.Dir)
	info, err := os.Stat(w.store.Folder(w.ca.Directory()))
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v", info.Mode())
	}
	if _, err := w.account(t, issue.Registration{AgreeTerms: true, Key: "dsa", Kind: "x"}); err == nil {
		t.Error("an unknown key type was taken")
	}
}

func TestTermsAreNotAgreedTo(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	c := w.connect(t)
	_, err := w.store.Account(t.Context(), c, issue.Registration{})
	r, _ := issue.RefusalOf(err)
	if !errors.Is(err, issue.ErrTerms) || r.Class != issue.Terms || r.Class.Exit() != 7 || files(t, w.store.Dir) != 0 || c.Recorder().Requests() != 1 {
		t.Errorf("%v: %+v, %d files, %d requests", err, r, files(t, w.store.Dir), c.Recorder().Requests())
	}
}

// Sixteen at once, of which each could be a process, get one account. (The fake
// CA's: Pebble's newAccount is not safe for that.)
func TestAccountAtOnce(t *testing.T) {
	c := newCustomer(t)
	var wg sync.WaitGroup
	urls := make([]string, 16)
	for i := range urls {
		wg.Go(func() {
			ca, err := issue.Connect(t.Context(), c.fake.options())
			if err != nil {
				t.Error(err)
				return
			}
			defer ca.Close()
			s := issue.Store{Dir: c.store.Dir}
			a, err := s.Account(t.Context(), ca, agreed)
			if err != nil {
				t.Error(err)
				return
			}
			urls[i] = a.URL
		})
	}
	wg.Wait()
	for _, u := range urls {
		if u != urls[0] {
			t.Errorf("accounts %v", urls)
			break
		}
	}
	if n := files(t, c.store.Dir); n != 2 {
		t.Errorf("%d files", n)
	}
	whole(t, c.store.Dir)
	c.clean(t)
}

func TestKeyThatOthersCanRead(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	_, err := w.account(t, agreed)
	must(t, err)
	key := filepath.Join(w.store.Folder(w.ca.Directory()), "orders.pem")
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		must(t, os.Chmod(key, mode))
		_, err = w.account(t, agreed)
		if h, ok := errors.AsType[interface {
			error
			Hint() string
		}](err); !ok || !strings.Contains(err.Error(), "others can read") || h.Hint() != "chmod 600 "+key {
			t.Errorf("%o: %v", mode, err)
		}
	}
	must(t, os.Chmod(key, 0o600))
	must(t, os.WriteFile(key, []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), 0o600))
	if _, err = w.account(t, agreed); err == nil || strings.Contains(err.Error(), "AAAA") {
		t.Errorf("a broken key: %v", err)
	}
	must(t, os.Remove(key))
	if _, err = w.account(t, agreed); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("a missing key: %v", err)
	}
}

// A test CA that started anew does not know the account. That is told apart
// from a refusal, and only who says so registers again.
func TestAccountIsUnknown(t *testing.T) {
	w, other := newTown(t, lab.CAOptions{}), newTown(t, lab.CAOptions{})
	first, err := w.account(t, agreed)
	must(t, err)
	other.store = w.store
	must(t, os.Rename(w.store.Folder(w.ca.Directory()), w.store.Folder(other.ca.Directory())))
	if _, err = other.account(t, agreed); err == nil || !strings.Contains(err.Error(), "belongs to another CA") {
		t.Errorf("another CA's: %v", err)
	}
	file := filepath.Join(w.store.Folder(other.ca.Directory()), "orders.json")
	b, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, []byte(strings.Replace(string(b), w.ca.Directory(), other.ca.Directory(), 1)), 0o600))
	_, err = other.account(t, agreed)
	if r, _ := issue.RefusalOf(err); !errors.Is(err, issue.ErrUnknownAccount) || r.Class != issue.AccountUnknown {
		t.Errorf("%v: %+v", err, r)
	}
	again, err := other.account(t, issue.Registration{AgreeTerms: true, Again: true})
	must(t, err)
	if again.URL == first.URL || again.Thumbprint() != first.Thumbprint() {
		t.Errorf("%s, then %s", first.URL, again.URL)
	}
	must(t, os.Remove(file)) // cut off before the answer was kept
	found, err := other.account(t, issue.Registration{})
	must(t, err)
	if found.URL != again.URL {
		t.Errorf("%s was found, not %s", found.URL, again.URL)
	}
}

func TestAccountIsRefused(t *testing.T) {
	c := newCustomer(t)
	_, err := c.order(t)
	must(t, err)
	c.on("/account", problem(403, "unauthorized"))
	c.options.Recorder = c.recorder()
	_, err = c.order(t)
	if r, _ := issue.RefusalOf(err); r.Class != issue.AccountRefused || errors.Is(err, issue.ErrUnknownAccount) {
		t.Errorf("%v: %+v", err, r)
	}
	c.on("/account", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", c.URL+"/acct/1")
		answer(w, 200, map[string]string{"status": "deactivated"})
	})
	c.options.Recorder = c.recorder()
	_, err = c.order(t)
	if err == nil || !strings.Contains(err.Error(), "deactivated") {
		t.Errorf("deactivated: %v", err)
	}
	c.clean(t)
}

func TestFolder(t *testing.T) {
	s := issue.Store{Dir: "state"}
	same := [][2]string{{"https://CA.example/dir", "https://ca.example:443/dir#x"}}
	for _, p := range same {
		if s.Folder(p[0]) != s.Folder(p[1]) {
			t.Errorf("%s and %s differ", p[0], p[1])
		}
	}
	seen := map[string]string{}
	for _, u := range []string{
		"https://ca.example/dir", "https://ca.example/dir/", "https://ca.example/DIR", "https://ca.example:444/dir",
		"https://ca.example/dir?x", "https://ca.example/a/b", "https://ca.example/a_b", "https://[2001:db8::1]/dir",
		"https://" + strings.Repeat("a", 300) + ".example/dir", "https://../dir", "",
	} {
		f := s.Folder(u)
		base := filepath.Base(f)
		if before, ok := seen[f]; ok || len(base) > 120 || filepath.Dir(f) != filepath.Join("state", "accounts") || strings.ContainsAny(base, `:/\?*`) {
			t.Errorf("%q is %q, as is %q", u, f, before)
		}
		seen[f] = u
	}
	if !strings.Contains(s.Folder("https://acme-staging-v02.api.letsencrypt.org/directory"), "acme-staging-v02.api.letsencrypt.org-") {
		t.Error("not readable")
	}
}

// What a killed process left unfinished goes, unless it may be under way.
func TestUnfinishedFilesGo(t *testing.T) {
	w := newTown(t, lab.CAOptions{})
	dir := w.store.Folder(w.ca.Directory())
	must(t, os.MkdirAll(dir, 0o700))
	old, young := filepath.Join(dir, ".unfinished-1"), filepath.Join(dir, ".unfinished-2")
	must(t, os.WriteFile(old, []byte("half"), 0o600))
	must(t, os.WriteFile(young, []byte("half"), 0o600))
	must(t, os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)))
	_, err := w.account(t, agreed)
	must(t, err)
	_, oldErr := os.Stat(old)
	_, youngErr := os.Stat(young)
	if !errors.Is(oldErr, os.ErrNotExist) || youngErr != nil {
		t.Errorf("old: %v, young: %v", oldErr, youngErr)
	}
}
