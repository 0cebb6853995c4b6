package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.waf.user-agent",
	Severity: report.Error,
	Title:    "a filter refuses the CA's User-Agent",
	Means:    "The same request is answered when a browser or curl makes it, and refused when it carries the CA's User-Agent.",
	Causes: []string{
		"a bot filter or application firewall has a rule about robots",
		"a firewall blocks \"acme-protocol\" or \"Let's Encrypt\" as an application",
	},
	FixBy:   Network,
	Fixes:   append([]Fix{{For: "the firewall team", Text: "exempt GET /.well-known/acme-challenge/* for every User-Agent (it can be forged, and differs per CA)"}}, exempt()...),
	Again:   "acmecheck {target}",
	Topics:  []string{"waf"},
	Sources: []string{docsHTTP01, "https://letsencrypt.org/docs/faq/#what-ip-addresses-does-let-s-encrypt-use-to-validate-my-web-server"},
	Masks:   []string{"http01.response.status", "http01.response.not-found", "http01.response.html", "http01.response.mismatch", "http01.response.too-long", "http01.response.dot-denied", "http01.waf.path", "http01.response.iis", "http01.response.bot-wall", "http01.response.router", "http01.cdn.blocked", "http01.server.ipv6-stranger", "http01.protocol.not-http", "http01.redirect.location", "http01.protocol.tls", "net.connect.reset", "net.connect.closed", "net.read.timeout"},
	Detect: func(in *In) []Found {
		if !in.Refused() || !in.byAgent() {
			return nil
		}
		r := in.Last()
		agent, _ := in.best(probes.BeyondAgent)
		return one(r.where(), "a filter refuses the CA's User-Agent", in.matrix(r, agent)...)
	},
})

// matrix is the evidence of what a filter goes by: two User-Agents, two paths.
func (in *In) matrix(r Request, agent Look) []report.Evidence {
	other, _ := in.best(probes.BeyondPath)
	both, _ := in.best(probes.BeyondAgentPath)
	return []report.Evidence{
		in.saw(r, "matrix", "%-12s  challenge path  other path", ""),
		look(other, "%-12s  %14s  %10s", "the CA's UA", outcome(r), outcome(other.Request)),
		look(agent, "%-12s  %14s  %10s", "curl's UA", outcome(agent.Request), outcome(both.Request)),
	}
}

// outcome is how a request ended, in a word.
func outcome(r Request) string {
	switch {
	case r.Fetched == nil:
		return "-"
	case r.Fetched.Fault != nil:
		return string(r.Fetched.Fault.Kind)
	}
	return fmt.Sprint(r.Fetch.Status)
}
