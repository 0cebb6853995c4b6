package lab

// This file is a name server whose zones change while it runs: what a CA of
// the lab asks, and what a solver writes to.

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/netutil"
)

// ZoneOptions say what a Zone is responsible for.
type ZoneOptions struct {
	// Listen is where it listens, over UDP and TCP. Empty is 127.0.0.1 and a
	// port that the system chooses.
	Listen string
	// Names are its apexes, as "lab.test"; "." is everything. Outside of them
	// it refuses.
	Names []string
	// Addresses are what every name of its zones has that has no addresses and
	// no CNAME of its own. Names with a label that begins with "_" are no hosts
	// and have none. Without any, names exist when something is set at or below
	// them.
	Addresses []netip.Addr
	// Hosts are where Addresses hold: at these names and below them. Empty is
	// everywhere in the zones.
	Hosts []string
	// Keys may write by RFC 2136. Without any, nobody may.
	Keys []Key
	// Seen hears of every question once it is answered, from many goroutines.
	// Nil hears nothing.
	Seen func(Query)
}

// A Key is a TSIG key (RFC 8945), hmac-sha256, and what it may write: TXT
// records at some names and below them. It reads nothing that others cannot.
type Key struct {
	Name   string
	Secret []byte
	Writes []string
}

// A Query is a question, or an update, that arrived. Its name comes from the
// network.
type Query struct {
	At      time.Time
	From    netip.AddrPort
	Network string // udp or tcp
	Name    string // without the final dot; of an update, its zone's
	Type    string // TXT and so on; UPDATE for an update
	Answer  string // NOERROR, NXDOMAIN, REFUSED and so on
}

// A Zone is an authoritative name server for lab zones. Changes hold from the
// next question on. It is safe for concurrent use.
//
// It follows CNAMEs within its zones, as a resolver would, so that whoever
// takes it for one gets whole answers. There is no DNSSEC, no delegation and no
// transfer.
type Zone struct {
	addresses []netip.Addr
	hosts     []string       // canonical; none: everywhere
	keys      map[string]Key // by canonical name
	seen      func(Query)
	address   netip.AddrPort
	apexes    []string // canonical

	servers []*dns.Server
	stop    func() bool // listening to the context
	wg      sync.WaitGroup

	mu      sync.RWMutex
	serial  uint32              // guarded by mu
	records map[string][]dns.RR // by canonical name, guarded by mu
	faults  map[string]dnsFault // by canonical host name, guarded by mu
}

const (
	zoneTTL         = 1      // second, of everything: a lab forgets quickly
	zonePerName     = 100    // records at one name
	zoneNames       = 10_000 // in one Zone
	zoneUDP         = 1232   // octets of a UDP answer; flag day 2020
	zoneConnections = 256    // over TCP, at once
)

// StartZone starts a name server, which Close or the end of ctx ends.
func StartZone(ctx context.Context, o ZoneOptions) (*Zone, error) {
	z := &Zone{addresses: o.Addresses, keys: map[string]Key{}, seen: o.Seen, records: map[string][]dns.RR{}, faults: map[string]dnsFault{}, serial: 1}
	for _, k := range o.Keys {
		z.keys[dns.CanonicalName(k.Name)] = k
	}
	for _, n := range o.Names {
		z.apexes = append(z.apexes, dns.CanonicalName(n))
	}
	for _, n := range o.Hosts {
		z.hosts = append(z.hosts, dns.CanonicalName(n))
	}
	listen := o.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	pc, l, err := listenDNS(ctx, listen)
	if err != nil {
		return nil, err
	}
	z.address = l.Addr().(*net.TCPAddr).AddrPort()
	z.serve(&dns.Server{PacketConn: pc, UDPSize: 4096})
	z.serve(&dns.Server{Listener: netutil.LimitListener(l, zoneConnections)})
	z.stop = context.AfterFunc(ctx, z.shutdown)
	return z, nil
}

