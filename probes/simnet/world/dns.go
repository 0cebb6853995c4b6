package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// typeAny marks a fault that holds for every type.
const typeAny = dns.TypeANY

// A dnsLine is one record or one fault.
type dnsLine struct {
	owner string
	qtype uint16
	rr    dns.RR // nil for a fault
	fault string // rcode drop delay tc none
	rcode int
	ede   *dns.EDNS0_EDE
	delay time.Duration
}

// key is what a "from" line replaces.
func (d *dnsLine) key() string { return "dns " + d.owner + " " + dns.Type(d.qtype).String() }

// parseDNS reads a line "dns NAME [TTL] TYPE …", in which zone-file rules
// hold, not those of words.
func (w *World) parseDNS(l string) (*dnsLine, error) {
	text, err := w.expand(stripComment(l), nil)
	if err != nil {
		return nil, err
	}
	f := strings.Fields(text)
	if len(f) < 3 {
		return nil, &wordError{msg: "dns line is too short: want dns NAME TYPE DATA"}
	}
	at := 2
	if _, err := strconv.ParseUint(f[2], 10, 31); err == nil && len(f) > 3 {
		at = 3
	}
	if len(f) == at+1 {
		return nil, &wordError{msg: "dns line without data"}
	}
	if _, ok := dns.IsDomainName(f[1]); !ok {
		return nil, &wordError{at: column(l, 1), msg: fmt.Sprintf("bad name %q", f[1])}
	}
	qtype, ok := dns.StringToType[strings.ToUpper(f[at])]
	if !ok {
		return nil, &wordError{at: column(l, at), msg: fmt.Sprintf("unknown type %q", f[at])}
	}
	d := &dnsLine{owner: dns.CanonicalName(f[1]), qtype: qtype}
	if strings.HasPrefix(f[at+1], "!") {
		return d, shift(d.parseFault(f[at+1][1:], afterWords(text, at+2)), column(l, at+1))
	}
	if qtype == typeAny {
		return nil, &wordError{at: column(l, at), msg: "ANY is for faults only"}
	}
	d.rr, err = dns.NewRR(dns.CanonicalName(f[1]) + " 300 IN " + f[at] + " " + afterWords(text, at+1))
	if err != nil || d.rr == nil {
		return nil, &wordError{at: column(l, at+1), msg: fmt.Sprintf("bad %s data", f[at])}
	}
	return d, nil
}

// column is where the nth word of a line starts, from 0.
func column(l string, n int) int {
	rest := afterWords(l, n)
	return max(0, strings.LastIndex(l, rest))
}

var faults = []string{"rcode", "drop", "delay", "tc", "none"}

func (d *dnsLine) parseFault(kind, rest string) error {
	ws, err := words(rest, 0)
	if err != nil {
		return &wordError{msg: err.Error()}
	}
	if !slices.Contains(faults, kind) {
		return &wordError{msg: fmt.Sprintf("unknown fault !%s", kind), hint: nearest(kind, faults)}
	}
	d.fault = kind
	f := texts(ws)
	switch kind {
	case "delay":
		if len(f) == 1 {
			d.delay, err = time.ParseDuration(f[0])
		}
		if len(f) != 1 || err != nil || d.delay < 0 {
			return &wordError{msg: "!delay needs a duration such as 250ms"}
		}
	case "rcode":
		return d.parseRCode(f)
	default:
		if len(f) > 0 {
			return &wordError{msg: "!" + kind + " takes no argument"}
		}
	}
	return nil
}

func (d *dnsLine) parseRCode(f []string) error {
	if len(f) == 0 || len(f) > 2 {
		return &wordError{msg: "!rcode needs a response code such as SERVFAIL, and may have ede=CODE:\"text\""}
	}
	rcode, ok := dns.StringToRcode[f[0]]
	if !ok {
		return &wordError{msg: fmt.Sprintf("unknown response code %q", f[0])}
	}
	d.rcode = rcode
	if len(f) == 1 {
		return nil
	}
	v, ok := strings.CutPrefix(f[1], "ede=")
	code, text, _ := strings.Cut(v, ":")
	n, err := strconv.ParseUint(code, 10, 16)
	if !ok || err != nil {
		return &wordError{msg: fmt.Sprintf("bad option %q: want ede=CODE", f[1])}
	}
	d.ede = &dns.EDNS0_EDE{InfoCode: uint16(n), ExtraText: text}
	return nil
}

// stripComment cuts a zone-file comment: '#' after white space outside quotes.
func stripComment(l string) string {
	quoted := false
	for i := 0; i < len(l); i++ {
		switch {
		case l[i] == '\\':
			i++
		case l[i] == '"':
			quoted = !quoted
		case l[i] == '#' && !quoted && i > 0 && (l[i-1] == ' ' || l[i-1] == '\t'):
			return l[:i]
		}
	}
	return l
}

// afterWords is what follows the first n blank-separated words.
func afterWords(l string, n int) string {
	for range n {
		l = strings.TrimLeft(l, " \t")
		i := strings.IndexAny(l, " \t")
		if i < 0 {
			return ""
		}
		l = l[i:]
	}
	return strings.TrimSpace(l)
}
