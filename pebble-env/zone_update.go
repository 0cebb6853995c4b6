package lab

// This file is how a Zone changes: by its methods, or by RFC 2136 signed with
// TSIG, as much of it as ACME clients use.

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// changes are what a Zone's records are to become. A list of records is never
// written to again once it is in place.
type changes map[string][]dns.RR

// change applies f to the records, all of it or nothing.
func (z *Zone) change(f func(changes) error) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	next := changes(maps.Clone(z.records))
	if err := f(next); err != nil {
		return err
	}
	z.records, z.serial = next, z.serial+1
	return nil
}

// errFull is the end of a Zone's patience.
var errFull = errors.New("too many records")

// errRefused leaves everything as it was; the response code says why.
var errRefused = errors.New("refused")

// add puts records in, each once. A name with a CNAME has nothing else (RFC
// 1034 §3.6.2).
func (c changes) add(rrs ...dns.RR) error {
	for _, r := range rrs {
		name := dns.CanonicalName(r.Header().Name)
		if len(c[name]) >= zonePerName || len(c[name]) == 0 && len(c) >= zoneNames {
			return errFull
		}
		for _, x := range c[name] {
			if (x.Header().Rrtype == dns.TypeCNAME || r.Header().Rrtype == dns.TypeCNAME) && !dns.IsDuplicate(x, r) {
				return fmt.Errorf("%s: a CNAME stands alone", name)
			}
		}
		if !slices.ContainsFunc(c[name], func(x dns.RR) bool { return dns.IsDuplicate(x, r) }) {
			c[name] = append(slices.Clone(c[name]), r)
		}
	}
	return nil
}

// remove takes out the records of a name that match.
func (c changes) remove(name string, match func(dns.RR) bool) {
	name = dns.CanonicalName(name)
	left := slices.DeleteFunc(slices.Clone(c[name]), match)
	if c[name] = left; len(left) == 0 {
		delete(c, name)
	}
}

// update answers a dynamic update.
func (z *Zone) update(w dns.ResponseWriter, q, m *dns.Msg) {
	signed := q.IsTsig()
	if signed == nil {
		m.Rcode = dns.RcodeRefused
		_ = w.WriteMsg(m)
		return
	}
	answer := &dns.TSIG{
		Hdr:       dns.RR_Header{Name: signed.Hdr.Name, Rrtype: dns.TypeTSIG, Class: dns.ClassANY},
		Algorithm: signed.Algorithm, Fudge: 300, OrigId: q.Id, TimeSigned: uint64(time.Now().Unix()), //nolint:gosec // after 1970
	}
	m.Extra = append(m.Extra, answer)
	if answer.Error = tsigError(w.TsigStatus()); answer.Error != dns.RcodeSuccess {
		// Who cannot sign gets no signature (RFC 8945 §5.3.2).
		m.Rcode = dns.RcodeNotAuth
		if b, err := m.Pack(); err == nil {
			_, _ = w.Write(b)
		}
		return
	}
	m.Rcode = z.apply(z.keys[dns.CanonicalName(signed.Hdr.Name)], q)
	_ = w.WriteMsg(m)
}

// tsigError is what to call a signature that is none (RFC 8945 §5.2).
func tsigError(err error) uint16 {
	switch {
	case err == nil:
		return dns.RcodeSuccess
	case errors.Is(err, dns.ErrTime):
		return dns.RcodeBadTime
	case errors.Is(err, dns.ErrSig):
		return dns.RcodeBadSig
	}
	return dns.RcodeBadKey
}

