package checks

import (
	"bytes"
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.protocol.tls",
	Severity: report.Error,
	Title:    "a TLS server sits on a plain HTTP port",
	Means:    "The CA speaks plain HTTP here, and the server expects TLS.",
	Causes: []string{
		"port 80 is forwarded to 443",
		"\"ssl\" was put on the line of port 80",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "nginx", Text: "take ssl off the plain port", Snippet: "listen 80;"},
		{For: "Apache", Text: "turn TLS off in the virtual host of port 80", Snippet: "SSLEngine off"},
		{For: "HAProxy", Text: "take ssl off the plain port", Snippet: "bind :80"},
		{For: "lighttpd", Text: "keep ssl.engine inside the socket of 443", Snippet: "$SERVER[\"socket\"] == \":443\" {\n\tssl.engine = \"enable\"\n}"},
		{For: "router", Text: "forward 80 to 80, and 443 to 443"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Masks:   []string{"net.connect.closed", "net.connect.reset", "net.read.timeout", "http01.protocol.not-http", "http01.response.status"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if r.URL.Scheme != "http" {
			return nil
		}
		l, looked := in.best(probes.BeyondTLS)
		shook := looked && l.Shaken != nil && (l.Fault == nil || l.Fault.Kind == probes.FaultAlert)
		say := fmt.Sprintf("port %d is a TLS server; the CA speaks plain HTTP there", r.Dial.To.Port())
		switch {
		case in.Stopped(policy.RuleStatus) && in.Decision.Status == 400 && (wantsTLS(in) || shook):
			return one(r.where(), say, in.status(r))
		case in.Failed("", probes.FaultClosed, probes.FaultReset, probes.FaultNotHTTP, probes.FaultTimeout) && shook:
			return one(r.where(), say, in.ended(r), look(l, "a TLS handshake with the same port: %s", handshakeWords(l)))
		}
		return nil
	},
})

// wantsTLS reports an answer that says, in the words of nginx, Apache
// or Go, that the port is a TLS port.
func wantsTLS(in *In) bool {
	for _, l := range append(in.Looked(probes.BeyondAgain), in.Looked(probes.BeyondAgent)...) {
		for _, words := range []string{"plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port", "sent an HTTP request to an HTTPS server"} {
			if bytes.Contains(l.Fetch.Body, []byte(words)) {
				return true
			}
		}
	}
	return false
}

func handshakeWords(l Look) string {
	if l.Fault != nil {
		return FaultWords(l.Fault)
	}
	return l.Handshake.Version
}
