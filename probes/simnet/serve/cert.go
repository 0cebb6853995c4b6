package serve

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

var (
	oidSAN = asn1.ObjectIdentifier{2, 5, 29, 17}
	rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

// certs are the certificates of a server, made when first wanted.
type certs struct {
	mu   sync.Mutex
	made map[*world.TLS]tls.Certificate // guarded by mu
}

func (c *certs) of(w *world.World, l *world.TLS) (tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if have, ok := c.made[l]; ok {
		return have, nil
	}
	fresh, err := makeCertificate(w, l)
	if err == nil {
		if c.made == nil {
			c.made = map[*world.TLS]tls.Certificate{}
		}
		c.made[l] = fresh
	}
	return fresh, err
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "rsa2048":
		return rsaKey()
	case "ed25519":
		_, k, err := ed25519.GenerateKey(rand.Reader)
		return k, err
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func makeCertificate(w *world.World, l *world.TLS) (tls.Certificate, error) {
	var none tls.Certificate
	key, err := newKey(l.Key)
	if err != nil {
		return none, err
	}
	exts, err := extensions(w, l)
	if err != nil {
		return none, err
	}
	tmpl := template(l.CN, l.NotBefore, l.NotAfter)
	tmpl.ExtraExtensions = exts
	parent, signer := tmpl, key
	switch l.Signer {
	case "ca":
		if signer, err = newKey("p256"); err != nil {
			return none, err
		}
		parent = template("world CA", -time.Hour, 24*time.Hour)
	case "renamed":
		parent = template("someone else", -time.Hour, 24*time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), signer)
	if err != nil {
		return none, err
	}
	if l.Signer == "broken" {
		der[len(der)-1] ^= 1
	}
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	for range l.Chain - 1 {
		k, err := newKey("p256")
		if err != nil {
			return none, err
		}
		t := template("unrelated", -time.Hour, 24*time.Hour)
		d, err := x509.CreateCertificate(rand.Reader, t, t, k.Public(), k)
		if err != nil {
			return none, err
		}
		cert.Certificate = append(cert.Certificate, d)
	}
	return cert, nil
}

func template(cn string, from, to time.Duration) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: cn}, NotBefore: now.Add(from), NotAfter: now.Add(to)}
}

func extensions(w *world.World, l *world.TLS) ([]pkix.Extension, error) {
	var exts []pkix.Extension
	if l.SAN != "none" {
		v, err := sanValue(w, l.SAN)
		if err != nil {
			return nil, err
		}
		e := pkix.Extension{Id: oidSAN, Critical: l.SANExt == "critical", Value: v}
		exts = append(exts, e)
		if l.SANExt == "dup" {
			exts = append(exts, e)
		}
	}
	if l.Cert == "acme" && l.AcmeID != "none" {
		e, err := acmeExtension(w, l)
		if err != nil {
			return nil, err
		}
		exts = append(exts, e)
		if l.AcmeID == "dup" {
			exts = append(exts, e)
		}
	}
	if l.Extra != "" {
		s, critical := strings.CutSuffix(l.Extra, "!")
		oid, err := parseOID(s)
		if err != nil {
			return nil, err
		}
		exts = append(exts, pkix.Extension{Id: oid, Critical: critical, Value: []byte{5, 0}})
	}
	return exts, nil
}

func acmeExtension(w *world.World, l *world.TLS) (pkix.Extension, error) {
	e := pkix.Extension{Critical: l.AcmeCritical}
	var err error
	if e.Id, err = parseOID(l.AcmeOID); err != nil {
		return e, err
	}
	if l.AcmeRaw != "" {
		e.Value, err = hex.DecodeString(l.AcmeRaw)
		return e, err
	}
	hash := w.Digest()
	if l.AcmeID != "dup" {
		if hash, err = hex.DecodeString(l.AcmeID); err != nil {
			return e, err
		}
	}
	e.Value, err = asn1.Marshal(hash)
	return e, err
}

func parseOID(s string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for p := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("bad OID %q", s)
		}
		oid = append(oid, n)
	}
	return oid, nil
}

func sanValue(w *world.World, list string) ([]byte, error) {
	if list == "" {
		list = "dns:" + w.BareName()
		if w.IsIP() {
			list = "ip:" + w.Identifier
		}
	}
	names := []asn1.RawValue{}
	for s := range strings.SplitSeq(list, ",") {
		kind, v, _ := strings.Cut(s, ":")
		r := asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: []byte(v)}
		switch kind {
		case "email":
			r.Tag = 1
		case "dns":
			r.Tag = 2
		case "uri":
			r.Tag = 6
		case "ip":
			a, err := netip.ParseAddr(v)
			if err != nil {
				return nil, err
			}
			r.Tag, r.Bytes = 7, a.AsSlice()
		default:
			return nil, fmt.Errorf("bad SAN %q", s)
		}
		names = append(names, r)
	}
	return asn1.Marshal(names)
}
