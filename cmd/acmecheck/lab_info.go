package main

// This file says what runs in a lab, and how to use it.

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/report/render"
)

// labInfo is what a lab is, in every format.
type labInfo struct {
	PID       int       `json:"pid"`
	Started   time.Time `json:"started"`
	Dir       string    `json:"dir"`
	Directory string    `json:"directory"`
	Bundle    string    `json:"bundle"`
	Roots     string    `json:"roots"`
	DNS       string    `json:"dns"`
	Names     []string  `json:"names"`
	HTTPPort  int       `json:"http_port"`
	TLSPort   int       `json:"tls_port"`
	TSIGKey   string    `json:"tsig_key"`
	Lines     []labLine `json:"lines"`
}

// A labLine is a command to copy for a client.
type labLine struct {
	Client string `json:"client"`
	Line   string `json:"line"`
}

func newLabInfo(dir string, s labState, t *lab.Town, o lab.TownOptions) *labInfo {
	i := &labInfo{
		PID: s.PID, Started: s.Started, Dir: dir, Directory: t.CA.Directory(), DNS: t.Zone.Address().String(), Names: t.Names(),
		HTTPPort: o.HTTPPort, TLSPort: o.TLSPort,
		Bundle: filepath.Join(dir, bundleFile), Roots: filepath.Join(dir, rootsFile), TSIGKey: filepath.Join(dir, keyFile),
	}
	i.Lines = i.lines()
	return i
}

// example is a name of the lab.
func (i *labInfo) example() string { return "www." + i.Names[0] }

// lines are for certbot 2 and later, acme.sh 3, lego 5 and Caddy 2. They answer
// on 127.0.0.1 alone: a server on every address would be in the faults' way.
func (i *labInfo) lines() []labLine {
	certbot := fmt.Sprintf("REQUESTS_CA_BUNDLE=%s certbot certonly --non-interactive --agree-tos --register-unsafely-without-email --server %s --config-dir %s --work-dir %s --logs-dir %s",
		quoted(i.Bundle), i.Directory, i.own("certbot"), i.own("certbot"), i.own("certbot"))
	return []labLine{
		{"certbot", certbot + fmt.Sprintf(" --standalone --http-01-address 127.0.0.1 --http-01-port %d -d %s", i.HTTPPort, i.example())},
		{"certbot, dns-01", certbot + fmt.Sprintf(" --dns-rfc2136 --dns-rfc2136-credentials %s --dns-rfc2136-propagation-seconds 0 -d '*.%s'", i.own(certbotFile), i.Names[0])},
		{"acme.sh", fmt.Sprintf("acme.sh --issue --standalone --local-address 127.0.0.1 --httpport %d --server %s --ca-bundle %s -d %s", i.HTTPPort, i.Directory, quoted(i.Bundle), i.example())},
		{"lego 5", fmt.Sprintf("LEGO_CA_CERTIFICATES=%s lego run --accept-tos --server %s --path %s --http --http.address 127.0.0.1:%d -d %s", quoted(i.Bundle), i.Directory, i.own("lego"), i.HTTPPort, i.example())},
		{"Caddy", fmt.Sprintf("caddy run --adapter caddyfile --config %s", i.own(caddyFile))},
		{"acmecheck", fmt.Sprintf("acmecheck lab check --dir %s http-01@%s", quoted(i.Dir), i.example())},
	}
}

// own is a file of the lab's directory, for a shell.
func (i *labInfo) own(file string) string { return quoted(filepath.Join(i.Dir, file)) }

// quoted is a word for a shell.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:,@%", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// text writes what runs. It is for people.
func (i *labInfo) text(w io.Writer) error {
	var b strings.Builder
	row := func(head, format string, a ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", head, render.Safe(fmt.Sprintf(format, a...), 0))
	}
	row("directory", "%s", i.Directory)
	row("trust", "%s    to reach the directory; another one in every run", i.Bundle)
	row("roots", "%s    of what it issues: worth nothing", i.Roots)
	row("dns", "%s    udp and tcp; any name under %s is 127.0.0.1", i.DNS, strings.Join(i.Names, ", "))
	row("looks at", "127.0.0.1 port %d for http-01, port %d for tls-alpn-01", i.HTTPPort, i.TLSPort)
	row("tsig key", "%s    writes TXT records by RFC 2136", i.TSIGKey)
	_, err := io.WriteString(w, b.String())
	return err
}

// copyable writes the lines to copy, each on a line of its own.
func (i *labInfo) copyable(w io.Writer) error {
	var b strings.Builder
	for _, l := range i.Lines {
		fmt.Fprintf(&b, "\n# %s\n%s\n", l.Client, render.Safe(l.Line, 0))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
