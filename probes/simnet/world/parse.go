package world

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	methods    = []string{"http-01", "dns-01", "dns-account-01", "dns-persist-01", "tls-alpn-01"}
	questions  = []string{"challenge", "token", "thumbprint", "account", "check", "perspectives"}
	statements = []string{"dns", "tcp", "http", "tls", "from"}
)

// A stmt is one dns, tcp, http or tls line.
type stmt struct {
	line int
	from []string // perspectives; empty for all
	key  string   // what a "from" line replaces
	dns  *dnsLine
	addr netip.Addr
	port uint16 // 0: all ports
	tcp  *TCP
	http *HTTP
	tls  *TLS
}

// Parse reads the text of a world file. Its errors are *ParseError.
func Parse(name, text string) (*World, error) {
	w := &World{Name: name, Token: DefaultToken, Thumbprint: DefaultThumbprint, Account: DefaultAccount, Check: "both", views: map[string]*View{}}
	if !utf8.ValidString(text) {
		return nil, &ParseError{File: name, Msg: "not UTF-8 text"}
	}
	lines := strings.Split(text, "\n")
	seen := map[string]bool{}
	// The question comes first, because the variables depend on it.
	for _, read := range []func(string) error{func(l string) error { return w.question(l, seen) }, nil} {
		for i, l := range lines {
			l = strings.TrimSuffix(l, "\r")
			var err error
			if read != nil {
				err = read(l)
			} else {
				err = w.statement(l, i+1)
			}
			if err != nil {
				return nil, place(name, i+1, err)
			}
		}
		if w.Method == "" {
			return nil, &ParseError{File: name, Msg: "no challenge line", Hint: "a world needs one: challenge http-01 www.example.com"}
		}
	}
	return w, w.makeViews()
}

// question reads the lines that say what is asked.
func (w *World) question(l string, seen map[string]bool) error {
	head, err := words(l, 1)
	if err != nil || len(head) == 0 || slices.Contains(statements, head[0].text) {
		return err
	}
	ws, err := words(l, 0)
	if err != nil {
		return err
	}
	key, args := ws[0].text, ws[1:]
	if !slices.Contains(questions, key) {
		return &wordError{at: ws[0].at, msg: fmt.Sprintf("unknown statement %q", key), hint: nearest(key, slices.Concat(questions, statements))}
	}
	if seen[key] {
		return atWord(ws[0], "a second %s line", key)
	}
	seen[key] = true
	return w.answer(ws[0], args)
}

func (w *World) answer(key word, args []word) error {
	want := map[string]int{"challenge": 2, "token": 1, "thumbprint": 1, "account": 1, "check": 1}
	if n, fixed := want[key.text]; fixed && len(args) != n || len(args) == 0 {
		return atWord(key, "%s takes %d word(s), not %d", key.text, max(n, 1), len(args))
	}
	switch key.text {
	case "challenge":
		if !slices.Contains(methods, args[0].text) {
			return &wordError{at: args[0].at, msg: fmt.Sprintf("unknown method %q", args[0].text), hint: nearest(args[0].text, methods)}
		}
		w.Method, w.Identifier = args[0].text, args[1].text
	case "token":
		w.Token = args[0].text
	case "thumbprint":
		w.Thumbprint = args[0].text
	case "account":
		w.Account = args[0].text
	case "check":
		w.Check = args[0].text
		if kinds := []string{"dcv", "caa", "both"}; !slices.Contains(kinds, w.Check) {
			return &wordError{at: args[0].at, msg: fmt.Sprintf("unknown check %q", w.Check), hint: "write dcv, caa or both"}
		}
	case "perspectives":
		return w.perspectives(args)
	}
	return nil
}

func (w *World) perspectives(args []word) error {
	for _, a := range args {
		name, rir, ok := strings.Cut(a.text, "/")
		if !ok || name == "" || rir == "" || name == Primary || name == "remotes" || w.perspective(name) {
			return atWord(a, "bad perspective %q: want NAME/RIR, each name once", a.text)
		}
		w.Perspectives = append(w.Perspectives, Perspective{name, rir})
	}
	return nil
}

