package render

// This file takes out of a report what is nobody else's business, so that it
// can be shown in public.

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// Redacted is a copy of a report for the public: without tokens and key
// authorizations, the numbers of accounts, cookies, local paths, the addresses
// a CA's requests came from, this machine's own addresses, and addresses of
// reserved ranges. What is hidden twice gets the same placeholder twice:
// private-1, account-1. The name and its public addresses stay, or nobody could
// help. Such a report cannot be judged again. r stays as it is.
func Redacted(r *report.Report) *report.Report {
	c := &redactor{words: knownIn(r)}
	out, _ := reflect.TypeAssert[*report.Report](c.copied(reflect.ValueOf(r)))
	return out
}

// A redactor copies a report without what is to be hidden.
type redactor struct{ words *words }

// knownIn gathers what a report says is to be hidden, so that it is found
// wherever else it stands.
func knownIn(r *report.Report) *words {
	w := newWords()
	public := map[netip.Addr]bool{}
	for _, t := range r.Targets {
		for _, tr := range t.Traces {
			for _, s := range tr.Steps {
				w.read(s.Fact, public)
			}
		}
	}
	for a := range public { // the server looks at itself: it is what this is about
		delete(w.own, a)
	}
	return w
}

// read learns from a fact what is secret, and adds the addresses that DNS gave
// to those that are public.
func (w *words) read(f probes.Fact, public map[netip.Addr]bool) {
	switch f := f.(type) {
	case probes.Given:
		w.learn(f.KeyAuthorization)
		w.learn(f.Token)
		if a := strings.TrimRight(f.Account, "/"); a != "" && !slices.Contains(w.accounts, a) {
			w.accounts = append(w.accounts, a)
		}
	case probes.Lookup:
		for _, a := range f.Addrs() {
			public[a] = true
		}
	case probes.Route:
		w.own[f.Source.Unmap()] = true
	case probes.Dial, probes.Handshake, probes.Fetch, probes.Served, probes.Exchange:
	}
}

// copied is a deep copy. Types whose meaning matters are told apart; all other
// text is looked through for what is to be hidden.
func (c *redactor) copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch x := v.Interface().(type) {
	case time.Time:
		return v
	case netip.Addr:
		out.Set(reflect.ValueOf(c.words.addr(x)))
	case netip.AddrPort:
		out.Set(reflect.ValueOf(netip.AddrPortFrom(c.words.addr(x.Addr()), x.Port())))
	case json.RawMessage, [][]byte: // a CA's answer and certificates: what they say is told elsewhere
	case []byte:
		if x != nil {
			out.SetBytes([]byte(c.words.hidden(string(x))))
		}
	case probes.Field:
		c.fields(out, v)
		if strings.EqualFold(x.Name, "set-cookie") {
			out.FieldByName("Value").SetString(cut)
		}
	case report.Evidence, report.Remedy, report.Source, report.Certificate, report.HTTP, report.Fetch:
		c.fields(out, v)
		c.again(x, out.Addr().Interface())
	default:
		return c.parts(out, v)
	}
	return out
}

// again does what looking through each field of x by itself does not. out is
// a pointer to the copy.
func (c *redactor) again(x, out any) {
	switch out := out.(type) {
	case *report.Evidence:
		c.evidence(x.(report.Evidence), out)
	case *report.Remedy: // the catalogue's advice has paths of its own
		r := x.(report.Remedy)
		out.Text = c.words.advice(r.Text)
		if r.Snippet != nil {
			*out.Snippet = c.words.advice(*r.Snippet)
		}
	case *report.Source:
		out.File = c.words.hidden(base(x.(report.Source).File))
	case *report.Certificate:
		for what, file := range x.(report.Certificate).Files {
			out.Files[what] = c.words.hidden(base(file))
		}
	case *report.HTTP:
		for name := range out.Headers {
			if strings.EqualFold(name, "set-cookie") {
				out.Headers[name] = cut
			}
		}
	case *report.Fetch: // nobody is to make a list of a CA's addresses
		out.From = c.words.placeholder("ca", x.(report.Fetch).From)
	}
}

var nilable = []reflect.Kind{reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map}

// parts copies what is only a container, or text.
func (c *redactor) parts(out, v reflect.Value) reflect.Value {
	switch k := v.Kind(); {
	case slices.Contains(nilable, k) && v.IsNil(): // and so is the copy
	case k == reflect.String:
		out.SetString(c.words.hidden(v.String()))
	case k == reflect.Pointer, k == reflect.Interface:
		inner := c.copied(v.Elem())
		if k == reflect.Pointer {
			p := reflect.New(inner.Type())
			p.Elem().Set(inner)
			inner = p
		}
		out.Set(inner)
	case k == reflect.Struct:
		c.fields(out, v)
	case k == reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		c.elements(out, v)
	case k == reflect.Array:
		c.elements(out, v)
	case k == reflect.Map:
		c.entries(out, v)
	default:
		return v
	}
	return out
}

func (c *redactor) fields(out, v reflect.Value) {
	for i := range v.NumField() {
		out.Field(i).Set(c.copied(v.Field(i)))
	}
}

func (c *redactor) elements(out, v reflect.Value) {
	for i := range v.Len() {
		out.Index(i).Set(c.copied(v.Index(i)))
	}
}

// entries copies a map in the order of its keys: placeholders are numbered as
// they come.
func (c *redactor) entries(out, v reflect.Value) {
	out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		out.SetMapIndex(k, c.copied(v.MapIndex(k)))
	}
}

// evidence keeps the span on what it marked.
func (c *redactor) evidence(e report.Evidence, out *report.Evidence) {
	edits := c.words.edits(e.Text)
	out.Text = apply(edits, e.Text)
	if e.Span != nil {
		*out.Span = [2]int{moved(edits, e.Span[0], false), moved(edits, e.Span[1], true)}
	}
}
