package simnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

var web = netip.MustParseAddrPort("192.0.2.10:80")

// in runs f in a bubble with a network of some lines.
func in(t *testing.T, lines string, f func(t *testing.T, n *simnet.Net)) {
	t.Helper()
	w, err := world.Parse("t", "challenge http-01 www.example.com\n"+lines)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		n := simnet.New(t.Context(), w.View(""))
		defer n.Close()
		f(t, n)
	})
}

func dial(t *testing.T, n *simnet.Net) net.Conn {
	t.Helper()
	c, err := n.Dial(t.Context(), "tcp", web)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDataBeforeAResetIsReadable(t *testing.T) {
	in(t, `tcp 192.0.2.10:80 say="hello" then=reset`, func(t *testing.T, n *simnet.Net) {
		c := dial(t, n)
		defer c.Close()
		b, err := io.ReadAll(c)
		const want = "read tcp 198.51.100.1:40001->192.0.2.10:80: read: connection reset by peer"
		if string(b) != "hello" || err == nil || err.Error() != want {
			t.Errorf("%q, %v; want %q", b, err, want)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("a reset is told once, then: %v", err)
		}
	})
}

func TestFINIsAnEnd(t *testing.T) {
	in(t, `tcp 192.0.2.10:80 say="hello"`, func(t *testing.T, n *simnet.Net) {
		c := dial(t, n)
		defer c.Close()
		if b, err := io.ReadAll(c); string(b) != "hello" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
	})
}

func TestDeadlines(t *testing.T) {
	in(t, "tcp 192.0.2.10:80 hang", func(t *testing.T, n *simnet.Net) {
		c := dial(t, n)
		defer c.Close()
		began := time.Now()
		_ = c.SetReadDeadline(began.Add(7 * time.Second))
		_, err := c.Read(make([]byte, 1))
		if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() || time.Since(began) != 7*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestDropEndsWithTheContext(t *testing.T) {
	in(t, "tcp 192.0.2.10 drop", func(t *testing.T, n *simnet.Net) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := n.Dial(ctx, "tcp", web)
		op, ok := errors.AsType[*net.OpError](err)
		if !ok || op.Op != "dial" || !op.Timeout() || time.Since(began) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err = n.Dial(ctx, "tcp", web); err == nil || !strings.HasSuffix(err.Error(), "operation was canceled") {
			t.Error(err)
		}
	})
}

// Close must not wait for a server that is asleep; synctest fails the test if
// a goroutine outlives it.
func TestCloseEndsSleepingServers(t *testing.T) {
	in(t, "http 192.0.2.10:80 * 200 delay=21h", func(t *testing.T, n *simnet.Net) {
		c := dial(t, n)
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	})
}

func TestAWriteWaitsForRoom(t *testing.T) {
	in(t, "http 192.0.2.10:80 * 200 delay=1h", func(t *testing.T, n *simnet.Net) {
		c := dial(t, n)
		defer c.Close()
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		sent, err := c.Write(append([]byte("GET / HTTP/1.1\r\n\r\n"), make([]byte, 8<<20)...))
		if err == nil || sent >= 8<<20 {
			t.Errorf("wrote %d octets, %v, to a server that does not read", sent, err)
		}
	})
}

func TestBubbleInABinary(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "bubble")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./testdata/bubble").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, bin).Output()
	if want := "true 2026-01-02T03:04:05Z 1h0m0s true\n"; err != nil || string(out) != want {
		t.Errorf("%v, got %q, want %q", err, out, want)
	}
}

func TestBubblePassesAPanic(t *testing.T) {
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("recovered %v", r)
		}
	}()
	simnet.Bubble(time.Now(), func(context.Context) { panic("boom") })
}
