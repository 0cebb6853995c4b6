package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.version",
	Severity: report.Error,
	Title:    "the https target speaks only TLS 1.1 or older",
	Means:    "Behind a redirect to https the CA needs TLS 1.2 or 1.3. The certificate there may be expired or self-signed; the protocol may not be that old.",
	Causes: []string{
		"ssl_protocols or its like was set long ago and never widened",
		"an appliance with old firmware ends TLS",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "allow TLS 1.2 and 1.3", Snippet: "ssl_protocols TLSv1.2 TLSv1.3;"}, {For: "Apache", Text: "allow TLS 1.2 and 1.3", Snippet: "SSLProtocol -all +TLSv1.2 +TLSv1.3"}, {For: "HAProxy", Text: "allow TLS 1.2 and 1.3", Snippet: "ssl-default-bind-options ssl-min-ver TLSv1.2"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Masks:   []string{"http01.tls.alert", "http01.tls.ciphers", "net.connect.reset", "net.connect.closed"},
	Detect: func(in *In) []Found {
		if l, ok := in.legacy(); ok && oldVersion(l.Handshake.Version) {
			return one(in.Last().where(), "the https server you redirect to speaks "+l.Handshake.Version+" at most; the CA needs TLS 1.2",
				in.ended(in.Last()), look(l, "with old versions and suites allowed: %s %s", l.Handshake.Version, l.Handshake.Cipher))
		}
		return nil
	},
})

// legacy is the look with old versions and suites, if it got through where the
// CA's handshake failed.
func (in *In) legacy() (Look, bool) {
	if !in.Failed("handshake", probes.FaultAlert, probes.FaultReset, probes.FaultClosed) {
		return Look{}, false
	}
	l, ok := in.best(probes.BeyondLegacy)
	return l, ok && l.Fault == nil
}

func oldVersion(v string) bool { return v == "TLS 1.0" || v == "TLS 1.1" || v == "SSLv3" }
