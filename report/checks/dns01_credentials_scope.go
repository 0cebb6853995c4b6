package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.credentials.scope",
	Severity: report.Info,
	Title:    "what the solver's key may write",
	Means:    "A key for dns-01 has to write one TXT record. Whoever steals one that can do no more can get certificates for the name, and not redirect its mail and its site.",
	FixBy:    Nobody,
	Again:    "acmecheck {target}",
	Topics:   []string{"credentials"},
	Sources:  []string{"https://www.rfc-editor.org/rfc/rfc8555#section-10.2"},
	Detect:   func(in *In) []Found { return in.credentials("narrow") },
})

// credentials finds that the solver's key reaches so far.
func (in *In) credentials(reach string) []Found {
	o := in.Options.Order
	if o == nil || o.Credentials == nil || o.Credentials.Reach != reach {
		return nil
	}
	txt := in.Policy.TXTName(in.Given.Task)
	if in.byTXT() && in.Given.Method != probes.CAA {
		txt = in.delegation().Target
	}
	return one(txt, o.Credentials.Detail, report.Evidence{Probe: FromCA, Field: "credentials", Text: o.Credentials.Detail})
}
