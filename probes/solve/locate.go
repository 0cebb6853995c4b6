package solve

// This file finds the servers that a CA's resolver ends up at for the records
// of a challenge.

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// Bounds of what is followed and asked. A zone has more than 13 servers only
// if somebody wants to keep us busy.
const (
	maxReferrals = 8
	maxHosts     = 13
	maxAddresses = 4 // of a host
)

const dnsPort = 53

// A Place is where the records of a name are kept. Names are in lower case and
// without a final dot.
type Place struct {
	Name    string
	Aliases []string // the names that are aliases (CNAME), Name first
	Target  string   // where they lead: Name, if it is none
	Zone    string   // the zone of Target
	Servers []Server // of Zone, by host and address
	Refresh time.Duration
}

// A Server is one address of a name server. The zero address: its host has
// none.
type Server struct {
	Host string
	Addr netip.AddrPort
}

func (s Server) String() string {
	if !s.Addr.IsValid() {
		return s.Host
	}
	return s.Host + " (" + s.Addr.Addr().String() + ")"
}

// Locate finds where the records of a name are kept: it asks the resolver for
// the zone above the name and for its servers, and these for the name itself,
// following their aliases and referrals.
//
// The resolver is never asked for the name, nor for those to which aliases
// lead: it would remember that there is nothing yet (RFC 2308 §5), and whoever
// asks it next would be told so.
func Locate(ctx context.Context, n *wire.Net, name string) (Place, error) {
	p := Place{Name: plain(name)}
	p.Target = p.Name
	for {
		if err := p.enclose(ctx, n); err != nil {
			return p, err
		}
		to, err := p.descend(ctx, n)
		if err != nil || to == "" {
			return p, err
		}
		p.Aliases = append(p.Aliases, p.Target)
		if slices.Contains(p.Aliases, to) || len(p.Aliases) >= policy.MaxAliases {
			return p, fmt.Errorf("the aliases of %s lead nowhere: %s", p.Name, strings.Join(append(p.Aliases, to), " → "))
		}
		p.Target = to
	}
}

// enclose finds the zone that the name above the target is in, and its servers.
func (p *Place) enclose(ctx context.Context, n *wire.Net) error {
	_, above, _ := strings.Cut(p.Target, ".")
	for _, name := range suffixes(above) {
		l, err := ask(ctx, n, probes.Lookup{Name: name, Type: "SOA"})
		if err != nil {
			return err
		}
		if p.soa(l) {
			return p.staffed(ctx, n)
		}
	}
	return fmt.Errorf("the resolver knows no zone that %s is in", p.Target)
}

// soa reads the zone from an answer about a name of it, and reports whether it
// says one. The authority section of an alias' answer speaks of another name.
func (p *Place) soa(l probes.Lookup) bool {
	for _, r := range slices.Concat(l.Answers, l.Authority) {
		zone := plain(r.Name)
		if r.Type != "SOA" || !within(p.Target, zone) {
			continue
		}
		p.Zone = zone
		p.Refresh = refresh(r.Data)
		return true
	}
	return false
}

