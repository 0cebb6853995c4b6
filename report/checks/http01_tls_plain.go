package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.plain",
	Severity: report.Error,
	Title:    "the https target does not speak TLS",
	Means:    "The redirect says https, but what answers there speaks no TLS.",
	Causes: []string{
		"port 443 is served without TLS (nginx: \"listen 443\" without \"ssl\")",
		"TLS is meant to be ended by a proxy that is not in front",
		"443 is forwarded to port 80",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "turn TLS on for the port", Snippet: "listen 443 ssl;"}, {For: "Apache", Text: "turn TLS on in the virtual host of port 443", Snippet: "SSLEngine on\nSSLCertificateFile …\nSSLCertificateKeyFile …"}, {For: "HAProxy", Text: "turn TLS on for the port", Snippet: "bind :443 ssl crt /etc/haproxy/{name}.pem"}, {For: "lighttpd", Text: "turn TLS on for the port", Snippet: "$SERVER[\"socket\"] == \":443\" {\n\tssl.engine = \"enable\"\n\tssl.pemfile = \"…\"\n}"}, {For: "Caddy", Text: "name the site without http:// and port", Snippet: "{name} {\n\t…\n}"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Masks:   []string{"net.connect.closed", "net.connect.reset", "net.read.timeout", "http01.tls.malformed"},
	Detect: func(in *In) []Found {
		r := in.Last()
		speaks := "something that is no TLS"
		evidence := []report.Evidence{in.ended(r)}
		l, looked := in.best(probes.BeyondPlain)
		http := looked && l.Fetch.Status != 0 && l.Fetch.Status != 400 // what a TLS port says to plain HTTP
		if http {
			speaks = "plain HTTP"
			evidence = append(evidence, look(l, "plain HTTP to the same port: %d", l.Fetch.Status))
		}
		if in.Failed("handshake", probes.FaultPlain, probes.FaultNotTLS) || in.Failed("handshake", probes.FaultClosed, probes.FaultReset, probes.FaultTimeout, probes.FaultTLS) && http {
			return one(r.where(), fmt.Sprintf("your redirect says https, but port %d answers with %s", r.Dial.To.Port(), speaks), evidence...)
		}
		return nil
	},
})