// listenDNS opens a port for both UDP and TCP.
func listenDNS(ctx context.Context, address string) (net.PacketConn, net.Listener, error) {
	var lc net.ListenConfig
	const tries = 10 // the port that the system chose for TCP may be taken for UDP
	for try := 1; ; try++ {
		l, err := lc.Listen(ctx, "tcp", address)
		if err != nil {
			return nil, nil, err
		}
		pc, err := lc.ListenPacket(ctx, "udp", l.Addr().String())
		if err == nil {
			return pc, l, nil
		}
		_ = l.Close()
		if try == tries {
			return nil, nil, err
		}
	}
}

func (z *Zone) serve(s *dns.Server) {
	ready := make(chan struct{})
	s.NotifyStartedFunc = func() { close(ready) }
	s.Handler = dns.HandlerFunc(z.handle)
	s.MsgAcceptFunc = accept
	s.TsigProvider = keyring{z.keys}
	s.ReadTimeout, s.WriteTimeout = 5*time.Second, 5*time.Second
	z.wg.Go(func() { _ = s.ActivateAndServe() })
	<-ready
	z.servers = append(z.servers, s)
}

// Address is where the server listens, over UDP and TCP.
func (z *Zone) Address() netip.AddrPort { return z.address }

// Close ends the server. When it returns none of its goroutines is alive.
func (z *Zone) Close() {
	z.stop()
	z.shutdown()
	z.wg.Wait()
}

func (z *Zone) shutdown() {
	for _, s := range z.servers {
		_ = s.Shutdown() // fails when it is done already
	}
}

// Set puts values in place of those that a name has of a type; none takes them
// away. Values are as in a zone file, but for TXT: those are the text itself,
// of any length.
func (z *Zone) Set(name, kind string, values ...string) error {
	rrs, err := z.parse(name, kind, values)
	if err != nil {
		return err
	}
	t := dns.StringToType[strings.ToUpper(kind)]
	return z.change(func(c changes) error {
		c.remove(name, func(r dns.RR) bool { return r.Header().Rrtype == t })
		return c.add(rrs...)
	})
}

// Add puts a value beside those that a name has of a type.
func (z *Zone) Add(name, kind, value string) error {
	rrs, err := z.parse(name, kind, []string{value})
	if err != nil {
		return err
	}
	return z.change(func(c changes) error { return c.add(rrs...) })
}

// Remove takes a value away and leaves its neighbours.
func (z *Zone) Remove(name, kind, value string) error {
	rrs, err := z.parse(name, kind, []string{value})
	if err != nil {
		return err
	}
	return z.change(func(c changes) error {
		c.remove(name, func(r dns.RR) bool { return dns.IsDuplicate(r, rrs[0]) })
		return nil
	})
}

// parse makes records of values.
func (z *Zone) parse(name, kind string, values []string) ([]dns.RR, error) {
	kind = strings.ToUpper(kind)
	if _, ok := dns.StringToType[kind]; !ok {
		return nil, fmt.Errorf("no record type %q", kind)
	}
	name = dns.CanonicalName(name)
	if z.apexOf(name) == "" {
		return nil, fmt.Errorf("%s is in no zone of this server", name)
	}
	var rrs []dns.RR
	for _, v := range values {
		if kind == "TXT" {
			rrs = append(rrs, textRecord(name, v))
			continue
		}
		rr, err := dns.NewRR(name + " " + strconv.Itoa(zoneTTL) + " IN " + kind + " " + v)
		if err != nil {
			return nil, fmt.Errorf("a %s record %q for %s: %w", kind, v, name, err)
		}
		if rr == nil || rr.Header().Name != name {
			return nil, fmt.Errorf("a %s record %q for %s: not one record", kind, v, name)
		}
		rrs = append(rrs, rr)
	}
	return rrs, nil
}

// textRecord splits a text into strings of 255 octets, in the escapes that the
// library keeps them in.
func textRecord(name, text string) dns.RR {
	var parts []string
	for len(text) > 255 {
		parts, text = append(parts, escape(text[:255])), text[255:]
	}
	return &dns.TXT{
		Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: zoneTTL},
		Txt: append(parts, escape(text)),
	}
}

func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
