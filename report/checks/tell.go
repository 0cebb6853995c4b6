package checks

// This file has the sentences and the evidence that many checks share.

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// one is the usual result: a single, certain finding.
func one(subject, say string, evidence ...report.Evidence) []Found {
	return []Found{{Subject: subject, Say: say, Certainty: report.Certain, Evidence: evidence}}
}

// Args are what fixes and commands may name.
func (in *In) Args() map[string]string {
	last := in.Last()
	host := last.Dial.Host
	if host == "" {
		host = string(in.Given.Identifier)
	}
	args := map[string]string{
		"name":    string(in.Given.Identifier),
		"target":  string(in.Given.Method) + "@" + string(in.Given.Identifier),
		"host":    host,
		"address": last.addr(),
		"port":    fmt.Sprint(cmp.Or(last.Dial.To.Port(), in.port())),
		"url":     last.URL.String(),
		"token":   in.Given.Token,
		"ua":      in.Policy.UserAgent,
		"san":     map[bool]string{true: "IP:", false: "DNS:"}[in.Given.Identifier.IsIP()] + string(in.Given.Identifier),
		"digest":  in.digestHex(),
	}
	maps.Copy(args, in.txtArgs())
	return args
}

// port is where the CA begins.
func (in *In) port() uint16 {
	if in.Given.Method == probes.TLSALPN01 {
		return in.Policy.TLSALPN01.Port
	}
	return in.Policy.HTTP01.Port
}

func (r Request) addr() string {
	if !r.Dial.To.IsValid() {
		return ""
	}
	return r.Dial.To.Addr().String()
}

// where is "203.0.113.10:80".
func (r Request) where() string { return r.Dial.To.String() }

// saw is evidence of the CA's request n: what a field of it held.
func (in *In) saw(r Request, field, format string, a ...any) report.Evidence {
	e := report.Evidence{Probe: "p1", Hop: report.Natural(r.N), Field: field, Text: fmt.Sprintf(format, a...)}
	for _, s := range []*Step{r.Dialled, r.Shaken, r.Fetched} {
		if s != nil {
			e.Step = report.Natural(s.ID)
		}
	}
	return e
}

// marked is evidence with the part of it that matters marked, if it is there.
func marked(e report.Evidence, part string, label report.Text) report.Evidence {
	if i := strings.Index(e.Text, part); i >= 0 && part != "" {
		e.Span, e.Label = &[2]int{i, i + len(part)}, label
	}
	return e
}

// look is evidence of an errand beyond the CA's path.
func look(l Look, format string, a ...any) report.Evidence {
	return report.Evidence{Probe: probeID(l.Last), Step: report.Natural(l.Last.ID), Field: string(l.Why), Text: fmt.Sprintf(format, a...)}
}

func probeID(s Step) string { return fmt.Sprintf("p%d", s.Errand+1) }

// asked is evidence of a look-up.
func asked(s Step) report.Evidence {
	l, _ := s.Fact.(probes.Lookup)
	return report.Evidence{Probe: "p1", Step: report.Natural(s.ID), Field: "dns." + strings.ToLower(l.Type), Text: answered(s, l)}
}

func answered(s Step, l probes.Lookup) string {
	q := l.Name + " " + l.Type + ": "
	switch {
	case s.Fault != nil:
		return q + fmt.Sprintf("%s from %s after %.1f s", FaultWords(s.Fault), l.Resolver, s.Took.Seconds())
	case l.RCode != "NOERROR":
		return q + l.RCode + ede(l)
	case len(l.Answers) == 0:
		return q + "no record" + ede(l)
	}
	var data []string
	for _, r := range l.Answers {
		data = append(data, r.Data)
	}
	return q + strings.Join(data, ", ")
}

func ede(l probes.Lookup) string {
	if l.EDE == nil {
		return ""
	}
	return " (" + strings.TrimSpace(fmt.Sprintf("extended error %d %s", l.EDE.Code, l.EDE.Text)) + ")"
}

// location is evidence of where a request was redirected to.
func (in *In) location(r Request) report.Evidence {
	return in.saw(r, "headers.location", "Location: %s", in.locationOf(r))
}

func (in *In) locationOf(r Request) string {
	if len(r.Fetch.Location) == 0 {
		return ""
	}
	return r.Fetch.Location[0]
}

