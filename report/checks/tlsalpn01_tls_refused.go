package checks

import (
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.tls.refused",
	Severity: report.Error,
	Title:    "the handshake ends with another alert",
	Means:    "The CA offers TLS 1.2 and 1.3 with the suites of current Go, the name in the hello (SNI), and no client certificate. What answers on port 443 breaks the handshake off.",
	Causes: []string{
		"the server has no certificate or virtual host for this name (unrecognized name, internal error)",
		"versions or cipher suites do not fit",
		"a proxy cannot reach what is behind it",
	},
	FixBy: Server,
	Fixes: append([]Fix{
		{For: "nginx", Text: "allow TLS 1.2 and 1.3", Snippet: "ssl_protocols TLSv1.2 TLSv1.3;", When: (*In).tooOld},
		{For: "Apache", Text: "allow TLS 1.2 and 1.3", Snippet: "SSLProtocol -all +TLSv1.2 +TLSv1.3", When: (*In).tooOld},
		{For: "HAProxy", Text: "allow TLS 1.2 and 1.3", Snippet: "ssl-default-bind-options ssl-min-ver TLSv1.2", When: (*In).tooOld},
	}, passALPN()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " tryGetChallengeCert; va/va.go detailedError"},
	Masks:   []string{"net.connect.reset", "net.connect.closed"},
	Detect: func(in *In) []Found {
		alert := in.Failed("handshake", probes.FaultAlert) && !in.Decision.OtherProtocol()
		l, old := in.outdated()
		if old = old && (alert || in.unheardAgain()); !alert && !old {
			return nil
		}
		r := in.shaken()
		say, evidence := "port 443 ends the handshake: "+FaultWords(in.Decision.Fault), []report.Evidence{in.ended(r)}
		switch {
		case old:
			evidence = append(evidence, look(l, "with old versions and suites allowed: %s %s", l.Handshake.Version, l.Handshake.Cipher))
			say = "port 443 shares no cipher suite with the CA; it wants " + l.Handshake.Cipher
			if oldVersion(l.Handshake.Version) {
				say = "port 443 speaks " + l.Handshake.Version + " at most; the CA needs TLS 1.2"
			}
		case r.Handshake.Asked:
			say = "port 443 demands a client certificate; the CA has none"
		}
		f := in.answers443(say, evidence...)
		if why := alertCauses[in.Decision.Alert]; why != "" && !old && !r.Handshake.Asked {
			f[0].Causes = append([]report.Cause{{Certainty: report.Likely, Text: why}}, f[0].Causes...)
		}
		return f
	},
})

// alertCauses are what servers mean by an alert (RFC 8446 §6.2).
var alertCauses = map[int]string{
	40:  "the server and the CA have no cipher suite in common, or it demands a client certificate",
	80:  "a server that orders by itself (Caddy, Traefik, Go's autocert) has no such order under way, or the server has no certificate for this name",
	112: "the server has no virtual host for this name",
}

// outdated is the look with old versions and suites, if it was answered where
// an ordinary handshake is not: without that, it may be acme-tls/1 that is not
// liked.
func (in *In) outdated() (Look, bool) {
	ordinary := func(l Look) bool { return l.Dial.To == in.shaken().Dial.To && l.Handshake.Version != "" }
	if in.Decision.OtherProtocol() || slices.ContainsFunc(in.Looked(probes.BeyondPort443), ordinary) {
		return Look{}, false
	}
	return in.legacy()
}

// tooOld reports a server that has not learnt TLS 1.2.
func (in *In) tooOld() bool {
	l, ok := in.outdated()
	return ok && oldVersion(l.Handshake.Version)
}
