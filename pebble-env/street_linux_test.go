package lab_test

// A street is a small Internet of network namespaces: hosts, and the veth pairs
// between them. Unlike in a namespace of local ranges, an address belongs to
// one host, and a packet to it crosses routers that may filter it.
//
//	client 198.51.100.10 ── router ── server 203.0.113.10
//
// The resolver stands in the router; the test has a namespace without any
// interface, so that no mistake in it can reach the machine's network.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A host is one network namespace. It is gone when the test's process is.
type host struct {
	name string
	ns   *os.File
}

// do runs f on a thread that is in the host's namespace, where sockets that f
// opens and programs that it starts remain.
func (h host) do(f func() error) error {
	return elsewhere(func() error {
		if err := unix.Setns(int(h.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

// elsewhere runs f, which may move its thread to another namespace, and moves
// the thread back.
func elsewhere(f func() error) error {
	runtime.LockOSThread()
	back, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer back.Close()
	err = f()
	if back := unix.Setns(int(back.Fd()), unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back) // the thread stays locked, and dies with its goroutine
	}
	runtime.UnlockOSThread()
	return err
}

// newHost makes a namespace.
func newHost(t *testing.T, name string) host {
	t.Helper()
	h := host{name: name}
	err := elsewhere(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		h.ns, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	if err != nil {
		t.Fatalf("making %s: %v", name, err)
	}
	t.Cleanup(func() { _ = h.ns.Close() })
	h.sysctl(t)
	h.ip(t, "link set lo up")
	return h
}

// sysctl lets every host forward (which only routers are asked to do), answer
// every packet that it rejects, and use a new IPv6 address at once.
func (h host) sysctl(t *testing.T) {
	t.Helper()
	for _, f := range []string{"ipv4/ip_forward", "ipv6/conf/all/forwarding"} {
		h.set(t, f, "1")
	}
	for _, f := range []string{"ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit", "ipv6/conf/all/accept_dad", "ipv6/conf/default/accept_dad"} {
		h.set(t, f, "0")
	}
}

// set sets a parameter of the host's network.
func (h host) set(t *testing.T, parameter, value string) {
	t.Helper()
	if err := h.do(func() error { return os.WriteFile("/proc/sys/net/"+parameter, []byte(value), 0o600) }); err != nil {
		t.Fatalf("%s: %v", h.name, err)
	}
}

// command prepares a program to be started in the namespace by start. It ends
// when ctx does, politely, so that it can take its children with it.
func command(ctx context.Context, name string, arg ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arg...)
	c.WaitDelay = 10 * time.Second
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	return c
}

// run starts a program and waits for it.
func (h host) run(c *exec.Cmd) error {
	if err := h.do(c.Start); err != nil {
		return err
	}
	return c.Wait()
}

// script feeds lines to a program of the system.
func (h host) script(t *testing.T, lines, program string, arg ...string) {
	t.Helper()
	c := command(t.Context(), program, arg...)
	var out strings.Builder
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(lines), &out, &out
	if err := h.run(c); err != nil {
		t.Fatalf("%s: %s: %v: %s%s", h.name, program, err, out.String(), lines)
	}
}

func (h host) ip(t *testing.T, lines ...string) {
	t.Helper()
	h.script(t, strings.Join(lines, "\n")+"\n", "ip", "-batch", "-")
}

// filter puts rules in place of those that the host has: a family and, in
// braces, the chains of its table.
func (h host) filter(t *testing.T, family, chains string) {
	t.Helper()
	h.script(t, fmt.Sprintf("flush ruleset\ntable %s street {\n%s\n}\n", family, chains), "nft", "-f", "-")
}

// listen opens a port of the host.
func (h host) listen(t *testing.T, address string) net.Listener {
	t.Helper()
	var l net.Listener
	err := h.do(func() (err error) {
		var lc net.ListenConfig
		l, err = lc.Listen(t.Context(), "tcp", address)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", h.name, err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// serve answers HTTP on a port of the host.
func (h host) serve(t *testing.T, address string, handler http.Handler) {
	t.Helper()
	srv := &http.Server{Handler: handler} //nolint:gosec // its only client is the test
	l := h.listen(t, address)
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
}

// A cable joins two hosts. An end is the name of an interface and the
// addresses that it gets.
type cable struct {
	a, b       host
	endA, endB string
}

func (c cable) lay(t *testing.T) {
	t.Helper()
	endA, endB := strings.Fields(c.endA), strings.Fields(c.endB)
	c.a.ip(t, fmt.Sprintf("link add %s type veth peer name %s netns /proc/%d/fd/%d", endA[0], endB[0], os.Getpid(), c.b.ns.Fd()))
	for h, end := range map[host][]string{c.a: endA, c.b: endB} {
		lines := []string{"link set " + end[0] + " up"}
		for _, address := range end[1:] {
			if strings.Contains(address, ":") {
				address += " nodad"
			}
			lines = append(lines, "addr add "+address+" dev "+end[0])
		}
		h.ip(t, lines...)
	}
}

// A street is a client, a router and a server.
type street struct {
	client, router, server host
	home, neighbour        host // where the server stands behind a NAT
}

// The addresses of a street.
const (
	server4 = "203.0.113.10"
	server6 = "2001:db8:f::10"
)

// newStreet builds the street, with a resolver that answers by the lines of a
// world. Nothing is connected to the outside.
func newStreet(t *testing.T, dns string) street {
	t.Helper()
	s := street{client: newHost(t, "client"), router: newHost(t, "router"), server: newHost(t, "server")}
	s.router.ip(t, "addr add "+world.Resolver.Addr().String()+"/32 dev lo")
	cable{s.router, s.client, "client 198.51.100.1/24 2001:db8:a::1/64", "eth0 198.51.100.10/24 2001:db8:a::10/64"}.lay(t)
	cable{s.router, s.server, "server 203.0.113.1/24 2001:db8:f::1/64", "eth0 " + server4 + "/24 " + server6 + "/64"}.lay(t)
	s.client.ip(t, "route add default via 198.51.100.1", "route add ::/0 via 2001:db8:a::1")
	s.server.ip(t, "route add default via 203.0.113.1", "route add ::/0 via 2001:db8:f::1")
	w, err := world.Parse("street", dns)
	if err != nil {
		t.Fatal(err)
	}
	var l *lab.Lab
	err = s.router.do(func() (err error) {
		l, err = lab.StartNative(t.Context(), w.View(""))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return s
}

// acmecheck runs the binary in a host's namespace and returns its output and
// its exit code.
func (h host) acmecheck(t *testing.T, bin string, arg ...string) (out string, code int) {
	t.Helper()
	var b strings.Builder
	c := command(t.Context(), bin, append([]string{"--resolver", world.Resolver.String(), "--treat-as-public", public}, arg...)...)
	c.Stdout, c.Stderr = &b, os.Stderr
	if _, exited := errors.AsType[*exec.ExitError](h.run(c)); !exited && c.ProcessState == nil {
		t.Fatalf("%s: %s did not start", h.name, bin)
	}
	return b.String(), c.ProcessState.ExitCode()
}
