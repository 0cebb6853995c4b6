package explain

// This file finds where in a text the catalogue's sentences are.

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxSentence = 8 << 10 // no sentence of a CA is longer
	maxFallback = 300     // how much of an unknown sentence is shown
	maxLead     = 4 << 10 // how far a plain sentence looks for its lead-in
)

// A span is where a sentence was found.
type span struct {
	start, end int
	entry      *Entry
	sentence   *sentence // nil for a fallback
	groups     []int
}

// spans returns the text's sentences and fallbacks, in order, none
// overlapping.
func spans(text string) []span {
	low := lower(text)
	var all []span
	for i := range sentences() {
		all = append(all, sentences()[i].find(text, low)...)
	}
	known := settle(all)
	return settle(append(known, unknown(text, known)...))
}

// find returns where a sentence is. Each place of its first words is tried up
// to the next such place only: all tries together read the text once.
func (s *sentence) find(text, low string) []span {
	var found []span
	for at := next(low, s.anchor, 0); at < len(text) && len(found) < maxMatches; {
		after := next(low, s.anchor, at+len(s.anchor))
		window := text[at:min(after, at+maxSentence)]
		if g := s.re.FindStringSubmatchIndex(window); g != nil && begins(text, at) {
			p := span{start: at, end: at + g[1], entry: s.entry, sentence: s, groups: g}
			if !s.pattern.Plain || p.led(text) {
				found = append(found, p)
			}
		}
		at = after
	}
	return found
}

// next is strings.Index from an offset; len(s) if there is none.
func next(s, sub string, from int) int {
	if i := strings.Index(s[from:], sub); i >= 0 {
		return from + i
	}
	return len(s)
}

// begins reports whether a word begins at an offset. The n of an escaped
// newline ends no word.
func begins(text string, at int) bool {
	if at == 0 {
		return true
	}
	c := text[at-1] | 0x20
	letter := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
	return !letter || at > 1 && text[at-2] == '\\'
}

// led reports whether a sentence stands alone or behind a CA's lead-in.
func (s span) led(text string) bool {
	if strings.Trim(text, ` ."'`) == strings.Trim(text[s.start:s.end], ` ."'`) {
		return true
	}
	return lead(text[max(0, s.start-maxLead):s.start]).found
}

// settle sorts spans and drops those that overlap a better one.
func settle(all []span) []span {
	slices.SortStableFunc(all, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.weight(), a.weight()))
	})
	kept := all[:0]
	end := 0
	for _, s := range all {
		if s.start >= end {
			kept = append(kept, s)
			end = s.end
		}
	}
	return slices.Clone(kept)
}

func (s span) weight() int {
	if s.sentence == nil {
		return 0
	}
	return s.sentence.weight
}

// match makes a Match of a span. l is what leads it in, from offset at on.
func (s span) match(text string, l leadIn, at int) Match {
	m := Match{Entry: s.entry, Text: text[at+l.start : s.end], Args: l.args, Secondary: l.secondary}
	if s.sentence != nil {
		m.Wording = s.sentence.pattern.Wording
		maps.Copy(m.Args, s.args(text))
	}
	if l.secondary {
		m.Remote = &secondaryEntry
	}
	return m
}

// args are what the placeholders took.
func (s span) args(text string) map[string]string {
	args := map[string]string{}
	for i, name := range s.sentence.re.SubexpNames() {
		if name == "" || name == "hint" || s.groups[2*i] == s.groups[2*i+1] {
			continue
		}
		args[name] = text[s.start+s.groups[2*i] : s.start+s.groups[2*i+1]]
	}
	return args
}

var urn = regexp.MustCompile(`(?i)urn:(?:ietf:params:)?acme:error:([a-z]+)`)

// unknown returns a fallback for each problem type without a known sentence.
func unknown(text string, known []span) []span {
	var found []span
	types := urn.FindAllStringSubmatchIndex(text, -1)
	for i, t := range types {
		end := min(len(text), t[1]+maxSentence)
		if i+1 < len(types) {
			end = min(end, types[i+1][0])
		}
		for len(known) > 0 && known[0].end <= t[0] && !sameObject(text[known[0].end:t[0]]) {
			known = known[1:]
		}
		e := fallback(text[t[2]:t[3]])
		if e == nil || len(known) > 0 && known[0].start < end || len(found) == maxMatches {
			continue
		}
		found = append(found, span{start: t[0], end: t[0] + len(firstParagraph(text[t[0]:min(end, t[1]+maxFallback)])), entry: e})
	}
	return found
}

// sameObject reports whether a gap is one between a detail and the type that
// follows it in a JSON object.
func sameObject(gap string) bool {
	return len(gap) < 64 && strings.Contains(gap, "type")
}

// firstParagraph cuts a text where its first paragraph ends. Where the text
// itself was cut, half a rune may be left over.
func firstParagraph(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	for range utf8.UTFMax {
		if r, n := utf8.DecodeLastRuneInString(text); r != utf8.RuneError || n != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return strings.TrimRight(text, ` "`)
}
