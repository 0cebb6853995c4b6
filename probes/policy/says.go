package policy

// This file is the only place where a CA's sentences are made.

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// Says is how a CA words its problems. Every text of an ACME problem of ours
// comes out of one of these.
type Says struct {
	// Lookup words a failed lookup; "" if it did not fail.
	Lookup func(w DNSWords, l probes.Lookup, f *probes.Fault) string
	DNS    DNSWords
	// NoAddress words a lookup that gave no address the CA would connect to.
	NoAddress func(l probes.Lookup) string
	// At puts where the CA was in front of why it stopped.
	At func(ip, url, why string) string
	// Fault words a request without an answer. late: the whole budget is gone.
	Fault          func(ip string, u *url.URL, f *probes.Fault, late bool) *Problem
	TooMany        func(url string) *Problem
	RedirectStatus func(ip string, f probes.Fetch) *Problem
	Status         func(ip string, f probes.Fetch) *Problem
	TooLong        func(ip string) *Problem
	BodyFault      func(ip string, f *probes.Fault) *Problem
	Mismatch       func(expected, got string) *Problem
	TXT            SaysTXT
	ALPN           SaysALPN
	CAA            SaysCAA
	MPIC           SaysMPIC
}

// DNSWords are a CA's words for what DNS says in numbers.
type DNSWords struct {
	EDE  []string // names of Extended DNS Errors, by code
	Hint []Hint   // what it adds to some response codes
}

// A Hint is what a CA adds to a response code.
type Hint struct{ RCode, Text string }

// boulder returns how Boulder words them (va/http.go, va/va.go detailedError,
// bdns/problem.go).
func boulder() Says {
	return Says{
		Lookup:    boulderLookup,
		DNS:       DNSWords{EDE: slices.Clone(edeNames), Hint: slices.Clone(rcodeHints)},
		NoAddress: boulderNoAddress,
		At:        boulderAt,
		Fault:     boulderFault,
		TooMany:   func(string) *Problem { return problem(Connection, "Too many hops") },
		RedirectStatus: func(ip string, f probes.Fetch) *Problem {
			return problem(Connection, fmt.Sprintf("%s: Received disallowed redirect status code %d", ip, f.Status))
		},
		Status: func(ip string, f probes.Fetch) *Problem {
			return problem(Unauthorized, fmt.Sprintf("%s: Invalid response from %s: %d", ip, f.URL, f.Status))
		},
		TooLong: func(ip string) *Problem { return boulderBody(ip, "reader size limit exceeded") },
		BodyFault: func(ip string, f *probes.Fault) *Problem {
			if f.Kind == probes.FaultTimeout {
				return boulderBody(ip, "context deadline exceeded")
			}
			return boulderBody(ip, f.Detail)
		},
		Mismatch: func(expected, got string) *Problem {
			return problem(Unauthorized, fmt.Sprintf("The key authorization file from the server did not match this challenge. Expected %q (got %q)", expected, got))
		},
		TXT: boulderTXT, ALPN: boulderALPN, CAA: boulderCAA, MPIC: boulderMPIC,
	}
}

// generic is what Boulder says of whatever it has no words for.
const generic = "Error getting validation data"

func boulderBody(ip, why string) *Problem {
	return problem(Unauthorized, fmt.Sprintf("%s: Error reading HTTP response body: %s", ip, why))
}

func boulderAt(ip, url, why string) string { return fmt.Sprintf("%s: Fetching %s: %s", ip, url, why) }

func boulderNoAddress(l probes.Lookup) string {
	return fmt.Sprintf("no valid %s records found for %s", l.Type, l.Name)
}

// boulderLookup words a DNS failure (bdns/problem.go Error.Error). The CA
// speaks DoH to its resolver; a question that cannot be packed and an answer
// that cannot be read are "server failure at resolver" there.
func boulderLookup(w DNSWords, l probes.Lookup, f *probes.Fault) string {
	about := fmt.Sprintf("looking up %s for %s", l.Type, l.Name)
	switch {
	case f != nil && (f.Kind == probes.FaultUnsendable || f.Kind == probes.FaultBadAnswer):
		return "DNS problem: server failure at resolver " + about
	case f != nil:
		return "DNS problem: query timed out " + about
	case l.RCode == "NOERROR":
		return ""
	case l.EDE == nil:
		return "DNS problem: " + l.RCode + " " + about + w.hint(l.RCode)
	case l.EDE.Text != "":
		return "DNS problem: " + about + ": " + w.ede(l.EDE.Code) + ": " + l.EDE.Text
	}
	return "DNS problem: " + about + ": " + w.ede(l.EDE.Code)
}

// rcodeHints are Boulder's rcodeExplanations.
var rcodeHints = []Hint{
	{"NXDOMAIN", " - check that a DNS record exists for this domain"},
	{"SERVFAIL", " - the domain's nameservers may be malfunctioning"},
}

