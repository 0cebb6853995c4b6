package checks

import (
	"fmt"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.ipv6.broken",
	Severity: report.Warning,
	Title:    "IPv6 fails at once; validation falls back to IPv4",
	Means:    "The CA tries IPv6 first and falls back to IPv4 when it cannot connect. It works today; in http-01 it costs a request of the ten.",
	Causes: []string{
		"the web server listens on IPv4 only",
		"the AAAA record is old",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the AAAA record, if the server is not meant to be reached over IPv6"},
		{For: "nginx", Text: "listen on IPv6 too", Snippet: "listen [::]:80;", When: byHTTP},
		{For: "Apache", Text: "listen on IPv6 too", Snippet: "Listen [::]:80", When: byHTTP},
		{For: "your app", Text: "let the ACME client listen on [::]:443 too", When: byALPN},
		{For: "ufw", Text: "let new connections in over IPv6 too (IPV6=yes in /etc/default/ufw)", Snippet: "sudo ufw allow {port}/tcp"},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} over IPv6 too, from any source"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"ipv6"},
	Sources: []string{docsIPv6, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		var out []Found
		for _, r := range in.fellBack() {
			if r.fault().Kind == probes.FaultTimeout {
				continue // net.ipv6.dropped
			}
			next := in.after(r)
			out = append(out, Found{
				Subject: r.where(), Certainty: report.Certain,
				Say:      fmt.Sprintf("IPv6 port %d fails at once; only %s keeps validation alive", r.Dial.To.Port(), family(next.Dial.To.Addr())),
				Evidence: []report.Evidence{in.ended(r), in.saw(next, "address", "%s  connected", next.where())},
			})
		}
		return out
	},
})

// fault is what a fallback may follow: that of the connection, or in
// tls-alpn-01 of the handshake.
func (r Request) fault() *probes.Fault {
	if r.Dialled.Fault == nil && r.Shaken != nil && len(r.Handshake.ALPN) > 0 {
		return r.Shaken.Fault
	}
	return r.Dialled.Fault
}

// lost is the time that passed before a fallback.
func (r Request) lost() time.Duration {
	if r.Shaken != nil {
		return r.Dialled.Took + r.Shaken.Took
	}
	return r.Dialled.Took
}

// fellBack are the requests over IPv6 that could not connect and were followed
// by one over IPv4 that could, each address once: every redirect to the same
// host falls back again. Those that this machine has no route for are not counted.
func (in *In) fellBack() []Request {
	var out []Request
	seen := map[string]bool{}
	for i, r := range in.Requests[:max(0, len(in.Requests)-1)] {
		next := in.Requests[i+1]
		if !seen[r.where()] && r.fault() != nil && next.fault() == nil && next.Dial.To.Addr().Is4() && next.URL.String() == r.URL.String() && !in.untried(r.Dialled.Fault, r.Dial.To.Addr()) {
			seen[r.where()] = true
			out = append(out, r)
		}
	}
	return out
}

// after is the request that followed another.
func (in *In) after(r Request) Request {
	for i := range in.Requests[:max(0, len(in.Requests)-1)] {
		if in.Requests[i].N == r.N {
			return in.Requests[i+1]
		}
	}
	return in.Last()
}
