package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// post asks a front as Boulder does.
func post(t *testing.T, d *DoH, path string, body []byte) (status int, answer string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+d.Address+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: d.Roots}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	if res.ProtoMajor != 2 {
		t.Errorf("%s", res.Proto)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), nil
}

// resolver answers each connection with fixed bytes once it was asked, and
// closes it.
func resolver(t *testing.T, says string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, dns.MaxMsgSize))
			_, _ = io.WriteString(c, says)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

func TestDoH(t *testing.T) {
	gone := resolver(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	q, err := new(dns.Msg).SetQuestion("example.com.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	question := string(q)
	tooLong := question[:12] + strings.Repeat("\x3f"+strings.Repeat("a", 63), 4) + question[len(question)-5:]
	tests := []struct {
		name, resolver, path, question string
		status                         int // 0: no answer
		answer                         string
	}{
		{"answer", resolver(t, "\x00\x06answer"), "/dns-query", question, 200, "answer"},
		{"half an answer", resolver(t, "\x00\x07answer"), "/dns-query", question, 0, ""},
		{"silence", gone, "/dns-query", question, 0, ""},
		{"no resolver", closed, "/dns-query", question, http.StatusBadGateway, ""},
		{"another path", gone, "/", question, http.StatusNotFound, ""},
		{"too long", gone, "/dns-query", question + strings.Repeat("x", dns.MaxMsgSize), http.StatusBadRequest, ""},
		{"too long a name", gone, "/dns-query", tooLong, http.StatusBadRequest, ""},
		{"no message", gone, "/dns-query", "question", http.StatusBadRequest, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := StartDoH(tt.resolver)
			defer d.Close()
			status, answer, err := post(t, d, tt.path, []byte(tt.question))
			if status != tt.status || (status == 0) != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("status %d, %v", status, err)
			}
			if tt.answer != "" && answer != tt.answer {
				t.Errorf("answer %q", answer)
			}
		})
	}
}
