package explain

// This file reads problems out of JSON, wherever in a log it stands: ACME's
// own objects (RFC 8555 §7.1) and the log lines of Caddy, Traefik and
// cert-manager.

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// minObject is shorter than any object with a problem in it.
const minObject = 32

// readObjects reads all JSON objects of a text. It returns the text with
// spaces in their place, so that nothing is read twice.
func readObjects(text string) ([]finding, string) {
	var found []finding
	rest := []byte(text)
	for _, o := range objects(text) {
		if o.end-o.start < minObject {
			continue
		}
		v, ok := decode(text[o.start:o.end])
		if !ok {
			continue
		}
		w := walker{at: o.start}
		w.value(v, about{})
		found = append(found, w.found...)
		for i := o.start; i < o.end; i++ {
			if rest[i] != '\n' {
				rest[i] = ' '
			}
		}
	}
	return found, string(rest)
}

// decode decodes an object, or one that was escaped to fit into a string.
func decode(object string) (any, bool) {
	for _, s := range []string{object, strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(object)} {
		var v any
		if json.Unmarshal([]byte(s), &v) == nil {
			return v, true
		}
	}
	return nil, false
}

type extent struct{ start, end int }

// objects returns where balanced braces are, the outermost of each nest. A
// brace that nothing closes hides none that follow it; a string ends with its
// line.
func objects(text string) []extent {
	var found []extent
	var open []int
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			quoted = false
		case len(open) > 0 && c == '\\':
			i++
		case len(open) > 0 && c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			open = append(open, i)
		case c == '}' && len(open) > 0:
			start := open[len(open)-1]
			open = open[:len(open)-1]
			for len(found) > 0 && found[len(found)-1].start > start {
				found = found[:len(found)-1]
			}
			found = append(found, extent{start, i + 1})
		}
	}
	return found
}

// about is what the objects around a value say it is about.
type about struct{ name, method string }

// A walker collects the problems of one decoded value.
type walker struct {
	at    int
	found []finding
}

func (w *walker) value(v any, a about) {
	switch v := v.(type) {
	case map[string]any:
		w.object(v, a)
	case []any:
		for _, e := range v {
			w.value(e, a)
		}
	case string:
		for _, f := range readFramed(v) {
			f.Name, f.Method = cmp.Or(f.Name, a.name), cmp.Or(f.Method, a.method)
			f.at = w.at
			w.add(f)
		}
	}
}

func (w *walker) add(f finding) {
	if len(w.found) < maxProblems {
		w.found = append(w.found, f)
	}
}

// object reads an object: a problem document, or one that holds some.
func (w *walker) object(o map[string]any, a about) {
	a = a.within(o)
	if p, ok := document(o); ok {
		n := len(w.found)
		if w.value(o["subproblems"], a); len(w.found) == n { // else they say it in full
			p.Name, p.Method = a.name, a.method
			w.add(finding{w.at, p})
		}
		return
	}
	for _, k := range slices.Sorted(maps.Keys(o)) {
		if k != "validationRecord" {
			w.value(o[k], a)
		}
	}
}

// within adds what an object says it is about: an authorization's identifier,
// a challenge's type, a log line's fields.
func (a about) within(o map[string]any) about {
	name := ""
	for _, k := range []string{"identifier", "dnsName", "domain", "domains", "identifiers"} {
		name = cmp.Or(name, nameIn(o[k]))
	}
	if o["wildcard"] == true && name != "" && !strings.HasPrefix(name, "*.") {
		name = "*." + name
	}
	method := ""
	for _, k := range []string{"challenge_type", "type"} {
		if s, _ := o[k].(string); methods[strings.ToLower(s)] {
			method = strings.ToLower(s)
		}
	}
	return about{cmp.Or(name, a.name), cmp.Or(method, a.method)}
}

// nameIn reads a name, an ACME identifier, or a list of one.
func nameIn(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["value"].(string)
		return s
	case []any:
		if len(v) == 1 {
			if _, list := v[0].([]any); !list {
				return nameIn(v[0])
			}
		}
	}
	return ""
}

// document reads an RFC 7807 problem document of ACME's.
func document(o map[string]any) (Problem, bool) {
	kind, _ := o["type"].(string)
	detail, _ := o["detail"].(string)
	m := urn.FindStringSubmatch(kind)
	if m == nil || detail == "" {
		return Problem{}, false
	}
	status, _ := o["status"].(float64)
	if status < 100 || status > 999 {
		status = 0
	}
	return Problem{Type: m[1], Detail: detail, Status: int(status)}, true
}
