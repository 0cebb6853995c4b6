package world

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options reads the words of a line; the first error stays.
type options struct {
	w   *World
	err error
}

func (o *options) fail(w word, format string, a ...any) {
	if o.err == nil {
		o.err = atWord(w, format, a...)
	}
}

func (o *options) unknown(w word, what string, allowed ...string) {
	if o.err == nil {
		key, _, _ := strings.Cut(w.text, "=")
		o.err = &wordError{at: w.at, msg: fmt.Sprintf("unknown %s %q", what, key), hint: nearest(key, allowed)}
	}
}

func (o *options) text(w word, s string) string {
	v, err := o.w.expand(s, nil)
	if err != nil {
		o.fail(w, "%v", err)
	}
	return v
}

func (o *options) duration(w word, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		o.fail(w, "bad duration %q: want 250ms or 2s", s)
	}
	return d
}

// delay is a duration that time can do.
func (o *options) delay(w word, s string) time.Duration {
	d := o.duration(w, s)
	if d < 0 {
		o.fail(w, "a delay cannot be negative")
	}
	return d
}

func (o *options) number(w word, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxExpansion {
		o.fail(w, "bad number %q", s)
		return 0
	}
	return n
}

func (o *options) oneOf(w word, s string, allowed ...string) string {
	if !slices.Contains(allowed, s) && o.err == nil {
		o.err = &wordError{at: w.at, msg: fmt.Sprintf("%q is not one of %s", s, strings.Join(allowed, " ")), hint: nearest(s, allowed)}
	}
	return s
}

func (o *options) regexp(w word, s string) *regexp.Regexp {
	r, err := regexp.Compile(o.text(w, s))
	if err != nil {
		o.fail(w, "%v", err)
	}
	return r
}

// dynamic checks a text that is expanded for each request.
func (o *options) dynamic(w word, s string) {
	if _, err := o.w.expand(s, map[string]string{"PATH": "", "HOST": ""}); err != nil {
		o.fail(w, "%v", err)
	}
}

var tcpKinds = []string{"refuse", "drop", "netunreach", "hostunreach", "prohibited", "hang", "close", "reset"}

func (o *options) parseTCP(ws []word) *TCP {
	t := &TCP{Then: "close"}
	if say, ok := strings.CutPrefix(ws[0].text, "say="); ok {
		t.Kind, t.Say = "say", o.text(ws[0], say)
	} else {
		t.Kind = o.oneOf(ws[0], ws[0].text, tcpKinds...)
	}
	for _, w := range ws[1:] {
		k, v, _ := strings.Cut(w.text, "=")
		switch k {
		case "after":
			t.After = o.oneOf(w, v, "request") != ""
		case "delay":
			t.Delay = o.delay(w, v)
		case "then":
			t.Then = o.oneOf(w, v, "close", "hang", "reset")
		default:
			o.unknown(w, "tcp option", "after", "delay", "then")
		}
	}
	return t
}

func (o *options) parseHTTP(ws []word) *HTTP {
	h := &HTTP{Then: "close", Proto: "HTTP/1.1", expander: o.w}
	ws = o.conditions(h, ws)
	if len(ws) < 2 {
		o.err = &wordError{msg: "http line without a path pattern and a status"}
		return h
	}
	h.Pattern = o.text(ws[0], ws[0].text)
	h.Status = o.number(ws[1], ws[1].text)
	if len(ws[1].text) != 3 || h.Status < 200 {
		o.fail(ws[1], "bad status %q: want 200 to 999", ws[1].text)
	}
	for _, w := range ws[2:] {
		o.httpOption(h, w)
	}
	return h
}

// conditions reads the conditions of an http line and returns what follows.
func (o *options) conditions(h *HTTP, ws []word) []word {
	for i, w := range ws {
		switch s := w.text; {
		case strings.HasPrefix(s, "host="):
			h.Host = strings.ToLower(o.text(w, s[len("host="):]))
		case strings.HasPrefix(s, "ua~="):
			h.UA = o.regexp(w, s[len("ua~="):])
		case strings.HasPrefix(s, "header~="):
			name, re, ok := strings.Cut(s[len("header~="):], ": ")
			if !ok {
				o.fail(w, `bad header condition: want header~="Name: REGEX"`)
			}
			h.Headers = append(h.Headers, HeaderCond{name, o.regexp(w, re)})
		case strings.HasPrefix(s, "header!="):
			h.Headers = append(h.Headers, HeaderCond{Name: s[len("header!="):]})
		default:
			return ws[i:]
		}
	}
	return nil
}

