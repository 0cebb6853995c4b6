package explain

// This file reads problems out of lines of text.

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// readLines reads what certbot and acme.sh print, fragments of JSON, and
// every problem that a client puts behind its type.
func readLines(text string) []finding {
	var b blocks
	at := 0
	for line := range strings.Lines(text) {
		b.line(at, line)
		at += len(line)
	}
	b.flush()
	return b.found
}

// blocks reads a text line by line. certbot prints a problem as a block of
// fields, and its detail may go over many lines.
type blocks struct {
	found  []finding
	fields Problem // of the block being read
	at     int
	detail []string // its detail so far; nil outside of one
}

// collected is what those who collect output put in front of a line: docker
// compose "certbot-1  | ", journald "Nov 24 04:00:00 host certbot[12]: ".
var collected = regexp.MustCompile(`\A(?:[\w.-]+ *\||[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ \S+:)(?: |\z)`)

func (b *blocks) line(at int, line string) {
	line = strings.TrimSpace(line)
	line = strings.TrimSpace(line[len(collected.FindString(line)):])
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "Domain", "Identifier", "Dns Name":
		b.flush()
		b.fields = Problem{Name: value}
		return
	case "Type":
		b.flush()
		b.kind(value)
		return
	case "Detail":
		b.flush()
		b.at, b.detail = at, []string{value}
		return
	}
	if b.detail != nil && !endsBlock(line) {
		b.detail = append(b.detail, line)
		return
	}
	b.flush()
	b.other(at, line)
}

// kind takes a field that certbot gives the problem's type in, and kubectl
// the challenge's.
func (b *blocks) kind(value string) {
	if m := strings.ToLower(value); methods[m] {
		b.fields.Method = m
		return
	}
	if m := urn.FindStringSubmatch(value); m != nil {
		value = m[1]
	}
	if fallback(value) != nil { // else it is a field of something else
		b.fields.Type = value
	}
}

// dated is how a new line of a log starts.
var dated = regexp.MustCompile(`\A\[?\d{4}-\d\d-\d\d[ T]`)

// endsBlock reports whether a line is no part of a detail.
func endsBlock(line string) bool {
	return line == "" || dated.MatchString(line) || strings.HasPrefix(line, "Hint: ") || strings.HasPrefix(line, "To fix these errors") ||
		strings.HasPrefix(line, "Some challenges have failed")
}

// flush ends a detail.
func (b *blocks) flush() {
	detail := strings.TrimSpace(strings.Join(b.detail, " "))
	b.detail = nil
	if detail == "" {
		return
	}
	p := b.fields
	p.Detail = detail
	b.add(finding{b.at, p})
	b.fields = Problem{}
}

func (b *blocks) add(f finding) {
	if len(b.found) < 2*maxProblems {
		b.found = append(b.found, f)
	}
}

// other reads a line outside of a detail.
func (b *blocks) other(at int, line string) {
	if p, ok := acmeSh(line); ok {
		b.add(finding{at, p})
		return
	}
	if p, ok := b.fragment(line); ok {
		b.add(finding{at, p})
		return
	}
	for _, f := range readFramed(line) {
		f.at = at
		if f.Name == "" || f.Name == b.fields.Name {
			f.Name, f.Method = b.fields.Name, cmp.Or(f.Method, b.fields.Method)
		}
		b.add(f)
	}
}

// acmeSh reads "example.com: Invalid status. Verification error details: ..."
// and older forms of it.
func acmeSh(line string) (Problem, bool) {
	for _, marker := range []string{"Verification error details:", "Verify error detail:", "Verify error:"} {
		head, detail, ok := strings.Cut(line, marker)
		if !ok {
			continue
		}
		detail = strings.TrimSpace(detail)
		words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(head), "Invalid status."))
		if detail == "" || strings.HasPrefix(detail, `"`) || len(words) == 0 { // ZeroSSL gives no detail, acme.sh prints a stub
			return Problem{}, false
		}
		p := Problem{Detail: detail}
		if name := strings.Trim(words[len(words)-1], ":,"); strings.ContainsAny(name, ".:") { // and no timestamp's end
			p.Name = name
		}
		return p, true
	}
	return Problem{}, false
}

var (
	fragmentDetail = regexp.MustCompile(`"detail"(?:: ?|\]\s+)("(?:[^"\\]|\\.)*"?)`)
	fragmentStatus = regexp.MustCompile(`"status": ?"?(\d{3})\b`)
)

// fragment reads a piece of JSON that lost its braces. Its type may stand on
// an earlier line.
func (b *blocks) fragment(line string) (Problem, bool) {
	m := fragmentDetail.FindStringSubmatch(line)
	if m == nil {
		if _, value, ok := strings.Cut(line, `"type"`); ok {
			b.kind(value)
		}
		return Problem{}, false
	}
	detail, err := strconv.Unquote(strings.TrimSuffix(m[1], `"`) + `"`)
	if err != nil {
		detail = strings.Trim(m[1], `"`)
	}
	p := Problem{Type: b.fields.Type, Detail: detail}
	b.fields.Type = ""
	if m := urn.FindStringSubmatch(line); m != nil {
		p.Type = m[1]
	}
	if m := fragmentStatus.FindStringSubmatch(line); m != nil {
		p.Status, _ = strconv.Atoi(m[1]) // three digits
	}
	return p, detail != ""
}
