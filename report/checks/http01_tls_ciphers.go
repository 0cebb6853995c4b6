package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.ciphers",
	Severity: report.Error,
	Title:    "the https target has no cipher suite in common",
	Means:    "Behind a redirect to https the CA offers the suites of current Go: ECDHE with AES-GCM or ChaCha20. The server accepts only others.",
	Causes: []string{
		"a cipher list that allows RSA key exchange or CBC suites only",
		"an appliance with old firmware ends TLS",
	},
	FixBy:   Server,
	Fixes:   append([]Fix{{For: "nginx", Text: "allow ECDHE suites", Snippet: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"}, {For: "Apache", Text: "allow ECDHE suites", Snippet: "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20"}, {For: "HAProxy", Text: "allow ECDHE suites", Snippet: "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20"}}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Masks:   []string{"http01.tls.alert", "net.connect.reset", "net.connect.closed"},
	Detect: func(in *In) []Found {
		if l, ok := in.legacy(); ok && !oldVersion(l.Handshake.Version) {
			return one(in.Last().where(), "the https server you redirect to shares no cipher suite with the CA; it wants "+l.Handshake.Cipher,
				in.ended(in.Last()), look(l, "with old suites allowed: %s %s", l.Handshake.Version, l.Handshake.Cipher))
		}
		return nil
	},
})
