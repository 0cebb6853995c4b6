package solve

// This file answers the dns methods by dynamic updates (RFC 2136) that are
// signed with a key (TSIG, RFC 8945).

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// RFC2136 adds one TXT record for each value and removes it by its value, so
// that a name and its wildcard, which share the record's name, coexist. Updates
// go over TCP.
type RFC2136 struct {
	// Net reaches the server, and looks its name up. It should refuse no
	// address: a primary may well be hidden in a private network.
	Net *wire.Net
	// Server is the primary: a name or an address, with or without a port.
	Server string
	Key    TSIGKey // the zero key signs nothing
	Zone   string  // empty: the server is asked which zone the name is in
	TTL    uint32  // of the records, in seconds; 0: a minute
}

// A TSIGKey is a key that the server knows by name.
type TSIGKey struct {
	Name      string
	Algorithm string // as BIND spells it; empty: hmac-sha256
	Secret    Secret // in base64
}

// updatePatience is that for one exchange with the server.
const updatePatience = 10 * time.Second

const defaultTTL = 60

// fudge is how far apart the clocks may be (RFC 8945 §10 recommends it).
const fudge = 300

// algorithms are those of RFC 8945 §6 that are worth the name.
var algorithms = map[string]string{
	"": dns.HmacSHA256, "hmac-sha1": dns.HmacSHA1, "hmac-sha224": dns.HmacSHA224,
	"hmac-sha256": dns.HmacSHA256, "hmac-sha384": dns.HmacSHA384, "hmac-sha512": dns.HmacSHA512,
}

// check says what is wrong with a key.
func (k TSIGKey) check() error {
	if _, ok := algorithms[plain(k.Algorithm)]; !ok {
		return fmt.Errorf("unknown TSIG algorithm %q", short(k.Algorithm))
	}
	if _, err := base64.StdEncoding.DecodeString(string(k.Secret)); err != nil {
		return fmt.Errorf("the secret of the key %s is not base64", k.Name)
	}
	if _, ok := dns.IsDomainName(k.Name); !ok && k.Name != "" {
		return fmt.Errorf("the key's name %q is no domain name", short(k.Name))
	}
	return nil
}

// Present adds the value. A name that is an alias cannot hold one: servers drop
// such an update without a word (RFC 2136 §3.4.2.2), so it is made conditional.
func (s *RFC2136) Present(ctx context.Context, c Challenge) error {
	m, u, err := s.prepare(ctx, c)
	if err != nil {
		return err
	}
	m.RRsetNotUsed([]dns.RR{&dns.CNAME{Hdr: dns.RR_Header{Name: u.name, Rrtype: dns.TypeCNAME}}})
	m.Insert([]dns.RR{u.txt})
	return s.update(ctx, m, u)
}

// CleanUp removes the value.
func (s *RFC2136) CleanUp(ctx context.Context, c Challenge) error {
	ctx, cancel := late(ctx)
	defer cancel()
	m, u, err := s.prepare(ctx, c)
	if err != nil {
		return err
	}
	m.Remove([]dns.RR{u.txt})
	return s.update(ctx, m, u)
}

// An update is what is changed, in names with a final dot.
type update struct {
	zone, name string
	txt        *dns.TXT
}

func (s *RFC2136) prepare(ctx context.Context, c Challenge) (*dns.Msg, update, error) {
	name, value, err := c.record()
	if err != nil {
		return nil, update{}, err
	}
	zone := s.Zone
	if zone == "" {
		if zone, err = s.zoneOf(ctx, name); err != nil {
			return nil, update{}, err
		}
	}
	ttl := s.TTL
	if ttl == 0 {
		ttl = defaultTTL
	}
	u := update{zone: dns.Fqdn(zone), name: dns.Fqdn(name)}
	u.txt = &dns.TXT{Hdr: dns.RR_Header{Name: u.name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: ttl}, Txt: characterStrings(value)}
	return new(dns.Msg).SetUpdate(u.zone), u, nil
}

// characterStrings cuts a value into pieces of 255 octets (RFC 1035 §3.3), in
// presentation form.
func characterStrings(value string) []string {
	var out []string
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for piece := range slices.Chunk([]byte(value), 255) {
		out = append(out, escape.Replace(string(piece)))
	}
	return out
}