func (w *World) perspective(name string) bool {
	return slices.ContainsFunc(w.Perspectives, func(p Perspective) bool { return p.Name == name })
}

// statement reads one line about the simulated Internet.
func (w *World) statement(l string, line int) error {
	head, err := words(l, 1)
	if err != nil || len(head) == 0 || slices.Contains(questions, head[0].text) {
		return err
	}
	s := stmt{line: line}
	if head[0].text == "from" {
		if head, s.from, err = w.from(l); err != nil {
			return err
		}
	}
	if head[0].text == "dns" {
		s.dns, err = w.parseDNS(l[head[0].at:])
		if s.dns != nil {
			s.key = s.dns.key()
		}
		w.stmts = append(w.stmts, s)
		return shift(err, head[0].at)
	}
	ws, err := words(l, 0)
	if err != nil {
		return err
	}
	for ws[0].at != head[0].at {
		ws = ws[1:]
	}
	if err := w.server(&s, ws); err != nil {
		return err
	}
	w.stmts = append(w.stmts, s)
	return nil
}

// shift moves an error that counts from a part of the line.
func shift(err error, by int) error {
	if e, ok := errors.AsType[*wordError](err); ok {
		e.at += by
	}
	return err
}

// from reads "from P,Q" and the first word of the statement after it.
func (w *World) from(l string) (head []word, from []string, err error) {
	ws, err := words(l, 3)
	if err != nil {
		return nil, nil, err
	}
	if len(ws) < 3 {
		return nil, nil, atWord(ws[0], "from needs perspectives and a statement")
	}
	for p := range strings.SplitSeq(ws[1].text, ",") {
		switch {
		case p == "remotes":
			for _, r := range w.Perspectives {
				from = append(from, r.Name)
			}
		case p == Primary || w.perspective(p):
			from = append(from, p)
		default:
			return nil, nil, atWord(ws[1], "unknown perspective %q", p)
		}
	}
	if !slices.Contains(statements[:4], ws[2].text) {
		return nil, nil, &wordError{at: ws[2].at, msg: "from needs a dns, tcp, http or tls line", hint: nearest(ws[2].text, statements[:4])}
	}
	return ws[2:], from, nil
}

// server reads a tcp, http or tls line.
func (w *World) server(s *stmt, ws []word) error {
	kind := ws[0].text
	if len(ws) < 3 {
		return atWord(ws[0], "%s line is too short: want %s ADDRESS:PORT and what it does", kind, kind)
	}
	if err := s.place(ws[1], kind); err != nil {
		return err
	}
	o := &options{w: w}
	switch kind {
	case "tcp":
		s.tcp = o.parseTCP(ws[2:])
		if o.err == nil && s.port == 0 && !wholeHost(s.tcp.Kind) {
			return atWord(ws[2], "tcp %s needs a port", s.tcp.Kind)
		}
	case "http":
		s.http = o.parseHTTP(ws[2:])
	case "tls":
		s.tls = o.parseTLS(ws[2:])
	}
	return o.err
}

func (s *stmt) place(a word, kind string) error {
	if ap, err := netip.ParseAddrPort(a.text); err == nil {
		s.addr, s.port = ap.Addr(), ap.Port()
	} else if s.addr, err = netip.ParseAddr(a.text); err != nil {
		return atWord(a, "bad address %q: want 192.0.2.1:80 or [2001:db8::1]:80", a.text)
	}
	s.key = a.text
	switch {
	case !isDocumentation(s.addr):
		return atWord(a, "%s is not in a documentation range", s.addr)
	case netip.AddrPortFrom(s.addr, s.port) == Resolver:
		return atWord(a, "%s is the world's resolver", Resolver)
	case s.port == 0 && (kind != "tcp" || strings.HasSuffix(a.text, ":0")):
		return atWord(a, "%s needs a port", kind)
	}
	return nil
}

func wholeHost(kind string) bool {
	return slices.Contains([]string{"refuse", "drop", "netunreach", "hostunreach", "prohibited"}, kind)
}
