package checks

// This file has the sentences about the size of answers and about chances.

import (
	"fmt"
	"math"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// Sizes of DNS messages, in octets.
const (
	smallAnswer = 512  // fits into a datagram whatever the resolver (RFC 1035 §4.2.1)
	datagram    = 1232 // passes everywhere without fragments (DNS flag day 2020)
	message     = 65535
	// oneDigest is a TXT record of 43 characters in an answer: a pointer to the
	// name (2), type, class, TTL and length (10), and the string with its own
	// length (RFC 1035 §3.2.1, §4.1.4).
	oneDigest = 2 + 10 + 1 + 43
)

// sized is evidence of the size of an answer.
func sized(s Step, format string, a ...any) report.Evidence {
	return report.Evidence{Probe: "p1", Step: report.Natural(s.ID), Field: "dns.size", Text: fmt.Sprintf(format, a...)}
}

// over says which limit an answer is over, and what follows.
func over(size int) string {
	if size > datagram {
		return "over 1232, so every resolver needs TCP 53"
	}
	return "over 512, so a resolver with small buffers needs TCP 53"
}

// thresholds says at how many values the next limits are passed.
func thresholds(size, values int) string {
	var next []string
	for _, limit := range []int{smallAnswer, datagram, message} {
		if size <= limit {
			next = append(next, fmt.Sprintf("%s octets at %s values", octets(limit), thousands(values+(limit-size)/oneDigest+1)))
		}
	}
	switch len(next) {
	case 0:
		return "over every limit"
	case 1:
		return "next threshold: " + next[0]
	}
	for i := range next[1:] {
		next[i+1] = strings.TrimSuffix(strings.Replace(next[i+1], " octets", "", 1), " values")
	}
	return "next thresholds: " + strings.Join(next, ", ")
}

// octets writes a size: with commas only where it is long.
func octets(n int) string {
	const long = 10_000
	if n < long {
		return fmt.Sprint(n)
	}
	return thousands(n)
}

// thousands writes a number with commas.
func thousands(n int) string {
	const k = 1000
	if n < k {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/k), n%k)
}

// tcpToo says which of the servers take questions over TCP.
func (in *In) tcpToo() string {
	var words []string
	for _, a := range in.authorities() {
		host, _, _ := strings.Cut(a.host, ".")
		if word := in.overTCP(a); word != "" {
			words = append(words, host+" "+word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, "; ") + ")"
}

func (in *In) overTCP(a authority) string {
	if a.overTCP() && a.look.Fault == nil {
		return "ok"
	}
	for _, l := range in.Looked(probes.BeyondServerTCP) {
		switch {
		case l.Lookup.Server.Addr() != a.addr:
		case l.Fault == nil:
			return "ok"
		case l.Fault.Kind == probes.FaultRefused:
			return "refuses TCP"
		default:
			return "does not answer over TCP"
		}
	}
	return ""
}

// byServer is what each server of the zone gives: those that lack the value
// are said to.
func (in *In) byServer() []report.Evidence {
	const few = 8
	give, lack := in.split()
	newest := uint32(0)
	for _, a := range give {
		n, _ := in.serial(a.addr)
		newest = max(newest, n)
	}
	var out []report.Evidence
	for _, a := range give {
		out = append(out, in.heard(a, "  as expected"))
	}
	for _, a := range lack {
		more := ""
		if n, ok := in.serial(a.addr); ok && n < newest {
			more = fmt.Sprintf("  %d behind", newest-n)
		}
		out = append(out, in.heard(a, more))
	}
	return out[:min(few, len(out))]
}

// everySaid is what each server says, where all say the same.
func (in *In) everySaid() []report.Evidence {
	const few = 4
	var out []report.Evidence
	for _, a := range in.authorities() {
		if len(out) < few {
			out = append(out, in.heard(a, ""))
		}
	}
	return out
}

// chances says how likely it is to pass when each perspective of the CA asks
// one of all servers, of which some give the value.
func (in *In) chances(give, all int) string {
	remotes := in.Policy.MPIC.Remotes
	if remotes == 0 {
		return fmt.Sprintf("the CA asks any of them: about %.0f chances in 10 to pass", 10*float64(give)/float64(all))
	}
	p, pass := float64(give)/float64(all), 0.0
	for miss := range in.Policy.MPIC.May(remotes) + 1 {
		pass += choose(remotes, miss) * math.Pow(p, float64(remotes-miss)) * math.Pow(1-p, float64(miss))
	}
	return fmt.Sprintf("each place the CA looks from asks any of them: with the first and %d others about %.0f chances in 10 to pass (%d miss allowed)", remotes, 10*p*pass, in.Policy.MPIC.May(remotes))
}

func choose(n, k int) float64 {
	out := 1.0
	for i := range k {
		out = out * float64(n-i) / float64(i+1)
	}
	return out
}

// has reports an answer with a record of a type.
func has(l probes.Lookup, qtype string) bool {
	for _, r := range l.Answers {
		if r.Type == qtype {
			return true
		}
	}
	return false
}

// Where the rules of the dns methods are written.
const (
	docsDNS01    = "https://letsencrypt.org/docs/challenge-types/#dns-01-challenge"
	rfcDNS01     = "https://www.rfc-editor.org/rfc/rfc8555#section-8.4"
	accountDraft = "https://datatracker.ietf.org/doc/draft-ietf-acme-dns-account-label/"
)

// addRecord is how the record that is wanted is made.
var addRecord = []Fix{
	{For: "DNS", Text: "add the record", Snippet: "{txt}.  300  IN  TXT  \"{value}\""},
	waitForAll,
}

var waitForAll = Fix{For: "your ACME client", Text: "let it wait until every name server has the value, before it asks the CA to look; in its hook, this waits until the CA would find it", Snippet: waitCommand}

// waitCommand returns as soon as the CA would find the value.
const waitCommand = "acmecheck {target} --expect-txt {value} --wait 10m"

// scriptDigest is how a script makes the value.
var scriptDigest = Fix{For: "your script", Text: "this is the value of a key authorization", Snippet: "printf %s \"$KEY_AUTHORIZATION\" | openssl dgst -sha256 -binary | basenc --base64url | tr -d ="}
