package probes

import (
	"net/netip"
	"strings"
)

// A Method is an ACME challenge type (RFC 8555 §8, RFC 8737, drafts).
type Method string

// The methods a CA may offer.
const (
	HTTP01       Method = "http-01"
	DNS01        Method = "dns-01"
	DNSAccount01 Method = "dns-account-01"
	DNSPersist01 Method = "dns-persist-01"
	TLSALPN01    Method = "tls-alpn-01"
	// CAA is no challenge: it asks whether a name's CAA records let the CA issue
	// by Task.For (RFC 8659, RFC 8657), as it does after every challenge.
	CAA Method = "caa"
)

// Methods lists every challenge type, in the order they are shown.
var Methods = []Method{HTTP01, DNS01, DNSAccount01, DNSPersist01, TLSALPN01}

// An Identifier is what a certificate is asked for: a name, "*." and a name,
// or an IP address (RFC 8555 §9.7.7, RFC 8738), exactly as it is sent to the CA.
type Identifier string

// IsIP reports whether the identifier is of type "ip". Anything that does not
// parse as an address is of type "dns".
func (id Identifier) IsIP() bool { return id.Addr().IsValid() }

// Addr is the address of an "ip" identifier, the zero Addr otherwise.
func (id Identifier) Addr() netip.Addr {
	a, err := netip.ParseAddr(string(id))
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// Type is the identifier's type in ACME: "dns" or "ip".
func (id Identifier) Type() string {
	if id.IsIP() {
		return "ip"
	}
	return "dns"
}

// Wildcard reports whether the identifier starts with "*.".
func (id Identifier) Wildcard() bool { return strings.HasPrefix(string(id), "*.") }

// A Target is what a user wants to know about: an identifier and the methods
// by which it could be validated.
type Target struct {
	Input      string // as typed
	Identifier Identifier
	Unicode    string   // the name for people, where it differs from Identifier
	Methods    []Method // that were named; nil: none was, and whoever plans chooses
	All        bool     // all methods that the CA offers were asked for; Methods is nil then
	Notes      []string // how Input was understood, where that is not obvious
	Source     Source   // where it was read
}

// A Source is a place in a file that names a target. The zero Source is no
// file: the command line.
type Source struct {
	File string // as it was given
	Line int    // from 1; 0: the file as a whole
}

// A Task is one validation to perform from one place: the CA's question. It
// is plain data; it can be printed, stored and sent to another machine.
type Task struct {
	Method           Method     `json:"method"`
	Identifier       Identifier `json:"identifier"`
	Token            string     `json:"token"`
	KeyAuthorization string     `json:"key_authorization,omitempty"` // empty: nobody knows it, so no answer can be right
	Account          string     `json:"account,omitempty"`           // the account's URL; empty: of no account that is known
	TXT              string     `json:"txt,omitempty"`               // the value expected of dns-01, where KeyAuthorization is not known
	For              Method     `json:"for,omitempty"`               // the challenge type that CAA is asked about
}
