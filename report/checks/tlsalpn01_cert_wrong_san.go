package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.cert.wrong-san",
	Severity: report.Error,
	Title:    "the certificate does not name exactly this identifier",
	Means:    "The CA compares the subjectAltName extension byte by byte: it has to hold the identifier, in lower case, and nothing else. The common name does not count.",
	Causes: []string{
		"the server does not look at the name the CA asks for (SNI), and shows the certificate of another challenge",
		"the client puts several names into one certificate",
	},
	FixBy:   Client,
	Fixes:   makeCert(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, "https://www.rfc-editor.org/rfc/rfc8738#section-6", vaALPN + " checkExpectedSAN"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleSAN) {
			return nil
		}
		r := in.shaken()
		names, id := sans(leaf(r.Handshake)), string(in.Given.Identifier)
		say, cause := fmt.Sprintf("the challenge certificate names %s; the CA wants %s and nothing else", strings.Join(names, ", "), id), ""
		switch {
		case len(names) == 1 && names[0] == id && in.Given.Identifier.IsIP():
			say = fmt.Sprintf("the challenge certificate has %s as a DNS name; the CA wants it as an IP address", id)
			cause = "the client writes an address as if it were a name: it does not know RFC 8738"
		case len(names) == 1 && strings.EqualFold(names[0], id):
			say = fmt.Sprintf("the challenge certificate does not spell %s as the CA does: %s", id, names[0])
			cause = "the client keeps the capitals in which it was given the name; the CA orders in lower case"
		case slices.Contains(names, id):
			cause = "the client puts more into the certificate than the one name"
		}
		f := in.challengeCert(say, in.saw(r, "tls.certificate", "%s  subjectAltName: %s", r.where(), strings.Join(names, ", ")))
		if cause != "" {
			f[0].Causes = append(f[0].Causes, report.Cause{Certainty: report.Certain, Text: cause})
		}
		return f
	},
})
