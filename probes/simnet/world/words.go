package world

import (
	"strconv"
	"strings"
)

// A word is one word of a line, unquoted, and where it stands.
type word struct {
	text string
	at   int // byte offset in the line
}

// words splits a line at blanks; a comment ends it. Quoted parts are Go
// strings. limit > 0 stops after that many words.
func words(l string, limit int) (out []word, err error) {
	for i := 0; ; {
		for i < len(l) && blank(l[i]) {
			i++
		}
		if i == len(l) || l[i] == '#' || limit > 0 && len(out) == limit {
			return out, nil
		}
		w, n, err := oneWord(l, i)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
		i = n
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

func oneWord(l string, i int) (word, int, error) {
	w := word{at: i}
	var b strings.Builder
	for i < len(l) && !blank(l[i]) {
		if l[i] != '"' {
			b.WriteByte(l[i])
			i++
			continue
		}
		q, err := strconv.QuotedPrefix(l[i:])
		if err != nil {
			return w, i, &wordError{at: i, msg: "quoted text does not end, or has an unknown escape", hint: `write \" for a quote inside a quoted text`}
		}
		u, err := strconv.Unquote(q)
		if err != nil {
			return w, i, &wordError{at: i, msg: "quoted text has an unknown escape"}
		}
		b.WriteString(u)
		i += len(q)
	}
	w.text = b.String()
	return w, i, nil
}

// texts are the words without their places.
func texts(ws []word) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.text
	}
	return out
}
