package lab

// This file is the list of what can be wrong with a name of a Town. The faults
// of web servers are demos under another address: whoever knows the one knows
// the other.

import (
	"fmt"
	"strings"
)

// A Fault is something that can be wrong with a name.
type Fault struct {
	Name  string `json:"fault"`
	Title string `json:"title"`
	// Pebble is what Pebble makes of it.
	Pebble string `json:"pebble"`
	// Noticed is whether Pebble refuses a certificate for it. What it does not
	// notice, Let's Encrypt does.
	Noticed bool `json:"noticed"`

	demo string // its servers; empty: the fault is in DNS alone
}

// faultList is in the order to list it in. Titles that are missing are the
// demos'.
var faultList = []Fault{
	{Name: "redirect-4434", Pebble: "follows, and nothing listens on 4434", Noticed: true},
	{Name: "redirect-10", Pebble: "stops after 10 requests", Noticed: true},
	{Name: "redirect-loop", Pebble: "stops after 10 requests", Noticed: true},
	{Name: "refused", Pebble: "is refused", Noticed: true},
	{Name: "firewall-drop", Title: "a firewall drops port 80", Pebble: "waits 15 s for an answer", Noticed: true},
	{Name: "wrong-vhost", Pebble: "sees 404", Noticed: true},
	{Name: "catch-all", Pebble: "sees another body", Noticed: true},
	{Name: "tls-redirect-broken", Pebble: "follows, and gets a TLS alert", Noticed: true},
	{Name: "alpn-ordinary", Pebble: "fails to connect by tls-alpn-01", Noticed: true},
	{Name: "dns-servfail", Title: "the name servers fail for the name and its challenges", Pebble: "finds neither address nor TXT record", Noticed: true},
	{Name: "dns-missing", Title: "whatever is written, the challenge name does not exist", Pebble: "finds no TXT record (http-01 is well)", Noticed: true},
	{Name: "dns-wrong-value", Title: "the TXT record has the value of the last order", Pebble: "sees another value (http-01 is well)", Noticed: true},
	{Name: "caa-forbids", Title: "the CAA records permit another CA only", Pebble: "never asks for CAA: it issues"},
}

// Faults returns the faults that a Town can have.
func Faults() ([]Fault, error) {
	demos, err := Demos()
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, d := range demos {
		titles[d.Name] = d.Title
	}
	out := append([]Fault{}, faultList...)
	for i := range out {
		f := &out[i]
		if dnsFaults[f.Name] == nil {
			f.demo = f.Name
		}
		if f.Title == "" {
			f.Title = titles[f.Name]
		}
	}
	return out, nil
}

func findFault(name string) (*Fault, error) {
	all, err := Faults()
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	return nil, BadRequest(fmt.Sprintf("no fault %q", name))
}

// world is the text of a demo for another name. Its servers are on ports 80
// and 443 only: from outside, other ports are closed. What those ports are in
// truth, Pebble is told in redirects, since it would dial the true ones;
// everybody else hears what a true server says.
func (f *Fault) world(name string, http, tls int) (string, error) {
	b, err := files.ReadFile("demos/" + f.demo + ".world")
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		kind, rest, _ := strings.Cut(line, " ")
		endpoint, does, _ := strings.Cut(rest, " ")
		line = strings.ReplaceAll(line, "example.com", name)
		line, does = anyToken(line), anyToken(does)
		switch kind {
		case "challenge":
			out.WriteString(line)
		case "http", "tls", "tcp":
			if !strings.HasSuffix(endpoint, ":80") && !strings.HasSuffix(endpoint, ":443") {
				continue
			}
			if told := ported(strings.ReplaceAll(does, "example.com", name), name, http, tls); told != "" {
				fmt.Fprintf(&out, "http %s ua~=Pebble %s", endpoint, told)
			}
			out.WriteString(line)
		}
	}
	return out.String(), nil
}

// anyToken lets a demo do to all tokens what it does to its own.
func anyToken(s string) string { return strings.Replace(s, "/$TOKEN ", "/* ", 1) }

// ported is an answer with the true ports in its redirect; empty if they are
// what they should be, or if it is none.
func ported(does, name string, http, tls int) string {
	told := does
	if http != 80 {
		told = strings.ReplaceAll(told, `"http://`+name+`$PATH`, fmt.Sprintf(`"http://%s:%d$PATH`, name, http))
	}
	if tls != 443 {
		told = strings.ReplaceAll(told, `"https://`+name+`$PATH`, fmt.Sprintf(`"https://%s:%d$PATH`, name, tls))
	}
	if told == does {
		return ""
	}
	return told
}
