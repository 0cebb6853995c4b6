package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "vantage.server.differs",
	Severity: report.Warning,
	Title:    "the CA reached another server than we did",
	Means:    "The CA tells which requests it made. They are not the ones we made, or had other answers, so there is more than one server behind the name.",
	Causes: []string{
		"several addresses or a load balancer, and not every server behind it serves the challenge",
		"servers that differ by region (GeoDNS, anycast, a CDN)",
		"IPv6 and IPv4 lead to different servers",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "serve the challenge on each server behind the name, or send its path from all of them to one"},
		withoutInbound,
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Sources: []string{"boulder core/objects.go ValidationRecord", "https://www.rfc-editor.org/rfc/rfc8555#section-8"},
	Detect: func(in *In) []Found {
		s := in.Said()
		if s.Answer != Refused || s.Passed || in.Given.Method == probes.CAA || s.Authorization == nil && len(in.Options.Order.Records) == 0 {
			return nil
		}
		if why, _ := in.refusal(); why != unexplained {
			return nil
		}
		if f, ok := in.strayed(in.recordsOf(s)); ok {
			return []Found{f}
		}
		return in.otherwise(s)
	},
})

// strayed compares the CA's requests with ours, one by one, up to the first
// that differs.
func (in *In) strayed(records []ValidationRecord) (Found, bool) {
	for i, r := range records {
		if i >= len(in.Requests) || r.URL == "" {
			return Found{}, false
		}
		own := in.Requests[i]
		f := Found{Certainty: report.Certain, Evidence: []report.Evidence{
			{Probe: FromCA, Field: "validationRecord", Text: fmt.Sprintf("the CA: %s  %s", r.AddressUsed, r.URL)},
			in.saw(own, "address", "we:     %s  %s", own.addr(), own.URL),
		}}
		switch {
		case in.tokenless(own.URL.String()) != in.tokenless(r.URL):
			f.Subject, f.Say = r.Hostname, "the CA was redirected elsewhere than we were"
			return f, true
		case r.AddressUsed != "" && own.addr() != "" && r.AddressUsed != own.addr():
			f.Subject, f.Say = r.AddressUsed, fmt.Sprintf("the CA was answered by %s, and we by %s", r.AddressUsed, own.addr())
			return f, true
		}
	}
	return Found{}, false
}

// tokenless is a URL without the token: our own look may have used another one.
func (in *In) tokenless(of string) string {
	of = strings.ReplaceAll(of, in.Given.Token, "TOKEN")
	if before, after, ok := strings.Cut(of, in.Policy.HTTP01.Prefix); ok && !strings.ContainsAny(after, "/?") {
		return before + in.Policy.HTTP01.Prefix + "TOKEN"
	}
	return of
}

// otherwise finds that we were given the right answer and the CA another.
func (in *In) otherwise(s Said) []Found {
	answer := map[string]bool{"unauthorized": true, "tls": true, "malformed": true, "incorrectResponse": true}
	if !in.Decision.Valid || in.Given.Proof == probes.ProofPath || !answer[s.Problem.Short()] {
		return nil
	}
	f := Found{Subject: string(in.Given.Identifier), Certainty: report.Likely, Say: "the CA was given another answer than we were"}
	f.Evidence = []report.Evidence{{Probe: FromCA, Field: "problem", Text: "the CA: " + s.Problem.Detail}}
	switch last := in.Last(); {
	case last.Dialled != nil:
		f.Evidence = append(f.Evidence, in.ended(last))
	case len(in.Lookups) > 0:
		f.Evidence = append(f.Evidence, asked(in.Lookups[len(in.Lookups)-1]))
	}
	return []Found{f}
}
