package wire_test

// This file is about servers that mean harm: whatever they send, a look ends
// in time, in little memory, and with a fault that has a name.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// server runs a server of one connection, and one request, on loopback.
func server(t *testing.T, f func(net.Conn)) netip.AddrPort {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			f(c)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// get fetches from a server within some time.
func get(t *testing.T, to netip.AddrPort, limit time.Duration) (probes.Fetch, *probes.Fault, time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	c, fault := (&wire.Net{}).Connect(ctx, probes.Dial{To: to})
	if fault != nil {
		t.Fatal(fault)
	}
	defer c.Close()
	began := time.Now()
	f, fault := wire.Fetch(ctx, c, probes.Fetch{URL: "http://example.com/x", To: to, MaxBody: 128})
	return f, fault, time.Since(began)
}

// endless writes a text for ever, or until the client has enough.
func endless(c net.Conn, head, text string) {
	chunk := []byte(strings.Repeat(text, 64<<10/len(text)))
	if _, err := io.WriteString(c, head); err != nil {
		return
	}
	for {
		if _, err := c.Write(chunk); err != nil {
			return
		}
	}
}

func bomb() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, 10<<20))
	_ = z.Close()
	return b.Bytes()
}

func TestHostileServers(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name   string
		serve  func(net.Conn)
		kind   probes.FaultKind // of the head
		body   int
		status int
	}{
		{"endless header fields", func(c net.Conn) { endless(c, head, "X: y\r\n") }, probes.FaultTooLarge, 0, 0},
		{"endless header line", func(c net.Conn) { endless(c, head+"X: ", "y") }, probes.FaultTooLarge, 0, 0},
		{"endless status line", func(c net.Conn) { endless(c, "HTTP/1.1 200 ", "y") }, probes.FaultTooLarge, 0, 0},
		{"endless interim heads", func(c net.Conn) { endless(c, "", "HTTP/1.1 103 Early Hints\r\n\r\n") }, probes.FaultTooLarge, 0, 0},
		{"endless body", func(c net.Conn) { endless(c, head+"\r\n", "body") }, "", 129, 200},
		{"gzip bomb", func(c net.Conn) {
			_, _ = io.WriteString(c, head+"Content-Encoding: gzip\r\n\r\n")
			_, _ = c.Write(bomb())
		}, "", 129, 200},
		{"drip-fed head", func(c net.Conn) { drip(c, head) }, probes.FaultTimeout, 0, 0},
		{"HTTP/0.9", func(c net.Conn) { _, _ = io.WriteString(c, "<html>hello</html>\n") }, probes.FaultNotHTTP, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limit := time.Minute // a guard only: parsing 10 MiB of fields is slow under the race detector
			if tt.kind == probes.FaultTimeout {
				limit = 300 * time.Millisecond
			}
			f, fault, took := get(t, server(t, tt.serve), limit)
			kind := probes.FaultKind("")
			if fault != nil {
				kind = fault.Kind
			}
			if kind != tt.kind || len(f.Body) != tt.body || f.Status != tt.status {
				t.Errorf("fault %v, status %d, body of %d; want %q, %d, %d", fault, f.Status, len(f.Body), tt.kind, tt.status, tt.body)
			}
			if took > limit+time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// drip sends a byte at a time, slowly.
func drip(c net.Conn, s string) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := range s {
		<-tick.C
		if _, err := c.Write([]byte{s[i]}); err != nil {
			return
		}
	}
}

func TestHugeLocationIsCut(t *testing.T) {
	f, fault, _ := get(t, server(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://example.com/"+strings.Repeat("a", 1<<20)+"\r\n\r\n")
	}), 10*time.Second)
	if fault != nil || len(f.Location) != 1 || len(f.Location[0]) != 64<<10 {
		t.Fatalf("fault %v, %d locations", fault, len(f.Location))
	}
}

// resolver runs a UDP server that answers each query with some datagrams.
func resolver(t *testing.T, answers func(q *dns.Msg) [][]byte) netip.AddrPort {
	t.Helper()
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(b)
			if err != nil {
				return
			}
			q := new(dns.Msg)
			if q.Unpack(b[:n]) != nil {
				continue
			}
			for _, a := range answers(q) {
				_, _ = pc.WriteTo(a, from)
			}
		}
	}()
	t.Cleanup(func() { _ = pc.Close(); <-done })
	return pc.LocalAddr().(*net.UDPAddr).AddrPort()
}

func reply(q *dns.Msg, address string) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	rr, err := dns.NewRR(q.Question[0].Name + " 60 IN A " + address)
	if err == nil {
		m.Answer = append(m.Answer, rr)
	}
	return m
}

func packed(m *dns.Msg) []byte {
	b, _ := m.Pack()
	return b
}

// Forged and broken datagrams must not win over the right one behind them.
func TestLookupWaitsForTheRightAnswer(t *testing.T) {
	at := resolver(t, func(q *dns.Msg) [][]byte {
		id := reply(q, "203.0.113.66")
		id.Id++
		other := reply(q, "203.0.113.67")
		other.Question[0].Name = "other.example.com."
		return [][]byte{packed(id), {1, 2, 3}, packed(other), packed(reply(q, "192.0.2.10"))}
	})
	l, fault := (&wire.Net{Resolver: at}).Lookup(t.Context(), probes.Lookup{Name: "example.com", Type: "A"}, wire.Patience{Try: time.Second, Tries: 1})
	if fault != nil || len(l.Answers) != 1 || l.Answers[0].Data != "192.0.2.10" {
		t.Errorf("%+v %v", l, fault)
	}
}

func TestLookupTriesAsOftenAsTold(t *testing.T) {
	at := resolver(t, func(*dns.Msg) [][]byte { return nil })
	began := time.Now()
	l, fault := (&wire.Net{Resolver: at}).Lookup(t.Context(), probes.Lookup{Name: "example.com", Type: "A"}, wire.Patience{Try: 50 * time.Millisecond, Tries: 3})
	if fault == nil || fault.Kind != probes.FaultTimeout || l.Tries != 3 || time.Since(began) < 150*time.Millisecond {
		t.Errorf("%+v %v in %v", l, fault, time.Since(began))
	}
}

// An address that the policy refuses is never dialled, whatever led to it.
func TestRefusedAddressesAreNotDialled(t *testing.T) {
	n := &wire.Net{
		Refuses: func(netip.Addr) string { return "reserved" },
		Dial: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
			t.Error("dialled")
			return nil, io.EOF
		},
	}
	if _, fault := n.Connect(t.Context(), probes.Dial{To: netip.MustParseAddrPort("10.0.0.1:80")}); fault == nil {
		t.Error("connected")
	}
}
