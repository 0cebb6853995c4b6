package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.path.unclear",
	Severity: report.Info,
	Title:    "no ACME client answers acme-tls/1 on 443 now",
	Means:    "Port 443 speaks TLS, and nobody there answers acme-tls/1. ACME clients do so only while an order is under way, and this was a look with a token that nobody knows. So it is open whether one can answer here.",
	Causes: []string{
		"no order is under way",
		"a web server, load balancer or CDN ends TLS in front of the ACME client",
	},
	FixBy:     Server,
	Fixes:     passALPN(),
	Again:     "acmecheck {target}",
	Sources:   []string{docsALPN, rfcALPN, vaALPN + " validateTLSALPN01"},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.Unclear() || in.Ours() {
			return nil
		}
		r := in.shaken()
		e := in.ended(r)
		if in.Decision.Rule == policy.RuleProtocol {
			e = in.saw(r, "tls.alpn", "%s  %s, no protocol chosen", r.where(), r.Handshake.Version)
		} else if r.Shaken.Fault == nil {
			e = in.saw(r, "tls.alpn", "%s  %s", r.where(), r.Handshake.Negotiated)
		}
		f := in.answers443("", e)[0]
		f.Certainty = report.Likely
		f.Say = "443 answers " + in.instead() + "; no ACME client answers acme-tls/1 there now"
		f.Settle = "acmecheck {target} --token TOKEN --key-authorization TOKEN.THUMBPRINT    while an order of your client is under way"
		return []Found{f}
	},
})

// instead is what answers in place of an ACME client, in a few words.
func (in *In) instead() string {
	h := in.holder()
	switch {
	case h.network != "":
		return "as " + h.network
	case h.cert != nil:
		return "with an ordinary certificate (" + issuer(h.cert) + ")"
	case in.Decision.OtherProtocol():
		return "TLS in other protocols"
	}
	return "the handshake with an alert"
}
