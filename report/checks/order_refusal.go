package checks

// This file decides which check tells a CA's refusal, so that it is told once.

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// A refusal is what a CA's refusal is put down to.
type refusal int

const (
	notRefused  refusal = iota
	byLimit             // acme.limit.reached
	byPause             // acme.account.paused
	ofAccount           // acme.account.refused
	byRemotes           // vantage.quorum.missed
	neverHere           // net.inbound.filtered
	onlyTheCA           // net.firewall.blocks-ca-only
	asPredicted         // a check that goes by our own look
	unexplained         // acme.problem.other
)

// refusal returns what the CA's refusal of this question is put down to.
func (in *In) refusal() (refusal, *probes.ACMEProblem) {
	s := in.Said()
	p := s.Problem
	switch {
	case s.Answer != Refused:
		return notRefused, nil
	case p.Short() == "rateLimited" && paused(p):
		return byPause, p
	case p.Short() == "rateLimited":
		return byLimit, p
	case in.ofAccount(p):
		return ofAccount, p
	case secondary(p):
		return byRemotes, p
	case in.neverHere(p):
		return neverHere, p
	case in.onlyTheCA(p):
		return onlyTheCA, p
	case in.predicted(p):
		return asPredicted, p
	}
	return unexplained, p
}

// paused is Boulder's ra/ra.go checkIdentifiersPaused.
func paused(p *probes.ACMEProblem) bool {
	return strings.Contains(p.Detail, "temporarily prevented from requesting certificates")
}

// ofAccount reports a problem with the account, or with a request that makes one.
func (in *In) ofAccount(p *probes.ACMEProblem) bool {
	return accountTrouble(p, in.Options.Order.Stage) != ""
}

// predicted reports that our own look came to the same refusal. The token, and
// which of several addresses was tried, make no difference; Pebble words
// everything otherwise, so there the type has to do.
func (in *In) predicted(p *probes.ACMEProblem) bool {
	own := in.Decision.Problem
	if !in.Refused() || own == nil || string(own.Kind()) != p.Short() {
		return false
	}
	return in.Options.Order.Pebble() || gist(own.Detail) == gist(p.Detail)
}

var (
	fetching = regexp.MustCompile(`^[0-9a-fA-F:.]+: (Fetching )?`)
	anyURL   = regexp.MustCompile(`https?://[^\s":]+(:\d+)?[^\s":]*`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
)

// gist is a detail without what differs from one look to the next.
func gist(detail string) string {
	return quoted.ReplaceAllString(anyURL.ReplaceAllString(fetching.ReplaceAllString(detail, ""), "URL"), "TEXT")
}

// unconnected are the words for a connection that did not come about (Boulder
// va/va.go detailedError; Go's, which Pebble passes on).
var unconnected = []string{"Timeout during connect", "i/o timeout", "onnection refused", "etwork unreachable", "etwork is unreachable", "o route to host"}

// noConnection reports that the CA could not connect.
func noConnection(p *probes.ACMEProblem) bool {
	return holds(p.Detail, unconnected)
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// neverHere reports that we stood ready to answer, the CA had trouble with the
// connection, and nothing arrived but from the neighbourhood. Then it was not this machine, however
// the CA words it: "Timeout after connect" is also said of a connection that
// never was (explain's timeout-after-connect), and Pebble says of tls-alpn-01
// only that it failed.
func (in *In) neverHere(p *probes.ACMEProblem) bool {
	o := in.Options.Order
	connection := p.Short() == "connection" || strings.HasPrefix(p.Detail, "Failed to connect to ")
	requests, _ := o.Tokens()
	return o.Served && o.Sent && requests+len(in.visitors()) == 0 && connection
}

// onlyTheCA reports that the CA was kept out where others were let in: we from
// outside, or visitors who came while it looked.
func (in *In) onlyTheCA(p *probes.ACMEProblem) bool {
	if requests, _ := in.Options.Order.Tokens(); requests > 0 || in.Refused() || in.Given.Method == probes.CAA {
		return false
	}
	kept := noConnection(p) || holds(p.Detail, []string{"Connection reset", "connection reset"}) || denied.MatchString(p.Detail)
	return kept && (in.outside() || noConnection(p) && len(in.visitors()) > 0)
}

// denied are the statuses by which filters say no (Boulder va/http.go
// processHTTPValidation; Pebble va/va.go).
var denied = regexp.MustCompile(`(?:: |returned )"?(?:401|403|406|429|444|451|503)"?$`)

// outside reports that we looked from outside, as the CA does, and had nothing
// to find fault with.
func (in *In) outside() bool {
	_, inside := in.Inside()
	return !inside && len(in.Requests) > 0 && !in.Decision.Undecided && !in.Ours() && !in.Unclear() && in.Corroborates(in.Primary)
}

// visitors are the arrivals of others from the Internet: a health check from
// the next rack has crossed no firewall.
func (in *In) visitors() []Arrival {
	var out []Arrival
	for _, a := range in.Options.Order.Arrived {
		if !a.Token && in.Policy.Addresses.Refusal(a.From.Addr()) == "" && a.From.Addr() != a.To.Addr() {
			out = append(out, a)
		}
	}
	return out
}

// reached is where the CA ended: the address and port of its last request, or
// what its words begin with.
func (in *In) reached(s Said) (address, port string) {
	port = portNumber(in.port())
	records := in.Options.Order.Records
	if s.Authorization != nil && len(s.Authorization.Records) > 0 {
		records = s.Authorization.Records
	}
	if n := len(records); n > 0 {
		address = records[n-1].AddressUsed
		if records[n-1].Port != "" {
			port = records[n-1].Port
		}
	}
	if word, _, ok := strings.Cut(s.Problem.Detail, ": "); ok && address == "" {
		if a, err := netip.ParseAddr(word); err == nil {
			address = a.String()
		}
	}
	if address == "" {
		address = in.First().addr()
	}
	if address == "" {
		address = string(in.Given.Identifier)
	}
	return address, port
}

// host is the host of a URL, or the URL where it has none.
func host(of string) string {
	if u, err := url.Parse(of); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return of
}