// refresh is the SOA's third number (RFC 1035 §3.3.13).
func refresh(soa string) time.Duration {
	f := strings.Fields(soa)
	if len(f) != 7 {
		return 0
	}
	seconds, err := strconv.ParseUint(f[3], 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// staffed finds the servers of a zone that somebody registered.
func (p *Place) staffed(ctx context.Context, n *wire.Net) error {
	if r := policy.Registrable(p.Target); r != "" && !within(p.Zone, r) {
		return fmt.Errorf("the domain %s does not exist", r)
	}
	l, err := ask(ctx, n, probes.Lookup{Name: p.Zone, Type: "NS"})
	if err != nil {
		return err
	}
	return p.hosts(ctx, n, l.Answers)
}

// hosts finds the addresses of the servers that NS records name, all at once.
func (p *Place) hosts(ctx context.Context, n *wire.Net, ns []probes.Record) error {
	var names []string
	for _, r := range ns {
		host := plain(r.Data)
		if r.Type == "NS" && plain(r.Name) == p.Zone && !slices.Contains(names, host) && len(names) < maxHosts {
			names = append(names, host)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("the zone %s has no name servers", p.Zone)
	}
	found := make([][]Server, len(names))
	var wg sync.WaitGroup
	for i, host := range names {
		wg.Go(func() { found[i] = addresses(ctx, n, host) })
	}
	wg.Wait()
	p.Servers = slices.Concat(found...)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// addresses are those of a host, or one entry without: it is a server all the
// same.
func addresses(ctx context.Context, n *wire.Net, host string) []Server {
	var out []Server
	for _, qtype := range []string{"A", "AAAA"} {
		l, _ := ask(ctx, n, probes.Lookup{Name: host, Type: qtype})
		for _, a := range l.Addrs() {
			if s := (Server{host, netip.AddrPortFrom(a, dnsPort)}); len(out) < maxAddresses && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 {
		return []Server{{Host: host}}
	}
	return out
}

// descend asks the servers for the target: they may send us to those of a zone
// below, or to another name, which is returned. It is the SOA that is asked
// for, since every answer about a name shows it, there or not: a server of both
// zones sends nobody from one to the other.
func (p *Place) descend(ctx context.Context, n *wire.Net) (alias string, err error) {
	for range maxReferrals {
		s, l, ok := p.consult(ctx, n)
		switch zone := p.Zone; {
		case !ok:
			return "", ctx.Err()
		case p.alias(l) != "":
			return p.alias(l), nil
		case !l.AA:
			p.Zone = p.below(l)
			err = p.hosts(ctx, n, l.Authority)
		case p.soa(l) && p.Zone != zone:
			l, _ = n.Lookup(ctx, probes.Lookup{Name: p.Zone, Type: "NS", Server: s.Addr}, patience)
			err = p.hosts(ctx, n, l.Answers)
		default:
			return "", nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("the servers of %s send us ever further", p.Zone)
}

// consult asks one server after the other until one says something of use.
// That none does is for those to say who wait for the value.
func (p *Place) consult(ctx context.Context, n *wire.Net) (Server, probes.Lookup, bool) {
	for _, s := range p.Servers {
		if skipped(n, s) != "" || ctx.Err() != nil {
			continue
		}
		l, f := n.Lookup(ctx, probes.Lookup{Name: p.Target, Type: "SOA", Server: s.Addr}, wire.Patience{Try: patience.Try, Tries: 1})
		useful := f == nil && (l.RCode == "NOERROR" || l.RCode == "NXDOMAIN")
		if useful && (l.AA || p.alias(l) != "" || p.below(l) != "") {
			return s, l, true
		}
	}
	return Server{}, probes.Lookup{}, false
}

// below is the zone on the way to the target that a referral leads to.
func (p *Place) below(l probes.Lookup) string {
	for _, r := range l.Authority {
		if zone := plain(r.Name); r.Type == "NS" && zone != p.Zone && within(zone, p.Zone) && within(p.Target, zone) {
			return zone
		}
	}
	return ""
}

func (p *Place) alias(l probes.Lookup) string {
	for _, r := range l.Answers {
		if r.Type == "CNAME" && plain(r.Name) == p.Target {
			return plain(r.Data)
		}
	}
	return ""
}

// patience is that for one question to a name server.
var patience = wire.Patience{Try: 3 * time.Second, Tries: 2}

// ask asks the resolver.
func ask(ctx context.Context, n *wire.Net, l probes.Lookup) (probes.Lookup, error) {
	l, f := n.Lookup(ctx, l, patience)
	switch {
	case ctx.Err() != nil:
		return l, context.Cause(ctx)
	case f != nil && !n.Resolver.IsValid():
		return l, errors.New("there is no resolver to ask")
	case f != nil:
		return l, fmt.Errorf("asking the resolver %s for %s of %s: %s", n.Resolver, l.Type, l.Name, f.Kind)
	}
	return l, nil
}
