package issue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

const (
	production = "https://acme-v02.api.letsencrypt.org/directory"
	staging    = "https://acme-staging-v02.api.letsencrypt.org/directory"
	acct       = "https://acme-v02.api.letsencrypt.org/acme/acct/1"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// events are some of one kind, a minute apart, that end before noon.
func events(n int, e issue.Event, ids ...probes.Identifier) []issue.Entry {
	var out []issue.Entry
	for i := range n {
		out = append(out, issue.Entry{At: noon.Add(time.Duration(i-n) * time.Minute), Event: e, Directory: production, Account: acct, Identifiers: ids})
	}
	return out
}

func TestNear(t *testing.T) {
	plan := func(ids ...probes.Identifier) issue.Plan {
		return issue.Plan{Directory: production, Account: acct, Identifiers: ids}
	}
	renewal, other := plan("www.example.com"), plan("www.example.com")
	renewal.Replaces, other.Account = true, acct+"23"
	elsewhere := plan("www.example.com")
	elsewhere.Directory = staging
	failures := events(4, issue.Failed, "www.example.com")
	for _, tt := range []struct {
		name    string
		records []issue.Entry
		plan    issue.Plan
		want    string // subject used/most free
	}{
		{"nothing", nil, plan("www.example.com"), ""},
		{"four failures", failures, plan("www.example.com"), "www.example.com 4/5 last"},
		{"five failures", events(5, issue.Failed, "www.example.com"), plan("www.example.com"), "www.example.com 5/5 free in 7m0s"},
		{"five failures of the base", events(5, issue.Failed, "example.com"), plan("*.example.com"), "example.com 5/5 free in 7m0s"},
		{"of another name", failures, plan("example.com"), ""},
		{"of another account", failures, other, ""},
		{"of another CA", failures, elsewhere, ""},
		{"of an hour ago", shifted(events(5, issue.Failed, "www.example.com"), -time.Hour), plan("www.example.com"), ""},
		{"to come", shifted(failures, time.Hour), plan("www.example.com"), ""},
		{"failures count for a renewal", events(5, issue.Failed, "www.example.com"), renewal, "www.example.com 5/5 free in 7m0s"},
		{"300 orders", spread(300, time.Second, issue.Ordered), plan("www.example.com"), acct + " 292/300"},
		{"orders do not count for a renewal", spread(300, time.Millisecond, issue.Ordered), renewal, ""},
		{"duplicates", shifted(events(5, issue.Issued, "b.example.com", "a.example.com"), -time.Hour), plan("a.example.com", "b.example.com"), "a.example.com, b.example.com 5/5 free in 32h31m0s; example.com 5/50"},
		{"certificates of a domain", spread(50, time.Second, issue.Issued), plan("new.www.example.com"), "example.com 50/50 free in 3h20m46s"},
		{"of a neighbour in a public suffix", events(50, issue.Issued, "a.co.uk"), plan("b.co.uk"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, n := range issue.LimitsOf(tt.plan.Directory).Near(tt.records, tt.plan, noon) {
				s := fmt.Sprintf("%s %d/%d", n.Subject, n.Used, n.Limit.Most)
				if n.Reached() {
					s += fmt.Sprintf(" free in %s", n.Free.Sub(noon).Round(time.Second))
				} else if !n.Free.Equal(noon) {
					t.Errorf("not reached, and free in %s", n.Free.Sub(noon))
				}
				if n.Last() && n.Limit.Most == 5 {
					s += " last"
				}
				got = append(got, s)
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

// When a bucket is said to be free, one more fits, and a moment before it does
// not.
func TestFreeIsTrue(t *testing.T) {
	records := events(5, issue.Failed, "www.example.com")
	plan := issue.Plan{Directory: production, Account: acct, Identifiers: []probes.Identifier{"www.example.com"}}
	l := issue.LimitsOf(production)
	free := l.Near(records, plan, noon)[0].Free
	if before := l.Near(records, plan, free.Add(-time.Second))[0]; !before.Reached() {
		t.Errorf("free too late: %+v", before)
	}
	if then := l.Near(records, plan, free)[0]; then.Reached() {
		t.Errorf("not free: %+v", then)
	}
}

func shifted(es []issue.Entry, by time.Duration) []issue.Entry {
	es = slices.Clone(es)
	for i := range es {
		es[i].At = es[i].At.Add(by)
	}
	return es
}

func spread(n int, step time.Duration, e issue.Event) []issue.Entry {
	es := events(n, e, "www.example.com")
	for i := range es {
		es[i].At = noon.Add(time.Duration(i-n) * step)
	}
	return es
}

func TestLedger(t *testing.T) {
	l := issue.Ledger{Path: filepath.Join(t.TempDir(), "state", "ledger"), Most: 20_000}
	if es, err := l.Read(); err != nil || len(es) != 0 {
		t.Errorf("empty: %v, %v", es, err)
	}
	must(t, l.Add(noon))
	must(t, l.Add(noon, events(5, issue.Failed, "www.example.com")...))
	near, err := l.Near(issue.Plan{Directory: production, Account: acct, Identifiers: []probes.Identifier{"www.example.com"}}, noon)
	if err != nil || len(near) != 1 || !near[0].Reached() {
		t.Errorf("%+v, %v", near, err)
	}
	f, err := os.OpenFile(l.Path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, _ = f.WriteString("garbage\n{}\n" + `{"at":"2026-11-21T12:`) // killed in the middle of a line
	must(t, f.Close())
	must(t, l.Add(noon, events(1, issue.Ordered, "www.example.com")...))
	if es, err := l.Read(); err != nil || len(es) != 6 || es[5].Event != issue.Ordered {
		t.Errorf("after garbage: %+v, %v", es, err)
	}
	info, err := os.Stat(l.Path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// A ledger stays small, and what is young stays in it.
func TestLedgerIsBounded(t *testing.T) {
	l := issue.Ledger{Path: filepath.Join(t.TempDir(), "ledger"), Most: 20_000}
	for i := range 60 {
		at := noon.Add(time.Duration(i) * 12 * time.Hour)
		must(t, l.Add(at, shifted(events(10, issue.Ordered, "www.example.com"), at.Sub(noon))...))
	}
	info, err := os.Stat(l.Path)
	must(t, err)
	es, err := l.Read()
	must(t, err)
	if info.Size() > 25_000 || len(es) < 50 || !es[len(es)-1].At.After(noon.Add(29*24*time.Hour)) {
		t.Errorf("%d octets, %d entries", info.Size(), len(es))
	}
	for i := range es[1:] {
		if es[i+1].At.Before(es[i].At) {
			t.Fatal("out of order")
		}
	}
}

func TestLedgerAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			l := issue.Ledger{Path: path, Most: 100_000}
			for range 25 {
				if err := l.Add(noon, events(1, issue.Ordered, "www.example.com")...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	l := issue.Ledger{Path: path}
	if es, err := l.Read(); err != nil || len(es) != 200 {
		t.Errorf("%d entries, %v", len(es), err)
	}
}
