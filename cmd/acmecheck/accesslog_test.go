package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Lines as real servers write them.
func TestLogged(t *testing.T) {
	told := time.Date(2026, 11, 24, 15, 18, 10, 0, time.UTC)
	tests := []struct {
		name, line string
		want       arrival
		ok         bool
	}{
		{
			"nginx", `203.0.113.7 - - [24/Nov/2026:15:18:12 +0000] "GET /.well-known/acme-challenge/abc HTTP/1.1" 200 87 "-" "Mozilla/5.0 (compatible; Let's Encrypt validation server)"`,
			arrival{At: 2 * time.Second, From: netip.MustParseAddrPort("203.0.113.7:0"), Path: "/.well-known/acme-challenge/abc", UserAgent: "Mozilla/5.0 (compatible; Let's Encrypt validation server)"},
			true,
		},
		{
			"Apache with the host in front, IPv6", `www.example.com:80 2001:db8::7 - - [24/Nov/2026:15:18:09 +0000] "GET /.well-known/acme-challenge/abc HTTP/1.1" 200 87 "-" "x"`,
			arrival{From: netip.MustParseAddrPort("[2001:db8::7]:0"), Path: "/.well-known/acme-challenge/abc", UserAgent: "x"},
			true,
		},
		{
			"common, without an agent", `203.0.113.7 - - [24/Nov/2026:16:18:11 +0100] "GET /.well-known/acme-challenge/abc HTTP/1.1" 200 87`,
			arrival{At: time.Second, From: netip.MustParseAddrPort("203.0.113.7:0"), Path: "/.well-known/acme-challenge/abc"},
			true,
		},
		{
			"Caddy", `{"level":"info","ts":1795533492.1,"request":{"remote_ip":"203.0.113.7","remote_port":"4711","method":"GET","host":"192.0.2.1","uri":"/.well-known/acme-challenge/abc","headers":{"User-Agent":["LE"]}},"status":200}`,
			arrival{From: netip.MustParseAddrPort("203.0.113.7:0"), Path: "/.well-known/acme-challenge/abc", UserAgent: "LE"},
			true,
		},
		{"another path", `203.0.113.7 - - [24/Nov/2026:15:18:12 +0000] "GET / HTTP/1.1" 200 87 "-" "x"`, arrival{}, false},
		{"nobody", `- - - "GET /.well-known/acme-challenge/abc HTTP/1.1" 200`, arrival{}, false},
		{"nothing", "", arrival{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := logged(tt.line, told)
			if ok != tt.ok || ok && (got.At != tt.want.At || got.From != tt.want.From || got.Path != tt.want.Path || got.UserAgent != tt.want.UserAgent) {
				t.Errorf("%v %+v, want %v %+v", ok, got, tt.ok, tt.want)
			}
		})
	}
}

// What was there before is not about the order; a log that was rotated is read
// from its beginning.
func TestAccessLogCountsWhatIsNew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	const line = `203.0.113.7 - - [24/Nov/2026:15:18:12 +0000] "GET /.well-known/acme-challenge/abc HTTP/1.1" 200 87` + "\n"
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(line + line + line)
	l, err := watch(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.arrivals(time.Now())); n != 0 {
		t.Errorf("%d arrivals before anything arrived", n)
	}
	write(line + line + line + line)
	if n := len(l.arrivals(time.Now())); n != 1 {
		t.Errorf("%d arrivals after one", n)
	}
	write(line + line)
	if n := len(l.arrivals(time.Now())); n != 2 {
		t.Errorf("%d arrivals in a new file of two", n)
	}
}
