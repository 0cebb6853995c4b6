package solve_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// An updater is the primary of example.com on loopback, and takes updates of
// TXT records below _acme-challenge as BIND does.
type updater struct {
	*dns.Server
	mu  sync.Mutex
	txt []string // "name value"; guarded by mu
	// conditionsFirst looks at prerequisites before permissions (RFC 2136 §3).
	conditionsFirst bool
	// deaf answers nothing.
	deaf bool
	// done is called when an update is made, before it is answered.
	done func()
}

const secret = "ETcBKOJuRQS26iFRd5i9FWiqKesFl2uUB18H9C9Tk8o="

func newUpdater(t *testing.T) *updater {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	u := &updater{}
	u.Server = &dns.Server{
		Listener: l, Handler: dns.HandlerFunc(u.handle), TsigSecret: map[string]string{"acme-key.": secret, "broad-key.": secret},
		MsgAcceptFunc: func(dns.Header) dns.MsgAcceptAction { return dns.MsgAccept },
	}
	go func() { _ = u.ActivateAndServe() }()
	t.Cleanup(func() { _ = l.Close() })
	return u
}

func (u *updater) solver(key solve.TSIGKey) *solve.RFC2136 {
	return &solve.RFC2136{Net: &wire.Net{}, Server: u.Listener.Addr().String(), Key: key}
}

func (u *updater) handle(w dns.ResponseWriter, q *dns.Msg) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.deaf {
		return
	}
	r := new(dns.Msg).SetReply(q)
	sig := q.IsTsig()
	switch {
	case sig != nil && w.TsigStatus() != nil:
		r.Rcode = dns.RcodeNotAuth
		r.SetTsig(sig.Hdr.Name, sig.Algorithm, 300, int64(sig.TimeSigned))
		r.IsTsig().Error = dns.RcodeBadSig
		if sig.Hdr.Name != "acme-key." && sig.Hdr.Name != "broad-key." {
			r.IsTsig().Error = dns.RcodeBadKey
		}
		u.unsigned(w, r)
		return
	case q.Opcode == dns.OpcodeQuery:
		r.Authoritative = true
		if r.Rcode = dns.RcodeRefused; dns.IsSubDomain("example.com.", q.Question[0].Name) {
			r.Rcode = dns.RcodeNameError
			r.Ns = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeSOA, Class: dns.ClassINET}, Ns: ".", Mbox: "."}}
		}
	default:
		key := ""
		if sig != nil {
			key = sig.Hdr.Name
		}
		r.Rcode = u.update(key, q)
	}
	if sig != nil {
		r.SetTsig(sig.Hdr.Name, sig.Algorithm, 300, int64(sig.TimeSigned))
	}
	_ = w.WriteMsg(r)
}

// unsigned writes a TSIG record without a signature (RFC 8945 §5.3.2).
func (u *updater) unsigned(w dns.ResponseWriter, r *dns.Msg) {
	b, err := r.Pack()
	if err == nil {
		_, _ = w.Write(b)
	}
}

func (u *updater) update(key string, q *dns.Msg) int {
	conditions := func() int {
		for _, rr := range q.Answer {
			switch h := rr.Header(); {
			case h.Class == dns.ClassNONE && h.Name == "_acme-challenge.alias.example.com.":
				return dns.RcodeYXRrset
			case h.Class == dns.ClassANY:
				return dns.RcodeNXRrset
			}
		}
		return dns.RcodeSuccess
	}
	if u.conditionsFirst {
		if code := conditions(); code != dns.RcodeSuccess {
			return code
		}
	}
	for _, rr := range q.Ns {
		if h := rr.Header(); key == "" || key != "broad-key." && (h.Rrtype != dns.TypeTXT || !strings.HasPrefix(h.Name, "_acme-challenge.")) {
			return dns.RcodeRefused
		}
	}
	if code := conditions(); code != dns.RcodeSuccess {
		return code
	}
	for _, rr := range q.Ns {
		line := rr.Header().Name + " " + strings.Join(rr.(*dns.TXT).Txt, "")
		u.txt = slices.DeleteFunc(u.txt, func(s string) bool { return s == line })
		if rr.Header().Class == dns.ClassINET {
			u.txt = append(u.txt, line)
		}
	}
	if u.done != nil {
		u.done()
	}
	return dns.RcodeSuccess
}

func (u *updater) values() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.txt)
}

var acmeKey = solve.TSIGKey{Name: "acme-key", Secret: secret}

