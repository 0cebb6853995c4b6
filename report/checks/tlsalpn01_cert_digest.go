package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.cert.digest",
	Severity: report.Error,
	Title:    "the certificate is for another key authorization",
	Means:    "The challenge certificate holds a SHA-256 digest. It has to be that of the token, a dot, and the thumbprint of the account's key.",
	Causes: []string{
		"two ACME clients or machines answer for this name, or two accounts are in use",
		"the certificate of an earlier challenge is still shown",
	},
	FixBy: Client,
	Fixes: append([]Fix{
		{For: "your app", Text: "let one ACME client, with one account, answer on port 443 of {address}; end the other"},
	}, makeCert()[:2]...),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, "https://www.rfc-editor.org/rfc/rfc8555#section-8.1", vaALPN + " validateTLSALPN01"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleDigest) {
			return nil
		}
		r := in.shaken()
		value, _, _ := acmeIdentifier(leaf(r.Handshake))
		got := hex.EncodeToString(value[max(0, len(value)-sha256.Size):])
		say := "the challenge certificate is for another key authorization"
		if token := sha256.Sum256([]byte(in.Given.Token)); got == hex.EncodeToString(token[:]) {
			say = "the challenge certificate holds the digest of the token alone; the key authorization goes on with a dot and the account's thumbprint"
		}
		e := in.saw(r, "tls.certificate", "%s  digest %s", r.where(), got)
		e = marked(e, got, report.Text("the CA wants "+strings.TrimSpace(in.digestHex())))
		return in.challengeCert(say, e)
	},
})
