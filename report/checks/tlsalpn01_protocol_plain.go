package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.protocol.plain",
	Severity: report.Error,
	Title:    "443 speaks plain HTTP",
	Means:    "The CA begins a TLS handshake on port 443. What answers there is a web server without TLS.",
	Causes: []string{
		"443 is forwarded to port 80",
		"port 443 is served without TLS (nginx: \"listen 443\" without \"ssl\")",
		"TLS is meant to be ended by a proxy that is not in front",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "router", Text: "forward TCP 443 to port 443 of the machine on which the ACME client listens, not to port 80"}}, passALPN()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " tryGetChallengeCert"},
	Masks:   []string{"tlsalpn01.protocol.not-tls", "tlsalpn01.tls.malformed", "net.connect.closed", "net.connect.reset", "net.read.timeout"},
	Detect: func(in *In) []Found {
		l, looked := in.best(probes.BeyondPlain)
		http := looked && l.Fetch.Status != 0 && l.Fetch.Status != 400 // what a TLS port says to plain HTTP
		told := in.Failed("handshake", probes.FaultPlain)
		found := http && in.Failed("handshake", probes.FaultNotTLS, probes.FaultTLS, probes.FaultClosed, probes.FaultReset, probes.FaultTimeout)
		if !told && !found {
			return nil
		}
		f := in.answers443("port 443 answers in plain HTTP, without TLS", in.ended(in.shaken()))
		if http {
			f[0].Evidence = append(f[0].Evidence, look(l, "plain HTTP to the same port: %d", l.Fetch.Status))
		}
		f[0].Causes = nil // who it is does not say why there is no TLS
		return f
	},
})