func (o *options) httpOption(h *HTTP, w word) {
	k, v, has := strings.Cut(w.text, "=")
	switch {
	case has && k != "" && k[0] >= 'A' && k[0] <= 'Z':
		h.Fields = append(h.Fields, [2]string{k, v})
		o.dynamic(w, v)
	case k == "body" && has:
		h.Body = v
		o.dynamic(w, v)
	case k == "pad" && has:
		h.Pad = o.number(w, v)
	case k == "gzip":
		h.Gzip = "declared"
		if has {
			h.Gzip = o.oneOf(w, v, "undeclared")
		}
	case w.text == "chunked":
		h.Chunked = true
	case k == "length" && has:
		h.Length = v
		if v != "none" {
			o.number(w, v)
		}
	case k == "delay":
		h.Delay = o.delay(w, v)
	case w.text == "stall":
		h.Stall, h.Then = true, "hang"
	case k == "then":
		h.Then = o.oneOf(w, v, "close", "hang", "reset")
	case k == "proto" && has:
		h.Proto = v
	case k == "interim":
		h.Interim = o.number(w, v)
	default:
		o.unknown(w, "http option", "body", "pad", "gzip", "chunked", "length", "delay", "stall", "then", "proto", "interim")
	}
}

func (o *options) parseTLS(ws []word) *TLS {
	t := &TLS{
		Signer: "self", AcmeID: o.text(ws[0], "$ALPN"), AcmeCritical: true, AcmeOID: "1.3.6.1.5.5.7.1.31", NotBefore: -time.Hour,
		NotAfter: 24 * time.Hour, Key: "p256", Chain: 1, Min: "1.2", Max: "1.3", Alert: -1,
	}
	alpn := "default"
	for _, w := range ws {
		k, v, has := strings.Cut(w.text, "=")
		v = o.text(w, v)
		switch {
		case !has:
			o.unknown(w, "tls option")
		case k == "alpn":
			alpn = v
		case !o.certOption(t, w, k, v) && !o.protocolOption(t, w, k, v):
			o.unknown(w, "tls option", "sni", "cert", "signer", "san", "sanext", "acmeid", "acmeraw", "acmecritical", "acmeoid", "extra",
				"notbefore", "notafter", "key", "chain", "min", "max", "alpn", "ciphers", "clientauth", "alert")
		}
	}
	if t.Cert == "ca" {
		t.Signer = "ca"
	}
	if t.Cert == "" && t.Alert < 0 {
		o.fail(ws[0], "tls line without cert=")
	}
	switch {
	case alpn == "default" && t.Cert == "acme":
		t.ALPN = []string{"acme-tls/1"}
	case alpn != "default" && alpn != "none":
		t.ALPN = strings.Split(alpn, ",")
	}
	return t
}

// certOption reads an option about the certificate; false if it is none.
func (o *options) certOption(t *TLS, w word, k, v string) bool {
	switch k {
	case "cert":
		t.Cert = o.oneOf(w, v, "self", "ca", "acme", "none")
	case "signer":
		t.Signer = o.oneOf(w, v, "self", "ca", "renamed", "broken")
	case "san":
		t.SAN = v
	case "sanext":
		t.SANExt = o.oneOf(w, v, "critical", "dup")
	case "cn":
		t.CN = v
	case "acmeid":
		t.AcmeID = v
	case "acmeraw":
		t.AcmeRaw = v
	case "acmecritical":
		t.AcmeCritical = o.oneOf(w, v, "yes", "no") == "yes"
	case "acmeoid":
		t.AcmeOID = v
	case "extra":
		t.Extra = v
	case "notbefore":
		t.NotBefore = o.duration(w, v)
	case "notafter":
		t.NotAfter = o.duration(w, v)
	case "key":
		t.Key = o.oneOf(w, v, "p256", "p384", "rsa2048", "ed25519")
	case "chain":
		t.Chain = o.number(w, v)
	default:
		return false
	}
	return true
}

// protocolOption reads an option about the handshake; false if it is none.
func (o *options) protocolOption(t *TLS, w word, k, v string) bool {
	switch k {
	case "sni":
		t.SNI = strings.ToLower(v)
	case "min":
		t.Min = o.oneOf(w, v, "1.0", "1.1", "1.2", "1.3")
	case "max":
		t.Max = o.oneOf(w, v, "1.0", "1.1", "1.2", "1.3")
	case "ciphers":
		t.Ciphers, t.Key, t.Max = o.oneOf(w, v, "rsa"), "rsa2048", "1.2"
	case "clientauth":
		t.ClientAuth = o.oneOf(w, v, "require") != ""
	case "alert":
		t.Alert = o.number(w, v)
	default:
		return false
	}
	return true
}