// zoneOf asks the server for the zone that a name is in: with every answer
// about a name of a zone comes its SOA, except where the name is an alias; then
// the name above is asked for.
func (s *RFC2136) zoneOf(ctx context.Context, name string) (string, error) {
	for _, at := range suffixes(name) {
		m := new(dns.Msg).SetQuestion(dns.Fqdn(at), dns.TypeSOA)
		m.RecursionDesired = false
		r, err := s.exchange(ctx, m, true)
		if err != nil {
			return "", err
		}
		if tsigError(r) != dns.RcodeSuccess {
			return "", s.refused(r, update{name: name})
		}
		if zone := zoneIn(r, name); zone != "" {
			return zone, nil
		}
		if !slices.ContainsFunc(r.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeCNAME }) {
			return "", s.notServed(r, name)
		}
	}
	return "", s.notServed(nil, name)
}

// zoneIn is the zone that an authoritative answer shows.
func zoneIn(r *dns.Msg, name string) string {
	for _, rr := range append(slices.Clone(r.Answer), r.Ns...) {
		if zone := plain(rr.Header().Name); rr.Header().Rrtype == dns.TypeSOA && r.Authoritative && within(name, zone) {
			return zone
		}
	}
	return ""
}

// update sends an update and wants the server to have done it.
func (s *RFC2136) update(ctx context.Context, m *dns.Msg, u update) error {
	r, err := s.exchange(ctx, m, true)
	switch {
	case err != nil:
		return err
	case r.Rcode != dns.RcodeSuccess:
		return s.refused(r, u)
	case s.Key.Name != "" && r.IsTsig() == nil:
		// RFC 8945 §5.3: it may come from anybody.
		return fmt.Errorf("the answer of %s to a signed update is not signed", s.Server)
	}
	return nil
}

// exchange sends a message and reads the answer, whose signature is right if
// it has one and says that all is well with ours.
func (s *RFC2136) exchange(ctx context.Context, m *dns.Msg, signed bool) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, updatePatience)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	co := &dns.Conn{Conn: conn}
	if k := s.Key; k.Name != "" && signed {
		co.TsigSecret = map[string]string{dns.CanonicalName(k.Name): string(k.Secret)}
		m.SetTsig(dns.CanonicalName(k.Name), algorithms[plain(k.Algorithm)], fudge, time.Now().Unix())
	}
	err = co.WriteMsg(m)
	if err != nil {
		return nil, s.broken(ctx, err)
	}
	r, err := co.ReadMsg()
	switch {
	case r != nil && r.Id == m.Id && r.Response && tsigError(r) != dns.RcodeSuccess:
		return r, nil // unsigned, as it must be (RFC 8945 §5.3.2)
	case err != nil:
		return nil, s.broken(ctx, err)
	case r.Id != m.Id || !r.Response || r.Opcode != m.Opcode:
		return nil, fmt.Errorf("%s answers something else than it was asked", s.Server)
	}
	return r, nil
}

// broken words an error of the conversation.
func (s *RFC2136) broken(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("asking %s: %w", s.Server, context.Cause(ctx))
	case errors.Is(err, dns.ErrSig), errors.Is(err, dns.ErrTime):
		return fmt.Errorf("the signature of the answer of %s is wrong: %w", s.Server, err)
	}
	return fmt.Errorf("asking %s: %w", s.Server, err)
}

func tsigError(r *dns.Msg) int {
	if t := r.IsTsig(); t != nil {
		return int(t.Error)
	}
	return dns.RcodeSuccess
}

// connect tries the server's addresses in turn.
func (s *RFC2136) connect(ctx context.Context) (net.Conn, error) {
	to, err := s.addresses(ctx)
	if err != nil {
		return nil, err
	}
	var last *probes.Fault
	for _, a := range to {
		c, f := s.Net.Connect(ctx, probes.Dial{To: a})
		if f == nil {
			return c, nil
		}
		last = f
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("connecting to %s: %w", s.Server, context.Cause(ctx))
	}
	return nil, fault("updates go over TCP: let it through to port "+strconv.Itoa(int(to[0].Port())), "connecting to %s over TCP: %s", s.Server, last.Kind)
}

func (s *RFC2136) addresses(ctx context.Context) ([]netip.AddrPort, error) {
	host, port := s.Server, uint16(dnsPort)
	if h, p, err := net.SplitHostPort(s.Server); err == nil {
		number, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("the server %s has no port number", s.Server)
		}
		host, port = h, uint16(number)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, port)}, nil
	}
	var out []netip.AddrPort
	for _, x := range addresses(ctx, s.Net, plain(host)) {
		if x.Addr.IsValid() {
			out = append(out, netip.AddrPortFrom(x.Addr.Addr(), port))
		}
	}
	if len(out) == 0 && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the name of the server %s has no address", host)
	}
	return out, nil
}
