package main

// This file reads who came from the access log of a web server, where that
// answers the CA in our place.

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/respond"
)

// mostLog bounds what is read of a log.
const mostLog = 4 << 20

// An accessLog is a file to which a web server writes a line for each request:
// in the common or combined format, with or without the host in front, or in
// JSON as Caddy does. A server that buffers its log is seen too late.
type accessLog struct {
	path string
	from int64 // what came before is not about the order
}

// watch begins to watch a log.
func watch(path string) (*accessLog, error) {
	l := &accessLog{path: path}
	f, err := os.Open(path)
	if err != nil {
		return nil, usage("cannot read the access log: %s", err).try("--access-log takes the file that the web server writes, such as /var/log/nginx/access.log")
	}
	defer f.Close()
	if l.from, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, usage("%s is no file that grows at its end: %s", path, err)
	}
	return l, nil
}

// arrivals are the requests for challenges since the watch began. told is when
// the CA was told to look.
func (l *accessLog) arrivals(told time.Time) []arrival {
	f, err := os.Open(l.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	from := l.from
	if end, err := f.Seek(0, io.SeekEnd); err != nil || end < from { // a new file took its place
		from = 0
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil
	}
	var out []arrival
	lines := bufio.NewScanner(io.LimitReader(f, mostLog))
	for lines.Scan() {
		if a, ok := logged(lines.Text(), told); ok {
			out = append(out, a)
		}
	}
	return out
}

// logged reads one line: the first address is the client's, and the path says
// what it wanted.
func logged(line string, told time.Time) (arrival, bool) {
	a := arrival{Method: probes.HTTP01, Token: true, UserAgent: agentOf(line)}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\"[]{},", r) }) {
		if addr, err := netip.ParseAddr(word); err == nil && !a.From.IsValid() {
			a.From = netip.AddrPortFrom(addr.Unmap(), 0)
		}
		if strings.HasPrefix(word, respond.Prefix) && a.Path == "" {
			a.Path = word
		}
	}
	if _, rest, ok := strings.Cut(line, " ["); ok {
		stamp, _, _ := strings.Cut(rest, "]")
		if at, err := time.Parse("02/Jan/2006:15:04:05 -0700", stamp); err == nil {
			a.At = max(0, at.Sub(told))
		}
	}
	return a, a.Path != "" && a.From.IsValid()
}

// agentOf is the User-Agent: the last of the quoted fields, or by its name.
func agentOf(line string) string {
	if _, rest, ok := strings.Cut(line, `"User-Agent":["`); ok {
		agent, _, _ := strings.Cut(rest, `"`)
		return agent
	}
	quoted := strings.Split(line, `"`)
	if n := len(quoted); n >= 7 { // request, referrer, agent
		return quoted[n-2]
	}
	return ""
}
