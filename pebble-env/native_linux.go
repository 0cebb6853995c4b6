package lab

// This file puts a world on its true addresses and ports, inside a network
// namespace of its own (ip-netns(8)): there the documentation ranges are made
// local, and a packet filter plays the firewalls. Nothing leaves it.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// PrepareNamespace makes the documentation ranges local. It needs root (or a
// user namespace) and ip(8), and refuses to work where there is any interface
// but lo.
func PrepareNamespace(ctx context.Context) error {
	ifs, err := net.Interfaces()
	if err != nil {
		return err
	}
	if len(ifs) != 1 {
		return fmt.Errorf("not a fresh network namespace: it has %d interfaces", len(ifs))
	}
	for _, f := range []string{"net/ipv4/ip_nonlocal_bind", "net/ipv6/ip_nonlocal_bind"} {
		if err := os.WriteFile("/proc/sys/"+f, []byte("1"), 0o600); err != nil {
			return err
		}
	}
	commands := []string{"link set lo up"}
	for _, p := range world.Documentation {
		commands = append(commands, fmt.Sprintf("%s route add local %s dev lo", map[bool]string{true: "-4", false: "-6"}[p.Addr().Is4()], p))
	}
	for _, c := range commands {
		if out, err := exec.CommandContext(ctx, "ip", strings.Fields(c)...).CombinedOutput(); err != nil { //nolint:gosec // our own words
			return fmt.Errorf("ip %s: %w: %s", c, err, out)
		}
	}
	return nil
}

// StartNative brings a view up on its own addresses in the current namespace,
// which PrepareNamespace must have prepared. One lab at a time. It needs
// nft(8) for worlds with faults.
func StartNative(ctx context.Context, v *world.View) (*Lab, error) {
	l := &Lab{server: serve.Server{View: v}, ports: map[netip.AddrPort]string{}}
	l.ctx, l.cancel = context.WithCancel(ctx)
	err := errors.Join(l.firewall(ctx), l.nativeDNS())
	for _, ap := range v.Endpoints() {
		if err != nil {
			break
		}
		if e := v.Endpoint(ap); e.TCP != nil && v.Reach(ap) != world.Accept {
			continue
		}
		var x *net.TCPListener
		if x, err = l.listen(ap.String()); err == nil {
			l.wg.Go(func() { l.accept(ap, x) })
		}
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("starting the lab: %w", err)
	}
	return l, nil
}

func (l *Lab) nativeDNS() error {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(l.ctx, "udp", world.Resolver.String())
	if err != nil {
		return err
	}
	x, err := l.listen(world.Resolver.String())
	if err != nil {
		return err
	}
	l.serveDNS(&dns.Server{PacketConn: pc}, true)
	l.serveDNS(&dns.Server{Listener: x}, false)
	return nil
}

// rejects are the ICMP messages of a Reach, for IPv4 and IPv6.
var rejects = map[world.Reach][2]string{
	world.Drop:            {"drop", "drop"},
	world.NetUnreachable:  {"reject with icmp type net-unreachable", "reject with icmpv6 type no-route"},
	world.HostUnreachable: {"reject with icmp type host-unreachable", "reject with icmpv6 type addr-unreachable"},
	world.Prohibited:      {"reject with icmp type admin-prohibited", "reject with icmpv6 type admin-prohibited"},
}

// firewall loads the rules of a view, in place of those of the view before.
func (l *Lab) firewall(ctx context.Context) error {
	v := l.server.View
	var rules strings.Builder
	rule := func(ap netip.AddrPort) {
		action, ok := rejects[v.Reach(ap)]
		if !ok {
			return
		}
		family, i := "ip", 0
		if ap.Addr().Is6() {
			family, i = "ip6", 1
		}
		ports := "meta l4proto tcp"
		if ap.Port() != 0 {
			ports = fmt.Sprintf("tcp dport %d", ap.Port())
		}
		fmt.Fprintf(&rules, "%s daddr %s %s %s\n", family, ap.Addr(), ports, action[i])
	}
	for _, a := range v.Hosts() {
		rule(netip.AddrPortFrom(a, 0))
	}
	for _, ap := range v.Endpoints() {
		rule(ap)
	}
	if rules.Len() == 0 {
		return nil
	}
	l.closed = append(l.closed, func() error { return nft(context.Background(), "delete table inet acmecheck\n") })
	return nft(ctx, "table inet acmecheck {\nchain in {\ntype filter hook input priority 0; policy accept;\n"+rules.String()+"}\n}\n")
}

func nft(ctx context.Context, script string) error {
	c := exec.CommandContext(ctx, "nft", "-f", "-")
	c.Stdin = bytes.NewReader([]byte(script))
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, out)
	}
	return nil
}
