package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// customers writes story 6: 217 domains, of which 209 are delegated as planned.
func customers(tb testing.TB) (dir string) {
	tb.Helper()
	var w, list strings.Builder
	w.WriteString("challenge dns-01 example.com\n")
	for i := range 217 {
		name := fmt.Sprintf("www.shop-%03d.co.uk", i)
		fmt.Fprintf(&list, "%s\n", name)
		fmt.Fprintf(&w, "dns %s A 192.0.2.1\n", name)
		target := fmt.Sprintf("uk.co.shop-%03d.www.acme.host.net", i)
		switch {
		case i < 5: // without CNAME
		case i < 7:
			fmt.Fprintf(&w, "dns _acme-challenge.%s CNAME x%d.acme-dns.io\n", name, i)
		case i < 8:
			fmt.Fprintf(&w, "dns _acme-challenge.%s CNAME %s\ndns _acme-challenge.%[1]s TXT old\n", name, target)
		default:
			fmt.Fprintf(&w, "dns _acme-challenge.%s CNAME %s\n", name, target)
		}
	}
	dir = tb.TempDir()
	for file, text := range map[string]string{"customers.world": w.String(), "domains.txt": list.String()} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// story6 runs the check of story 6.
func story6(tb testing.TB, dir string) (code int, stdout, stderr string) {
	tb.Helper()
	var out, errs bytes.Buffer
	code = execute(tb.Context(), []string{
		"delegate", "check", "--zone", "acme.host.net", "--world", filepath.Join(dir, "customers.world"),
		"--out", filepath.Join(dir, "delegate.csv"), filepath.Join(dir, "domains.txt"),
	}, &out, &errs)
	return code, out.String(), errs.String()
}

func TestTwoHundredDelegations(t *testing.T) {
	dir := customers(t)
	code, out, errs := story6(t, dir)
	const want = "217 names: 209 ok, 5 without CNAME (the line to send each customer: delegate.csv), 2 point at another zone, 1 has CNAME and TXT\n"
	if got := strings.ReplaceAll(out, dir+string(filepath.Separator), ""); code != 1 || got != want || errs != "" {
		t.Errorf("exit code %d, stderr %q, got:\n%swant:\n%s", code, errs, got, want)
	}
	f, err := os.Open(filepath.Join(dir, "delegate.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	const line = "_acme-challenge.www.shop-000.co.uk.  CNAME  uk.co.shop-000.www.acme.host.net."
	if got := strings.Join(rows[1], "|"); got != "www.shop-000.co.uk|no-cname||"+line {
		t.Error(got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func BenchmarkTwoHundredDelegations(b *testing.B) {
	dir := customers(b)
	for b.Loop() {
		if code, out, errs := story6(b, dir); code != 1 {
			b.Fatal(code, out, errs)
		}
	}
}

// No domain is asked more than twice at a time, and every name once.
func TestLanes(t *testing.T) {
	var names []delegation.Name
	for i := range 100 {
		names = append(names, delegation.Name(fmt.Sprintf("a%d.example.com", i)), delegation.Name(fmt.Sprintf("example%d.co.uk", i%40)), "co.uk")
	}
	rows := map[string]int{}
	seen := map[int]bool{}
	for _, lane := range lanes(names) {
		rows[domainOf(names[lane[0]])]++
		for _, i := range lane {
			if seen[i] || domainOf(names[i]) != domainOf(names[lane[0]]) {
				t.Errorf("%s is out of place", names[i])
			}
			seen[i] = true
		}
	}
	for d, n := range rows {
		if n > perDomain {
			t.Errorf("%s has %d lanes", d, n)
		}
	}
	if len(seen) != len(names) || len(rows) != 42 {
		t.Errorf("%d of %d names, %d domains", len(seen), len(names), len(rows))
	}
}

// A gauge counts the connections that are open at the same time.
type gauge struct{ now, most atomic.Int64 }

type gauged struct {
	net.Conn
	g *gauge
}

// Close implements net.Conn.
func (c gauged) Close() error {
	c.g.now.Add(-1)
	return c.Conn.Close()
}

// of counts the connections of dial. They are streams, whatever was asked for:
// a world serves DNS on either.
func (g *gauge) of(dial wire.Dial) wire.Dial {
	return func(ctx context.Context, _ string, to netip.AddrPort) (net.Conn, error) {
		c, err := dial(ctx, "tcp", to)
		for now, most := g.now.Add(1), g.most.Load(); now > most && !g.most.CompareAndSwap(most, now); most = g.most.Load() {
		}
		return gauged{c, g}, err
	}
}

// A long list is looked at with as many look-ups at a time as were allowed,
// one domain with two.
func TestLookupsAreBounded(t *testing.T) {
	w, err := world.Parse("t", "challenge dns-01 example.com\ndns *.example.com CNAME elsewhere.net\n")
	if err != nil {
		t.Fatal(err)
	}
	for domains, want := range map[int]int64{1: 2, 2: 4, 100: 5} {
		var names []delegation.Name
		for i := range 100 {
			names = append(names, delegation.Name(fmt.Sprintf("a%d.example%d.com", i, i%domains)))
		}
		n := simnet.New(t.Context(), w.View(""))
		defer n.Close()
		var g gauge
		k := &delegateLooker{plan: storyPlan(t), jobs: 5, net: &wire.Net{Resolver: world.Resolver, Dial: g.of(n.Dial)}}
		if _, err := findDelegations(t.Context(), k, names); err != nil {
			t.Fatal(err)
		}
		if most := g.most.Load(); most > want {
			t.Errorf("%d domains: %d look-ups at a time, want at most %d", domains, most, want)
		}
	}
}

func storyPlan(tb testing.TB) delegation.Plan {
	tb.Helper()
	p, err := delegation.New("acme.host.net", delegation.Reversed)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// A list does not wait for each of its names when there is no resolver.
func TestADeadResolverEndsTheCheck(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list")
	var b strings.Builder
	for i := range 10 * enoughFaults {
		fmt.Fprintf(&b, "example%d.com\n", i)
	}
	if err := os.WriteFile(list, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	code := execute(t.Context(), []string{"delegate", "check", "--zone", "acme.host.net", "--resolver", "127.0.0.1:1", list}, &out, &errs)
	const want = "acmecheck: error: the resolver 127.0.0.1:1 does not answer\nacmecheck: hint: --resolver IP names another\n"
	if code != exitCannotTell || out.Len() > 0 || errs.String() != want {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	if _, err := os.Stat("delegate.csv"); err == nil {
		t.Error("a table of nothing was written")
	}
}

// An interrupted check tells what it has, and that the rest was not looked at.
func TestInterruptedDelegateCheck(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, feed := io.Pipe()
	go func() {
		_, _ = io.WriteString(feed, "example.com\nexample.net\n")
		cancel()
		_ = feed.Close()
	}()
	var out, errs bytes.Buffer
	root := newRoot(&out, &errs)
	root.SetIn(in)
	root.SetArgs([]string{"delegate", "names", "--zone", "acme.host.net"})
	if err := root.ExecuteContext(ctx); err == nil || err.Error() != "interrupted" {
		t.Errorf("names: %v", err)
	}
	k := &delegateLooker{plan: storyPlan(t), jobs: 2, net: &wire.Net{Resolver: web53}}
	found, err := findDelegations(ctx, k, []delegation.Name{"example.com", "example.net"})
	if err != nil || found[1].class != delegation.Unknown || found[1].found.Failed != "not looked up: interrupted" {
		t.Errorf("check: %+v, %v", found, err)
	}
}

func TestCells(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1":                     "'=1+1",
		"@SUM(A1)":                 "'@SUM(A1)",
		"-1":                       "'-1",
		"+1":                       "'+1",
		"TXT x;=1+1;y":             `TXT x\059=1+1\059y`,
		`CNAME a\;=1.example.`:     `CNAME a\059=1.example.`,
		"TXT \x1b[2J\u202e":        `TXT \x1b[2J\u202e`,
		"www.example.com":          "www.example.com",
		"_acme-challenge.a.b.  C.": "_acme-challenge.a.b.  C.",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// The records of where a CNAME leads are not those of the name itself.
func TestNothingIsFollowed(t *testing.T) {
	l := probes.Lookup{Name: "_acme-challenge.example.com", Answers: []probes.Record{
		{Name: "_Acme-Challenge.example.com.", Type: "CNAME", Data: "a.example."},
		{Name: "a.example.", Type: "CNAME", Data: "b.example."},
		{Name: "b.example.", Type: "TXT", Data: `"x"`},
	}}
	if got := aliases(l); len(got) != 1 || got[0] != "a.example." || len(itself(l).Answers) != 1 {
		t.Error(got)
	}
}

func FuzzNameIn(f *testing.F) {
	for _, s := range []string{"example.com", "dns-01@*.example.com", "https://bücher.example/a", "_acme-challenge.example.com.", "192.0.2.1", "user@example.com", "_acme-challenge.*.example.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := uncommented(s)
		if line == "" {
			return
		}
		n, err := nameIn(line)
		if err != nil {
			return
		}
		if again, err := delegation.ParseName(string(n)); again != n || err != nil {
			t.Errorf("%q is read as %q, which is %q, %v", s, n, again, err)
		}
	})
}

// endless is a list of n names.
type endless struct {
	n, at int
	rest  []byte
}

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.at == e.n {
			return 0, io.EOF
		}
		e.at++
		e.rest = fmt.Appendf(e.rest, "www.shop-%d.co.uk\n", e.at)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// highWater counts lines and watches how far the heap grows above what other
// tests keep there.
type highWater struct {
	lines int
	kept  uint64
	most  uint64
	next  int
}

// heap is the memory of live objects. How much waits to be collected depends on
// what other tests keep.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Write implements io.Writer.
func (h *highWater) Write(p []byte) (int, error) {
	h.lines += bytes.Count(p, []byte("\n"))
	if h.lines >= h.next {
		h.next += 100_000
		now := heap()
		h.most = max(h.most, now-min(now, h.kept))
	}
	return len(p), nil
}

func writePlan(tb testing.TB, n int, args ...string) *highWater {
	tb.Helper()
	h := &highWater{kept: heap()}
	root := newRoot(h, io.Discard)
	root.SetIn(&endless{n: n})
	root.SetArgs(append([]string{"delegate", "names", "--zone", "acme.host.net"}, args...))
	if err := root.ExecuteContext(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return h
}

// The plan for a hundred thousand names takes the memory of one.
func TestNamesInConstantMemory(t *testing.T) {
	for _, format := range []string{"text", "csv", "json"} {
		h := writePlan(t, 200_000, "--format", format)
		if h.lines < 200_000 || h.most > 4<<20 {
			t.Errorf("%s: %d lines, %d MB of heap", format, h.lines, h.most>>20)
		}
	}
}

func BenchmarkMillionNames(b *testing.B) {
	for _, style := range delegation.Styles {
		b.Run(string(style), func(b *testing.B) {
			var most uint64
			for b.Loop() {
				most = max(most, writePlan(b, 1_000_000, "--style", string(style)).most)
			}
			b.ReportMetric(1_000_000*float64(b.N)/b.Elapsed().Seconds(), "names/s")
			b.ReportMetric(float64(most)/(1<<20), "heap-MB")
		})
	}
}