// status is evidence of the status of an answer, and of who gave it.
func (in *In) status(r Request) report.Evidence {
	text := fmt.Sprintf("%d %s", r.Fetch.Status, statusText(r.Fetch.Status))
	if server := r.Fetch.Field("Server"); server != "" {
		text += "   " + server
	}
	return in.saw(r, "status", "%s", strings.TrimSpace(text))
}

// ended is evidence of how a request ended.
func (in *In) ended(r Request) report.Evidence {
	return in.saw(r, "error", "%s", r.ending())
}

// ending is how a request ended, in words.
func (r Request) ending() string {
	for _, s := range []*Step{r.Fetched, r.Shaken, r.Dialled} {
		if s == nil {
			continue
		}
		if s.Fault != nil {
			return r.where() + "  " + FaultWords(s.Fault) + fmt.Sprintf(" after %.1f s", s.Took.Seconds())
		}
	}
	if r.Fetched != nil {
		return fmt.Sprintf("%s  %d", r.where(), r.Fetch.Status)
	}
	return r.where() + "  connected"
}

// FaultWords says in a few words what happened to whoever looked.
func FaultWords(f *probes.Fault) string {
	if f == nil {
		return "connected"
	}
	switch f.Kind {
	case probes.FaultTimeout:
		if f.Op == "dial" {
			return "no answer at all (no RST, no ICMP)"
		}
		return "silence"
	case probes.FaultRefused:
		if f.ICMP != "" {
			return "rejected by ICMP " + f.ICMP + " from " + f.From
		}
		return "connection refused"
	case probes.FaultReset:
		return "connection reset"
	case probes.FaultClosed:
		return "connection closed"
	case probes.FaultNetUnreachable, probes.FaultUnreachable, probes.FaultProhibited:
		if f.From != "" {
			return strings.ReplaceAll(string(f.Kind), "-", " ") + ", says " + f.From + " by ICMP " + f.ICMP
		}
		return strings.ReplaceAll(string(f.Kind), "-", " ")
	case probes.FaultAlert:
		return "TLS alert: " + f.Detail
	case probes.FaultPlain:
		return "plain HTTP where TLS was expected"
	case probes.FaultNotTLS:
		return "not TLS"
	case probes.FaultHTTP2:
		return "an HTTP/2 frame"
	case probes.FaultCanceled:
		return "cut off"
	case probes.FaultTLS, probes.FaultNotHTTP, probes.FaultTooLarge, probes.FaultEncoding, probes.FaultUnsendable,
		probes.FaultBadAnswer, probes.FaultLocal, probes.FaultOther:
	}
	return f.Detail
}

// family is IPv4 or IPv6.
func family(a netip.Addr) string {
	if a.Is4() {
		return "IPv4"
	}
	return "IPv6"
}

// repro are commands that show the same without us.
func repro(in *In, f Found) []string {
	out := []string{}
	switch {
	case len(in.Requests) == 0 && len(in.Lookups) > 0:
		for _, s := range in.Lookups {
			if l, ok := s.Fact.(probes.Lookup); ok {
				out = append(out, "dig "+shellWord(l.Name)+" "+l.Type)
			}
		}
	case len(in.Requests) > 0 && len(f.Evidence) > 0 && f.Evidence[0].Hop > 0:
		r := in.Requests[min(int(f.Evidence[0].Hop), len(in.Requests))-1]
		if in.Given.Method == probes.TLSALPN01 {
			return append(out, in.openssl(r))
		}
		agent := ""
		if in.byAgent() {
			agent = "-A " + shellWord(in.Policy.UserAgent) + " "
		}
		family := map[bool]string{true: "4", false: "6"}[r.Dial.To.Addr().Is4()]
		out = append(out, "curl -"+family+"skI -m 10 "+agent+shellWord(r.URL.String()))
	}
	return out
}

// shellWord quotes what may come from a hostile server, so that a pasted
// command does only what it says.
func shellWord(s string) string {
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/@%+=,[]", r) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}

// statusText is the reason phrase of the statuses people meet (RFC 9110 §15).
func statusText(code int) string { return reasons[code] }

var reasons = map[int]string{
	200: "OK", 204: "No Content", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
	304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
	403: "Forbidden", 404: "Not Found", 410: "Gone", 421: "Misdirected Request", 429: "Too Many Requests",
	500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}
