package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// valueOf is a TXT value as dns-01 has them.
var valueOf = strings.Repeat("a", 43)

// changingDNS is a server that gives a TXT value as long as has says so. It
// counts the questions for it.
func changingDNS(t *testing.T, has func(question int64) bool) (addr string) {
	t.Helper()
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	ready := make(chan struct{})
	s := &dns.Server{PacketConn: pc, NotifyStartedFunc: func() { close(ready) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeTXT && strings.HasPrefix(q.Question[0].Name, "_acme-challenge.") && has(asked.Add(1)) {
			rr, _ := dns.NewRR(fmt.Sprintf("%s 0 TXT %q", q.Question[0].Name, valueOf))
			m.Answer = append(m.Answer, rr)
		}
		_ = w.WriteMsg(m)
	})}
	served := make(chan error, 1)
	go func() { served <- s.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() {
		_ = s.Shutdown()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return pc.LocalAddr().String()
}

// toDNS are the arguments of a look at a changing server.
func toDNS(addr string, more ...string) []string {
	return append(more, "dns-01@example.com", "--expect-txt", valueOf, "--resolver", addr, "--interval", "10ms")
}

// A wait ends with the look that finds the value.
func TestWaitEndsWhenReady(t *testing.T) {
	addr := changingDNS(t, func(n int64) bool { return n > 4 })
	var out, errs bytes.Buffer
	code := execute(t.Context(), toDNS(addr, "check", "--wait", "1m", "--json"), &out, &errs)
	if code != 0 || strings.Count(errs.String(), "not ready yet: NOT READY (dns01.") != 1 {
		t.Errorf("exit code %d\n%s\n%s", code, errs.String(), out.String())
	}
	if err := reportSchema(t)(out.Bytes()); err != nil {
		t.Error(err)
	}
}

// An interrupted wait is over at once, with the last look's report.
func TestWaitIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	addr := changingDNS(t, func(int64) bool { return false })
	var out bytes.Buffer
	args := toDNS(addr, "check", "--wait", "1h", "--json")
	args[len(args)-1] = "1h" // the interval
	code := execute(ctx, args, &out, writerFunc(func(string) { cancel() }))
	if code != exitInterrupted || !strings.Contains(out.String(), `"reason": "interrupted"`) {
		t.Errorf("exit code %d\n%s", code, out.String())
	}
}

// writerFunc is told what is written.
type writerFunc func(string)

func (f writerFunc) Write(b []byte) (int, error) {
	f(string(b))
	return len(b), nil
}

// watchLines are the lines of a watch without their times, and its exit code.
func watchLines(ctx context.Context, t *testing.T, args ...string) (code int, lines []string) {
	t.Helper()
	var out bytes.Buffer
	code = execute(ctx, args, &out, io.Discard)
	for line := range strings.Lines(regexp.MustCompile(`\d\d:\d\d:\d\d|for \d+ s`).ReplaceAllString(out.String(), "T")) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return code, lines
}

func TestWatchTellsWhatChanges(t *testing.T) {
	t.Run("until ready", func(t *testing.T) {
		addr := changingDNS(t, func(n int64) bool { return n > 4 })
		code, lines := watchLines(t.Context(), t, toDNS(addr, "watch", "--until", "ready")...)
		if code != 0 || len(lines) < 2 || !strings.HasPrefix(lines[0], "T  NOT READY (dns01.") {
			t.Fatalf("exit code %d: %q", code, lines)
		}
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "T  READY now") || !strings.Contains(last, "- dns01.") {
			t.Errorf("the last line is %q", last)
		}
	})
	t.Run("until change", func(t *testing.T) {
		addr := changingDNS(t, func(n int64) bool { return n < 4 })
		code, lines := watchLines(t.Context(), t, toDNS(addr, "watch", "--until", "change", "-q")...)
		if code != exitNotReady || len(lines) != 2 || lines[0] != "T  READY" || !strings.HasPrefix(lines[1], "T  NOT READY now (dns01.") || !strings.Contains(lines[1], "+ dns01.") {
			t.Errorf("exit code %d: %q", code, lines)
		}
	})
	t.Run("until interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		addr := changingDNS(t, func(n int64) bool {
			if n > 8 {
				cancel()
			}
			return true
		})
		code, lines := watchLines(ctx, t, toDNS(addr, "watch")...)
		if code != exitInterrupted || len(lines) < 2 || strings.Contains(strings.Join(lines, "\n"), "CANNOT TELL") {
			t.Errorf("exit code %d: %q", code, lines)
		}
	})
}

// With ndjson one stream comes after the other, and the files are the last
// look's.
func TestWatchStreams(t *testing.T) {
	file := filepath.Join(t.TempDir(), "last.json")
	addr := changingDNS(t, func(n int64) bool { return n > 4 })
	var out bytes.Buffer
	code := execute(t.Context(), toDNS(addr, "watch", "--until", "ready", "--format", "ndjson", "--out", "json="+file), &out, io.Discard)
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	count := map[string]int{}
	d := json.NewDecoder(&out)
	for {
		var e struct{ Type string }
		err := d.Decode(&e)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		count[e.Type]++
	}
	if n := count["run_started"]; n < 2 || count["run_finished"] != n || count["version"] != n {
		t.Errorf("events: %v", count)
	}
	if b, err := os.ReadFile(file); err != nil || !bytes.Contains(b, []byte(`"reason": "ok"`)) {
		t.Errorf("the file has %s %v", b, err)
	}
}