// Values of one name stand side by side, and each goes alone.
func TestRFC2136(t *testing.T) {
	u := newUpdater(t)
	u.txt = []string{"_acme-challenge.example.com. theirs"}
	s := u.solver(acmeKey)
	cs := []solve.Challenge{dns01("example.com", "a"), dns01("*.example.com", "b"), dns01("www.example.com", "c")}
	all(t, s.Present, cs)
	if got := u.values(); len(got) != 4 || !slices.Contains(got, "_acme-challenge.example.com. "+cs[1].TXTValue) {
		t.Errorf("the server has %q", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, s.CleanUp(ended, cs[1]))
	if got := u.values(); !slices.Contains(got, "_acme-challenge.example.com. "+cs[0].TXTValue) {
		t.Errorf("the server has %q", got)
	}
	all(t, s.CleanUp, cs)
	if got := u.values(); len(got) != 1 {
		t.Errorf("left are %q, want theirs", got)
	}
}

func TestRFC2136Refuses(t *testing.T) {
	u := newUpdater(t)
	c := dns01("example.com", "a")
	elsewhere := c
	elsewhere.TXTName = "forbidden.example.com"
	for _, tt := range []struct {
		name string
		key  solve.TSIGKey
		c    solve.Challenge
		want string
		hint string
	}{
		{"wrong secret", solve.TSIGKey{Name: "acme-key", Secret: "aHVudGVyMmh1bnRlcjI="}, c, "says that the secret of the key acme-key is wrong (NOTAUTH with BADSIG)", "copy the secret again"},
		{"unknown key", solve.TSIGKey{Name: "other", Secret: secret}, c, "knows no key other of that algorithm, or has no use for it in the zone of _acme-challenge.example.com (NOTAUTH with BADKEY)", "name the key"},
		{"forbidden name", acmeKey, elsewhere, "does not let the key acme-key change TXT records at forbidden.example.com (REFUSED)", "grant acme-key. name forbidden.example.com. TXT;"},
		{"no key", solve.TSIGKey{}, c, "does not let us, without a key, change", "key_file"},
		{"other zone", acmeKey, dns01("example.org", "a"), "does not serve a zone that _acme-challenge.example.org is in (REFUSED)", "name the primary"},
		{"alias", acmeKey, dns01("alias.example.com", "a"), "is an alias (CNAME)", "to which the alias leads"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := u.solver(tt.key).Present(t.Context(), tt.c)
			wants(t, err, tt.want)
			if _, ok := errors.AsType[*solve.UpdateError](err); !ok || !strings.Contains(solve.Hint(err), tt.hint) {
				t.Errorf("%T with the hint %q, want %q", err, solve.Hint(err), tt.hint)
			}
		})
	}
	if got := u.values(); len(got) != 0 {
		t.Errorf("the server has %q", got)
	}
}

// A server that refuses leaves nothing to clean up, so that its refusal is the
// only error; one that does not answer does not keep us.
func TestRFC2136InASet(t *testing.T) {
	u := newUpdater(t)
	set := solve.Set{Solver: u.solver(solve.TSIGKey{Name: "other", Secret: secret})}
	err := set.Present(t.Context(), []solve.Challenge{dns01("example.com", "a")})
	if err == nil || strings.Contains(err.Error(), "cleaning up") {
		t.Errorf("error %v", err)
	}
	u.deaf = true
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- u.solver(acmeKey).Present(ctx, dns01("example.com", "a")) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// Canceled when the server has the value and has not said so, or at the
// beginning, it leaves nothing.
func TestRFC2136Canceled(t *testing.T) {
	for _, early := range []bool{false, true} {
		u := newUpdater(t)
		ctx, cancel := context.WithCancel(t.Context())
		u.done = cancel
		if early {
			cancel()
		}
		set := solve.Set{Solver: u.solver(acmeKey)}
		_ = set.Present(ctx, []solve.Challenge{dns01("example.com", "a"), dns01("*.example.com", "b")})
		must(t, set.CleanUp(ctx))
		if got := u.values(); len(got) != 0 {
			t.Errorf("left are %q", got)
		}
	}
}

func TestRFC2136Scope(t *testing.T) {
	broad := solve.TSIGKey{Name: "broad-key", Secret: secret}
	delegated := dns01("example.org", "a")
	delegated.TXTName = "org.example.acme.example.com"
	for _, tt := range []struct {
		name            string
		key             solve.TSIGKey
		c               solve.Challenge
		conditionsFirst bool
		want            solve.Reach
	}{
		{"challenge names only", acmeKey, dns01("example.com", "a"), false, solve.Narrow},
		{"everything", broad, dns01("example.com", "a"), false, solve.Broad},
		{"a server that does not say", broad, dns01("example.com", "a"), true, solve.Unknown},
		{"another zone", broad, delegated, false, solve.Narrow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newUpdater(t)
			u.conditionsFirst = tt.conditionsFirst
			got, err := u.solver(tt.key).Scope(t.Context(), tt.c)
			if err != nil || got.Reach != tt.want || got.Detail == "" {
				t.Errorf("scope %v, %v, want %s", got, err, tt.want)
			}
			if got := u.values(); len(got) != 0 {
				t.Errorf("the server has %q", got)
			}
		})
	}
}

// A persistent record may be longer than a character-string, and hold what has
// to be escaped.
func TestRFC2136LongValue(t *testing.T) {
	u := newUpdater(t)
	c := solve.Challenge{Method: probes.DNSPersist01, Identifier: "example.com", TXTName: "_acme-challenge.example.com", TXTValue: `a"b\c; ` + strings.Repeat("x", 300)}
	must(t, u.solver(acmeKey).Present(t.Context(), c))
	if got := u.values(); len(got) != 1 || len(got[0]) != len("_acme-challenge.example.com. ")+len(c.TXTValue)+2 {
		t.Errorf("the server has %q", got)
	}
}