// apply does what an update asks, if its key may and its prerequisites hold: all
// of it or nothing.
func (z *Zone) apply(k Key, q *dns.Msg) int {
	apex := dns.CanonicalName(q.Question[0].Name)
	switch {
	case q.Question[0].Qtype != dns.TypeSOA || q.Question[0].Qclass != dns.ClassINET:
		return dns.RcodeFormatError
	case !slices.Contains(z.apexes, apex):
		return dns.RcodeNotAuth
	}
	for _, r := range q.Ns {
		switch name := dns.CanonicalName(r.Header().Name); {
		case z.apexOf(name) != apex:
			return dns.RcodeNotZone
		case !k.may(name, r.Header().Rrtype):
			return dns.RcodeRefused
		}
	}
	rcode := dns.RcodeSuccess
	err := z.change(func(c changes) error {
		if rcode = c.prerequisites(q.Answer); rcode != dns.RcodeSuccess {
			return errRefused
		}
		for _, r := range q.Ns {
			if rcode = c.apply(r); rcode != dns.RcodeSuccess {
				return errRefused
			}
		}
		return nil
	})
	if err != nil && rcode == dns.RcodeSuccess {
		return dns.RcodeServerFailure
	}
	return rcode
}

// prerequisites finds one that does not hold. Those are understood that ask
// whether there is a type at a name, not with which values (RFC 2136 §2.4.1 and
// 2.4.3).
func (c changes) prerequisites(rs []dns.RR) int {
	for _, r := range rs {
		h := r.Header()
		there := slices.ContainsFunc(c[dns.CanonicalName(h.Name)], func(x dns.RR) bool { return x.Header().Rrtype == h.Rrtype })
		switch {
		case h.Class != dns.ClassANY && h.Class != dns.ClassNONE, h.Rrtype == dns.TypeANY:
			return dns.RcodeNotImplemented
		case there && h.Class == dns.ClassNONE:
			return dns.RcodeYXRrset
		case !there && h.Class == dns.ClassANY:
			return dns.RcodeNXRrset
		}
	}
	return dns.RcodeSuccess
}

// apply does one line of an update; its class says what (RFC 2136 §2.5).
func (c changes) apply(r dns.RR) int {
	h := *r.Header()
	switch h.Class {
	case dns.ClassANY:
		c.remove(h.Name, func(x dns.RR) bool { return x.Header().Rrtype == h.Rrtype })
	case dns.ClassNONE:
		gone := dns.Copy(r)
		gone.Header().Class = dns.ClassINET
		c.remove(h.Name, func(x dns.RR) bool { return dns.IsDuplicate(x, gone) })
	case dns.ClassINET:
		if _, ok := r.(*dns.TXT); !ok {
			return dns.RcodeFormatError
		}
		fresh := dns.Copy(r)
		fresh.Header().Name, fresh.Header().Ttl = dns.CanonicalName(h.Name), zoneTTL
		if c.add(fresh) != nil {
			return dns.RcodeRefused
		}
	default:
		return dns.RcodeFormatError
	}
	return dns.RcodeSuccess
}

func (k Key) may(name string, kind uint16) bool {
	return kind == dns.TypeTXT && slices.ContainsFunc(k.Writes, func(n string) bool {
		return dns.IsSubDomain(dns.CanonicalName(n), name)
	})
}

// A keyring makes and checks signatures. It implements dns.TsigProvider, which
// the library's own list of secrets does for any algorithm.
type keyring struct{ keys map[string]Key }

// Generate implements dns.TsigProvider.
func (k keyring) Generate(msg []byte, t *dns.TSIG) ([]byte, error) {
	key, ok := k.keys[dns.CanonicalName(t.Hdr.Name)]
	if !ok || !strings.EqualFold(t.Algorithm, dns.HmacSHA256) {
		return nil, dns.ErrSecret
	}
	h := hmac.New(sha256.New, key.Secret)
	_, _ = h.Write(msg)
	return h.Sum(nil), nil
}

// Verify implements dns.TsigProvider.
func (k keyring) Verify(msg []byte, t *dns.TSIG) error {
	want, err := k.Generate(msg, t)
	if err != nil {
		return err
	}
	got, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(got, want) {
		return dns.ErrSig
	}
	return nil
}