func (w DNSWords) hint(rcode string) string {
	for _, h := range w.Hint {
		if h.RCode == rcode {
			return h.Text
		}
	}
	return ""
}

// edeNames are Boulder's extendedErrorCodeToString: the registry's names, with
// "DNSSEC" in front of all that concern it.
var edeNames = []string{
	"Other", "DNSSEC: Unsupported DNSKEY Algorithm", "DNSSEC: Unsupported DS Digest Type", "Stale Answer",
	"Forged Answer", "DNSSEC: Indeterminate", "DNSSEC: Bogus", "DNSSEC: Signature Expired",
	"DNSSEC: Signature Not Yet Valid", "DNSSEC: DNSKEY Missing", "DNSSEC: RRSIGs Missing",
	"DNSSEC: No Zone Key Bit Set", "DNSSEC: NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored",
	"Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported",
	"No Reachable Authority", "Network Error between Resolver and Authority", "Invalid Data",
}

func (w DNSWords) ede(code uint16) string {
	if int(code) < len(w.EDE) {
		return w.EDE[code]
	}
	return fmt.Sprintf("Unknown Extended DNS Error code %d", code)
}

// boulderFault words a failed HTTP request.
func boulderFault(ip string, u *url.URL, f *probes.Fault, late bool) *Problem {
	t, why := boulderWhy(f, late)
	return problem(t, boulderAt(ip, masked(u), why))
}

// boulderWhy words a fault (va/va.go detailedError). Since Go 1.23 a dial is
// detached from an HTTP request's deadline: if the budget ends while still
// dialling, the CA says "after connect" although nothing connected.
func boulderWhy(f *probes.Fault, late bool) (ProblemType, string) {
	switch f.Kind {
	case probes.FaultAlert:
		return TLS, f.Detail
	case probes.FaultTimeout:
		if f.Op == opDial && !late {
			return Connection, "Timeout during connect (likely firewall problem)"
		}
		return Connection, "Timeout after connect (your server may be slow or overloaded)"
	case probes.FaultRefused:
		return Connection, "Connection refused"
	case probes.FaultNetUnreachable:
		return Connection, "Network unreachable"
	case probes.FaultReset:
		return Connection, "Connection reset by peer"
	case probes.FaultHTTP2:
		return Connection, "Server is speaking HTTP/2 over HTTP"
	case probes.FaultClosed, probes.FaultUnreachable, probes.FaultProhibited, probes.FaultPlain, probes.FaultNotTLS,
		probes.FaultTLS, probes.FaultNotHTTP, probes.FaultTooLarge, probes.FaultEncoding, probes.FaultUnsendable,
		probes.FaultBadAnswer, probes.FaultLocal, probes.FaultCanceled, probes.FaultOther:
	}
	return Connection, generic
}

// masked is a URL as net/http's client quotes it in an error: its password
// replaced. Refusals of the CA's own rules print it.
func masked(u *url.URL) string {
	if _, ok := u.User.Password(); !ok {
		return u.String()
	}
	return strings.Replace(u.String(), u.User.String()+"@", u.User.Username()+":***@", 1)
}

// pebble is how Pebble words them (va/va.go, as of 2026-04): connection, and
// Go's own error text.
var pebble = Says{
	Lookup: func(_ DNSWords, l probes.Lookup, f *probes.Fault) string {
		if f != nil {
			return fmt.Sprintf("lookup %s: %s", l.Name, f.Detail)
		}
		return "" // an RCODE is not looked at
	},
	NoAddress: func(l probes.Lookup) string { return fmt.Sprintf("lookup %s: no such host", l.Name) },
	At:        func(_, url, why string) string { return fmt.Sprintf("Get %q: %s", url, why) },
	Fault: func(_ string, u *url.URL, f *probes.Fault, _ bool) *Problem {
		return problem(Connection, fmt.Sprintf("Get %q: %s", masked(u), f.Detail))
	},
	TooMany: func(url string) *Problem {
		return problem(Connection, fmt.Sprintf("Get %q: stopped after 10 redirects", url))
	},
	RedirectStatus: pebbleStatus,
	Status:         pebbleStatus,
	TooLong:        func(string) *Problem { return problem(Connection, "body too long") },
	BodyFault:      func(_ string, f *probes.Fault) *Problem { return problem(Connection, f.Detail) },
	Mismatch: func(expected, got string) *Problem {
		return problem(Unauthorized, fmt.Sprintf("The key authorization file from the server did not match this challenge %q != %q", expected, got))
	},
}

func pebbleStatus(_ string, f probes.Fetch) *Problem {
	return problem(Unauthorized, fmt.Sprintf("Non-200 status code from HTTP: %s returned %d", f.URL, f.Status))
}
