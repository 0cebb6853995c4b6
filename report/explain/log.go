package explain

// This file reads the CA's problems out of what ACME clients print. It knows
// the shapes of certbot, acme.sh, lego, Traefik, Caddy, cert-manager and raw
// ACME objects; everything else it reads as plain text.

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	maxLog      = 4 << 20 // bytes read
	maxProblems = 1000
)

// A Problem is a CA's problem document as a client's log has it. What the log
// does not say is zero. All of it is as hostile as the log.
type Problem struct {
	Name   string // the identifier
	Method string // the challenge type
	Type   string // without its URN prefix
	Detail string
	Status int // the problem's HTTP status
}

// Explain returns what the problem's detail says, or the explanation of its
// type alone. It is empty only if neither is known.
func (p Problem) Explain() []Match {
	found := Recognise(p.Detail)
	if e := fallback(p.Type); len(found) == 0 && e != nil {
		found = []Match{{Entry: e, Text: p.Detail, Args: map[string]string{}}}
	}
	for i := range found {
		if p.Name != "" {
			found[i].Args["name"] = p.Name
		}
		if p.Method != "" {
			found[i].Args["method"] = p.Method
		}
	}
	return found
}

// ReadLog returns the problems in a client's log or output, each once, in
// order. It reads at most 4 MiB and returns at most 1000. A log without
// problems gives none and no error; only reading can fail.
func ReadLog(r io.Reader) ([]Problem, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxLog))
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	text := colour.ReplaceAllString(strings.ToValidUTF8(string(data), "\uFFFD"), "")
	found, rest := readObjects(text)
	found = append(found, readLines(rest)...)
	slices.SortStableFunc(found, func(a, b finding) int { return cmp.Compare(a.at, b.at) })
	problems := merge(found)
	if len(problems) == 0 {
		problems = readPlain(text)
	}
	told := toldMethods(text)
	for i, p := range problems {
		problems[i].Method = cmp.Or(p.Method, told[p.Name])
	}
	return problems, nil
}

// colour is what terminals are told about colours.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// A finding is a problem and where it was found.
type finding struct {
	at int
	Problem
}

// merge drops problems that repeat others. A client tells one problem in
// several places, some of which leave things out: they complete each other.
func merge(found []finding) []Problem {
	var kept []Problem
	where := map[string][]int{}
next:
	for _, f := range found {
		for _, i := range where[f.Detail] {
			if p, ok := same(kept[i], f.Problem); ok {
				kept[i] = p
				continue next
			}
		}
		if len(kept) < maxProblems {
			where[f.Detail] = append(where[f.Detail], len(kept))
			kept = append(kept, f.Problem)
		}
	}
	return kept
}

// same merges two problems that contradict each other in nothing.
func same(a, b Problem) (Problem, bool) {
	agree := func(x, y string) bool { return x == "" || y == "" || strings.EqualFold(x, y) }
	if !agree(a.Name, b.Name) || !agree(a.Method, b.Method) || !agree(a.Type, b.Type) || a.Detail != b.Detail {
		return a, false
	}
	if a.Status != 0 && b.Status != 0 && a.Status != b.Status {
		return a, false
	}
	return Problem{
		Name: cmp.Or(a.Name, b.Name), Method: cmp.Or(a.Method, b.Method), Type: cmp.Or(a.Type, b.Type),
		Detail: a.Detail, Status: cmp.Or(a.Status, b.Status),
	}, true
}

// readPlain reads a log of no known shape.
func readPlain(text string) []Problem {
	var found []finding
	for i, m := range Recognise(text) {
		p := Problem{Name: strings.Trim(m.Name(), "[]"), Method: m.Method(), Type: m.Entry.Type, Detail: m.Text}
		found = append(found, finding{i, p})
	}
	return merge(found)
}

// told finds where clients say which challenge they use: certbot "http-01
// challenge for example.com", lego "[example.com] acme: use http-01 solver".
var told = regexp.MustCompile(`(?i)((?:http|dns|tls-alpn|dns-account|dns-persist)-01) challenge for (?:Identifier\([^']*value='([^']+)'|([^\s,(]+))|` +
	`\[([^\]\s]+)\] acme: use ((?:http|dns|tls-alpn|dns-account|dns-persist)-01) solver`)

// toldMethods returns each name's challenge type, of names with only one.
func toldMethods(text string) map[string]string {
	methods := map[string]string{}
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "-01 ") {
			continue
		}
		m := told.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name, method := cmp.Or(m[2], m[3], m[4]), strings.ToLower(cmp.Or(m[1], m[5]))
		if old, ok := methods[name]; ok && old != method {
			method = ""
		}
		methods[name] = method
	}
	maps.DeleteFunc(methods, func(_, method string) bool { return method == "" })
	return methods
}
