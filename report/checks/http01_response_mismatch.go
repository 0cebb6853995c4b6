package checks

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.mismatch",
	Severity: report.Error,
	Title:    "the body is not the key authorization",
	Means:    "The body has to be the key authorization: the token, a dot, and the thumbprint of the account that asked. Only white space at its end is forgiven.",
	Causes: []string{
		"the file was written by another ACME client or for another account",
		"an editor or script added a byte order mark or white space in front",
		"the server changes bodies (compression without saying so, an injected script)",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "answer with the key authorization exactly, without anything in front"},
		{For: "IIS", Text: "write the file without a byte order mark", Snippet: "Set-Content -NoNewline -Encoding ascii -Path C:\\acme\\.well-known\\acme-challenge\\TOKEN -Value KEY_AUTHORIZATION"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleMismatch) {
			return nil
		}
		r := in.Last()
		return one(r.URL.String(), "the body is not the key authorization: "+in.difference(r.Fetch.Body),
			in.body(r), report.Evidence{Probe: "p1", Hop: report.Natural(r.N), Field: "expected", Text: "expected: " + in.Given.KeyAuthorization})
	},
})

// difference says how a body differs from the key authorization.
func (in *In) difference(body []byte) string {
	want := in.Given.KeyAuthorization
	token, rest, _ := strings.Cut(string(bytes.TrimSpace(body)), ".")
	at := bytes.Index(body, []byte(want))
	switch {
	case len(body) == 0:
		return "it is empty"
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")), bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return "it begins with a byte order mark"
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		return "it is compressed, and the server does not say so"
	case at > 0 && len(bytes.TrimSpace(body[:at])) == 0:
		return "white space stands before it"
	case at == 0:
		return fmt.Sprintf("%d bytes follow it that are no white space", len(body)-len(want))
	case token == in.Given.Token && rest == "":
		return "it is the token alone; a dot and the account's thumbprint are missing"
	case token == in.Given.Token:
		return "it is for another account: the token is right, the thumbprint is not"
	}
	return "it is another text"
}
