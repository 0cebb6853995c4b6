package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary is also the node.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "node" {
		if err := Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func start(t *testing.T) *Process {
	t.Helper()
	if err := Possible(t.Context()); err != nil {
		t.Skip(err)
	}
	p, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "w.world")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	twoStacks = "challenge http-01 www.example.com\ndns www.example.com AAAA 2001:db8::1\ndns www.example.com A 192.0.2.1\n"
	right     = "http 192.0.2.1:80 * 200 body=\"$KA\"\n"
)

// One node, many worlds: what one leaves behind must not reach the next.
func TestRecord(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"fallback", twoStacks + right, "valid"},
		{"reserved", "challenge http-01 www.example.com\ndns www.example.com A 10.0.0.1\n", "dns no valid A records found for www.example.com; no valid AAAA records found for www.example.com"},
		{"firewall", "challenge tls-alpn-01 www.example.com\ndns www.example.com A 192.0.2.1\ntcp 192.0.2.1 netunreach\n", "connection 192.0.2.1: Network unreachable"},
		{"firewall gone", twoStacks + right, "valid"},
		{"host elsewhere", "challenge http-01 8.8.8.8\n", "connection 8.8.8.8: Fetching http://8.8.8.8/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0: Network unreachable"},
		{"address", "challenge tls-alpn-01 192.0.2.7\ntls 192.0.2.7:443 sni=7.2.0.192.in-addr.arpa cert=acme\n", "valid"},
		{
			"silent resolver", "challenge dns-01 example.com\ndns _acme-challenge.example.com TXT !drop\n",
			"dns DNS problem: query timed out looking up TXT for _acme-challenge.example.com",
		},
		{
			"two of four see it", twoStacks + right + "perspectives a/ARIN b/RIPE c/APNIC d/ARIN\nfrom a,b dns example.com CAA !rcode SERVFAIL\n",
			"dns During secondary validation: While processing CAA for www.example.com: DNS problem: SERVFAIL looking up CAA for example.com - the domain's nameservers may be malfunctioning",
		},
		{"one of four sees it", twoStacks + right + "perspectives a/ARIN b/RIPE c/APNIC d/ARIN\nfrom d tcp 192.0.2.1 prohibited\n", "valid"},
	}
	p := start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := p.Record(t.Context(), write(t, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			got := "valid"
			if v.Problem != nil {
				got = v.Problem.Type + " " + v.Problem.Detail
			}
			if got != tt.want || v.Valid != (v.Problem == nil) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestRecordKeepsWhatRemotesSay(t *testing.T) {
	p := start(t)
	v, err := p.Record(t.Context(), write(t, twoStacks+right+"perspectives d/ARIN b/RIPE c/APNIC a/ARIN\nfrom c http 192.0.2.1:80 * 404\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range v.MPIC {
		got = append(got, fmt.Sprintf("%s %s/%s %v", r.Check, r.Perspective, r.RIR, r.Valid))
	}
	want := "dcv a/ARIN true, dcv b/RIPE true, dcv c/APNIC false, dcv d/ARIN true, caa a/ARIN true, caa b/RIPE true, caa c/APNIC true, caa d/ARIN true"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestWorldsThatCannotBe(t *testing.T) {
	p := start(t)
	for name, text := range map[string]string{
		"no world": "challenge\n", "account": "challenge http-01 example.com\naccount https://ca.example/1\n", "token": "challenge http-01 192.0.2.1\ntoken short\n",
	} {
		if v, err := p.Record(t.Context(), write(t, text)); err == nil {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if _, err := p.Record(t.Context(), write(t, twoStacks+right)); err != nil {
		t.Errorf("the node is of no use any more: %v", err)
	}
}

// A program sees the world, and nothing of this machine.
func TestRun(t *testing.T) {
	p := start(t)
	out, err := p.Run(t.Context(), write(t, twoStacks), "/bin/sh", "-c", "ip -br link; exit 3")
	if err != nil || !strings.HasPrefix(string(out), "lo ") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("%v: %s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.Run(ctx, write(t, twoStacks), "/bin/sleep", "60"); err == nil {
		t.Error("a program that never ends has ended")
	}
}

func TestNodesNeedAFreshNamespace(t *testing.T) {
	if ifs, err := net.Interfaces(); err != nil || len(ifs) < 2 {
		t.Skip("this machine looks like a fresh namespace itself")
	}
	if err := Serve(t.Context(), os.Stdin, os.Stdout); err == nil {
		t.Error("a node serves in the namespace of this machine")
	}
}
