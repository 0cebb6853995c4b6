package issue

// This file makes keys and requests, and reads what comes back.

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
)

// A KeyType is a kind of key. The empty one is P256.
type KeyType string

// The kinds of key.
const (
	P256    KeyType = "p256"
	P384    KeyType = "p384"
	RSA2048 KeyType = "rsa2048"
	RSA4096 KeyType = "rsa4096"
)

// KeyTypes are all of them, the best first.
var KeyTypes = []KeyType{P256, P384, RSA2048, RSA4096}

// New makes a key.
func (t KeyType) New() (crypto.Signer, error) {
	switch t {
	case P256, "":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	}
	return nil, fault("choose p256, p384, rsa2048 or rsa4096", "unknown key type %q", string(t))
}

// EncodeKey is a private key in PEM (PKCS #8).
func EncodeKey(k crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// DecodeKey reads a private key in PEM: PKCS #8, PKCS #1 or SEC 1.
func DecodeKey(b []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		var k any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			k, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			k, err = x509.ParseECPrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			k, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		default:
			continue // EC PARAMETERS, a certificate
		}
		if err != nil {
			return nil, fmt.Errorf("reading a private key: %w", err)
		}
		switch k := k.(type) {
		case *ecdsa.PrivateKey:
			return k, nil
		case *rsa.PrivateKey:
			return k, nil
		}
		return nil, errors.New("the private key is neither ECDSA nor RSA")
	}
	return nil, errors.New("there is no private key in PEM")
}

// CSR is a certificate signing request for identifiers, in DER (RFC 8555 §7.4).
// It names no subject: names belong into the extension.
func CSR(key crypto.Signer, ids []probes.Identifier) ([]byte, error) {
	var t x509.CertificateRequest
	for _, id := range ids {
		if a := id.Addr(); a.IsValid() {
			t.IPAddresses = append(t.IPAddresses, net.IP(a.AsSlice()))
			continue
		}
		t.DNSNames = append(t.DNSNames, string(id))
	}
	return x509.CreateCertificateRequest(rand.Reader, &t, key)
}

// A Chain is a certificate and those that lead to a root.
type Chain struct {
	URL          string
	PEM          []byte
	Certificates []*x509.Certificate // the leaf first
}

// Leaf is the certificate itself.
func (c Chain) Leaf() *x509.Certificate { return c.Certificates[0] }

// LeafPEM and IssuersPEM are the two parts of the chain.
func (c Chain) LeafPEM() []byte { return encode(c.Certificates[:1]) }

// IssuersPEM is the chain without the leaf.
func (c Chain) IssuersPEM() []byte { return encode(c.Certificates[1:]) }

func encode(certs []*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // memory
	}
	return out.Bytes()
}

// readChain reads a download. Anything but certificates is an error: what is
// written to disk goes into web servers (RFC 8555 §11.4).
func readChain(at string, text []byte) (Chain, error) {
	out := Chain{URL: at}
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return out, fmt.Errorf("the download holds a %.40q", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return out, fmt.Errorf("reading the certificate: %w", err)
		}
		out.Certificates = append(out.Certificates, c)
	}
	if len(out.Certificates) == 0 {
		return out, errors.New("the download holds no certificate")
	}
	out.PEM = encode(out.Certificates) // and nothing that stood between
	return out, nil
}

// Prefer returns the first chain with an issuer of that common name, and whether
// there is one; the CA's own choice otherwise.
func Prefer(chains []Chain, issuer string) (Chain, bool) {
	i := slices.IndexFunc(chains, func(c Chain) bool {
		return slices.ContainsFunc(c.Certificates, func(x *x509.Certificate) bool { return x.Issuer.CommonName == issuer })
	})
	if i < 0 {
		return chains[0], false
	}
	return chains[i], true
}

// mismatch says why a certificate is not what was ordered; nil: it is.
func mismatch(leaf *x509.Certificate, key crypto.Signer, ids []probes.Identifier) error {
	if p, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !p.Equal(leaf.PublicKey) {
		return errors.New("the certificate is for another key")
	}
	for _, id := range ids {
		has := slices.Contains(leaf.DNSNames, string(id))
		if a := id.Addr(); a.IsValid() {
			has = slices.ContainsFunc(leaf.IPAddresses, func(ip net.IP) bool { return ip.Equal(a.AsSlice()) })
		}
		if !has {
			return fmt.Errorf("the certificate is not for %s", id)
		}
	}
	return nil
}
