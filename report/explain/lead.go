package explain

// This file reads what a CA, or a client, puts in front of a sentence.

import (
	"maps"
	"net/netip"
	"strings"
	"sync"
)

// A leadIn is what stands in front of a sentence.
type leadIn struct {
	found     bool // there is something that only a CA puts there
	start     int  // where what belongs to the CA's detail starts
	args      map[string]string
	secondary bool
}

// leads are the lead-ins of a CA, but for addresses.
var leads = []Pattern{
	{Text: "During secondary validation: "},
	{Text: "Fetching {url}: "},
	{Text: "While processing CAA for {name:word}: "},
	{Text: "rechecking caa: "},
	{Text: "Retrieving TXT records for DNS-PERSIST-01 challenge: "},
	{Text: `Cannot issue for "{name}": `},
	{Text: "Invalid identifiers requested :: "},
	{Text: "Error creating new order :: "},
	{Text: "Error finalizing order :: "},
	{Text: "Unable to validate JWS :: "},
	{Text: "Unable to update challenge :: "},
}

// frames stand in front of a detail and are no part of it.
var frames = []Pattern{
	{Text: "urn:ietf:params:acme:error:{type:word} :: "},
	{Text: "urn:ietf:params:acme:error:{type:word}: "},
	{Text: "urn:ietf:params:acme:error:{type:word} - "},
	{Text: "urn:acme:error:{type:word} :: "},
	{Text: "urn:acme:error:{type:word} - "},
	{Text: "The server could not connect to the client to verify the domain :: "},
	{Text: "The client lacks sufficient authorization :: "},
	{Text: "Verify error:"},
	{Text: "Verify error detail:"},
	{Text: "Verification error details: "},
	{Text: "Detail: "},
	{Text: `"detail": "`},
	{Text: `"detail":"`},
}

type leadSentences struct{ said, around []sentence }

var leadTable = sync.OnceValue(func() leadSentences {
	var t leadSentences
	for _, p := range leads {
		t.said = append(t.said, compile(nil, p, `\z`))
	}
	for _, p := range frames {
		t.around = append(t.around, compile(nil, p, `\z`))
	}
	return t
})

// lead reads backwards from the end of text: first what the CA said, then
// what a client put around it.
func lead(text string) leadIn {
	l := leadIn{start: len(text), args: map[string]string{}}
	low := lower(text)
	for l.step(text, low, leadTable().said) || l.address(text) {
		l.found = true
	}
	for _, s := range leadTable().around {
		_, ok := ends(s, text[:l.start], low[:l.start])
		l.found = l.found || ok
	}
	return l
}

// step takes one lead-in. The one nearest to the sentence knows best.
func (l *leadIn) step(text, low string, table []sentence) bool {
	for _, s := range table {
		at, ok := ends(s, text[:l.start], low[:l.start])
		if !ok {
			continue
		}
		groups := s.re.FindStringSubmatch(text[at:l.start])
		args := map[string]string{}
		for i, name := range s.re.SubexpNames() {
			if name != "" {
				args[name] = groups[i]
			}
		}
		maps.Copy(args, l.args)
		l.start, l.args = at, args
		l.secondary = l.secondary || s.pattern == leads[0]
		return true
	}
	return false
}

// ends reports whether text ends with a lead-in, and where that starts.
func ends(s sentence, text, low string) (int, bool) {
	at := strings.LastIndex(low, s.anchor)
	if at < 0 || !s.re.MatchString(text[at:]) {
		return 0, false
	}
	return at, true
}

// address takes the address that a CA puts first: "192.0.2.1: ". A client may
// have put "error:" and the like right in front of it.
func (l *leadIn) address(text string) bool {
	head, ok := strings.CutSuffix(text[:l.start], ": ")
	if !ok || l.args["ip"] != "" {
		return false
	}
	word := head[strings.LastIndexAny(head, " \n\"'(=[")+1:]
	for range 8 {
		if a, err := netip.ParseAddr(word); err == nil && a.Zone() == "" {
			l.start = len(head) - len(word)
			l.args["ip"] = word
			return true
		}
		_, word, ok = strings.Cut(word, ":")
		if !ok {
			return false
		}
	}
	return false
}
