package explain

// This file turns the catalogue's readable templates into regular expressions.

import (
	"regexp"
	"strings"
	"sync"
)

// A class says what a placeholder takes. Weight counts towards how specific a
// template is: a class that takes little is nearly as good as fixed words, and
// one that takes nothing too is worse than no class.
type class struct {
	re     string
	weight int
}

// classes are the placeholders' classes. Unbounded ones are lazy or stop at
// spaces, so that a match never runs into the next sentence.
var classes = map[string]class{
	"address":  {`(?:A|AAAA|TXT)`, 1},
	"api":      {`https?://[^\s"\\]*/(?:directory|dir|acme/[^\s"\\]*)`, 1},
	"digest":   {`[\w-]{43}`, 10},
	"digits":   {`\d+`, 1},
	"duration": {`[0-9hms.]+`, 1},
	"hex":      {`[0-9a-f]*`, 1},
	"hint":     {`(?: - check that a DNS record exists for this domain| - the domain['’]s nameservers may be malfunctioning)?`, 0},
	"host":     {`[^\s;,"'\\:]*[^\s;,"'\\:.]`, 0},
	"keyauth":  {`[\w-]{43}\.[\w-]{43}`, 20},
	"list":     {`[^\n;]*?`, -1},
	"quoted":   {`(?:[^"\\\n]|\\.)*?`, -1},
	"rcode":    {`[A-Z]+[0-9]*`, 1},
	"rrtype":   {`[A-Z]+`, 1},
	"status":   {`\d{3}`, 1},
	"401":      {`401`, 3},
	"403":      {`403`, 3},
	"404":      {`404`, 3},
	"nxdomain": {`NXDOMAIN`, 8},
	"refused":  {`REFUSED`, 8},
	"servfail": {`SERVFAIL`, 8},
	"3xx":      {`3\d\d`, 2},
	"5xx":      {`5\d\d`, 2},
	"text":     {`[^\n;"]{0,200}[^\s;".,]`, 0},
	"time":     {`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?: ?[A-Z]+)?`, 1},
	"token":    {`https?://[^\s"\\]*/\.well-known/acme-challenge/[^\s"\\]*`, 1},
	"url":      {`\S+?`, 0},
	"word":     {`[^\s;"]+?`, 0},
}

// classOf names the class of a placeholder that names none.
var classOf = map[string]string{
	"account": "quoted", "directory": "api", "expected": "quoted", "got": "quoted", "hint": "hint", "host": "host", "in": "duration",
	"ip": "word", "name": "quoted", "number": "digits", "oid": "word", "port": "word", "rcode": "rcode", "retry": "time",
	"rrtype": "rrtype", "status": "status", "url": "url", "why": "text",
}

// A sentence is a template ready for use.
type sentence struct {
	entry   *Entry
	pattern Pattern
	anchor  string // the fixed words it starts with, in lower case
	weight  int    // how specific it is
	re      *regexp.Regexp
}

var placeholder = regexp.MustCompile(`\{([a-z]+)(?::([a-z0-9]+))?\}`)

// compile makes a sentence of a template. tail follows it in the expression.
func compile(e *Entry, p Pattern, tail string) sentence {
	s := sentence{entry: e, pattern: p, anchor: anchor(p.Text)}
	var b strings.Builder
	b.WriteString(`(?i)\A`)
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(p.Text, -1) {
		s.fixed(&b, p.Text[at:m[0]])
		name := p.Text[m[2]:m[3]]
		kind := classOf[name]
		if m[4] >= 0 {
			kind = p.Text[m[4]:m[5]]
		}
		b.WriteString("(?P<" + name + ">" + classes[kind].re + ")")
		s.weight += classes[kind].weight
		at = m[1]
	}
	s.fixed(&b, p.Text[at:])
	s.re = regexp.MustCompile(b.String() + tail)
	return s
}

// fixed adds fixed words. Quotes may come escaped (from JSON) or curled (from
// a web forum).
func (s *sentence) fixed(b *strings.Builder, words string) {
	s.weight += len(words)
	quotes := strings.NewReplacer(`"`, `(?:\\*"|[“”])`, `'`, `['’]`)
	b.WriteString(quotes.Replace(regexp.QuoteMeta(words)))
}

// anchor returns the words a template starts with, up to what may be written
// in more than one way.
func anchor(template string) string {
	if i := strings.IndexAny(template, `{"'`); i >= 0 {
		template = template[:i]
	}
	return strings.ToLower(template)
}

// sentences are all sentences of the catalogue, compiled on first use.
var sentences = sync.OnceValue(func() []sentence {
	var all []sentence
	for _, e := range Entries() {
		for _, p := range e.Says {
			all = append(all, compile(e, p, ""))
		}
	}
	return all
})

// collapse makes one space of each run of white space, and one newline of a
// run that holds an empty line: a sentence may be wrapped, but ends with its
// paragraph.
func collapse(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		n := len(text[i:]) - len(strings.TrimLeft(text[i:], " \t\r\n"))
		switch {
		case n == 0:
			b.WriteByte(text[i])
			n = 1
		case strings.Count(text[i:i+n], "\n") > 1:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		i += n
	}
	return b.String()
}

// lower lowers ASCII letters, so that offsets stay what they are.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
