package policy

// This file reads from a trace where a name's records are kept: its aliases,
// the zone at their end, and the name servers of that.

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/acmecheck/acmecheck/probes"
)

// MaxAliases is one more than resolvers follow (Unbound's max-query-restarts).
const MaxAliases = 12

// Bounds of what is read, and so of what is asked.
const (
	maxHosts       = 32 // of a zone that are kept
	maxServers     = 8  // of those, the first by name
	maxServerAddrs = 2
)

// A Delegation is where the records of a name are kept, as far as a trace
// shows it. Names are in lower case and without a final dot.
type Delegation struct {
	Name    string
	Aliases []string     // the names that are aliases, Name first
	Target  string       // where they lead: Name, if it is none
	Loop    bool         // they lead back to one of them, or are more than a resolver follows
	Home    string       // the zone of Name's first alias; empty: not known
	Zone    string       // the zone of Target; empty: not known
	Nowhere bool         // Target is in no zone that anybody registered
	Servers []NameServer // of Zone
	// Above is the registry's zone that delegates the one that is not known,
	// and Registry its servers: they know where that is.
	Above    string
	Registry []NameServer
}

// A NameServer is a server of a zone.
type NameServer struct {
	Host  string
	Addrs []netip.Addr // those that may be asked, each family's first ahead; at most two
}

// Delegation reads where the records of a name are kept.
func (p *Policy) Delegation(t probes.Trace, name string) Delegation {
	r := readAll(t)
	d := Delegation{Name: plain(name)}
	d.Target = d.Name
	for r.alias[d.Target] != "" {
		d.Aliases = append(d.Aliases, d.Target)
		d.Target = r.alias[d.Target]
		if d.Loop = slices.Contains(d.Aliases, d.Target) || len(d.Aliases) >= MaxAliases; d.Loop {
			break
		}
	}
	d.Zone = r.zone(d.Target)
	if len(d.Aliases) > 0 {
		d.Home = r.zone(d.Name)
	}
	d.Nowhere = r.unregistered[Registrable(d.Target)]
	switch {
	case d.Nowhere:
	case d.Zone != "":
		d.Servers = p.serversOf(r, d.Zone)
	default:
		d.Above = r.above(Registrable(d.Target))
		d.Registry = p.serversOf(r, d.Above)
	}
	return d
}

func (p *Policy) serversOf(r reading, zone string) []NameServer {
	hosts := slices.Sorted(slices.Values(r.servers[plain(zone)])) // resolvers shuffle them
	var out []NameServer
	for _, host := range hosts[:min(maxServers, len(hosts))] {
		out = append(out, NameServer{host, p.usable(r.addrs[host])})
	}
	return out
}

// usable keeps the addresses that a server is asked at.
func (p *Policy) usable(all []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, a := range all {
		if p.Addresses.Refusal(a) == "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	place := map[netip.Addr]int{}
	for _, a := range out {
		place[a] = index(out, a)
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return place[a] - place[b] })
	return out[:min(len(out), maxServerAddrs)]
}

// index is an address's place among those of its family.
func index(all []netip.Addr, a netip.Addr) int {
	n := 0
	for _, b := range all {
		if a == b {
			break
		}
		if a.Is4() == b.Is4() {
			n++
		}
	}
	return n
}

// Registrable is the name one label below the public suffix of a name, which
// somebody has to have registered; empty: the suffix is not on the ICANN part
// of the list.
func Registrable(name string) string {
	suffix, icann := publicsuffix.PublicSuffix(name)
	for !icann {
		_, parent, ok := strings.Cut(suffix, ".")
		if !ok {
			return ""
		}
		suffix, icann = publicsuffix.PublicSuffix(parent)
	}
	rest, ok := strings.CutSuffix(name, "."+suffix)
	if !ok {
		return ""
	}
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix
}

// Parents are the names above a name that may be apexes of zones, the nearest
// first, down to the one that somebody registered.
func Parents(name string) []string {
	const few = 6
	var out []string
	end := Registrable(name)
	for name != end && end != "" && len(out) < few {
		_, name, _ = strings.Cut(name, ".")
		out = append(out, name)
	}
	return out
}

// A reading is what the look-ups of a trace say, by name.
type reading struct {
	alias        map[string]string
	apex         map[string]bool // names at which a zone begins
	servers      map[string][]string
	addrs        map[string][]netip.Addr
	unregistered map[string]bool
}

func readAll(t probes.Trace) reading {
	r := reading{map[string]string{}, map[string]bool{}, map[string][]string{}, map[string][]netip.Addr{}, map[string]bool{}}
	for _, s := range t {
		l, ok := s.Fact.(probes.Lookup)
		switch {
		case !ok || s.Fault != nil:
		case l.Server.IsValid():
			r.referral(l)
		default:
			r.answer(l)
		}
	}
	return r
}

// answer takes in what the resolver says.
func (r reading) answer(l probes.Lookup) {
	name := plain(l.Name)
	for _, rr := range slices.Concat(l.Answers, l.Authority) {
		owner := plain(rr.Name)
		switch rr.Type {
		case "CNAME":
			r.alias[owner] = plain(rr.Data)
		case "SOA":
			r.apex[owner] = true
		case "NS":
			if l.Type == "NS" && owner == name {
				r.serve(owner, rr)
			}
		}
	}
	if l.Type == "A" || l.Type == "AAAA" {
		r.addrs[name] = append(r.addrs[name], l.Addrs()...)
	}
	if l.Type == "SOA" && l.RCode == "NXDOMAIN" && len(l.Answers) == 0 {
		r.unregistered[name] = true
	}
}

// referral takes in where a name server sends whoever asks.
func (r reading) referral(l probes.Lookup) {
	if l.AA || l.RCode != "NOERROR" || len(l.Answers) > 0 {
		return
	}
	for _, rr := range l.Authority {
		if owner := plain(rr.Name); rr.Type == "NS" && owner != "" {
			r.apex[owner] = true
			r.serve(owner, rr)
		}
	}
}

func (r reading) serve(zone string, rr probes.Record) {
	host := plain(rr.Data)
	if all := r.servers[zone]; len(all) < maxHosts && !slices.Contains(all, host) {
		r.servers[zone] = append(all, host)
	}
}

// zone is the nearest zone that a name is in; empty: none that anybody but a
// registry keeps is known.
func (r reading) zone(name string) string {
	end := Registrable(name)
	for name != "" {
		if r.apex[name] {
			return name
		}
		if name == end {
			return ""
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return ""
}

// above is the nearest zone above a name; the root's is ".".
func (r reading) above(name string) string {
	for name != "" {
		_, name, _ = strings.Cut(name, ".")
		if r.apex[name] {
			return cmp.Or(name, root)
		}
	}
	return ""
}

// root is the name of the root, which is no label at all.
const root = "."

func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
