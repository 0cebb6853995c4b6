package checks

import (
	"bytes"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.certificate",
	Severity: report.Info,
	Title:    "the certificate there is invalid; CAs do not mind",
	Means:    "Behind a redirect to https the CA does not look at the certificate: it may be self-signed, expired or for another name. Nothing needs to be exempted from HTTPS or HSTS.",
	Causes: []string{
		"the certificate to be replaced is the one that has expired",
	},
	FixBy:   Nobody,
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		for _, r := range in.Requests {
			c := leaf(r.Handshake)
			if c == nil || r.Dial.Host == "" {
				continue
			}
			var why string
			switch {
			case in.Given.AsOf.After(c.NotAfter):
				why = "expired on " + c.NotAfter.UTC().Format("2006-01-02")
			case c.VerifyHostname(r.Dial.Host) != nil:
				why = "is for another name"
			case bytes.Equal(c.RawIssuer, c.RawSubject):
				why = "is self-signed"
			default:
				continue
			}
			return one(r.where(), "the certificate at the redirect's target "+why+"; the CA does not mind",
				in.saw(r, "tls.certificate", "%s  certificate %s", r.where(), why))
		}
		return nil
	},
})
