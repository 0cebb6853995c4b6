package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.rate-limited",
	Severity: report.Warning,
	Title:    "the server limits how often the token may be asked for",
	Means:    "The CA asks from several places within seconds, each as a new visitor, and may be limited as we were.",
	Causes: []string{
		"a rate limit counts requests to the challenge path",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "nginx", Text: "take the challenge out of the limit", Snippet: "location ^~ /.well-known/acme-challenge/ { limit_req off; root /var/www/acme; }"},
		{For: "HAProxy", Text: "take the challenge out of the limit", Snippet: "http-request deny deny_status 429 if { sc_http_req_rate(0) gt 10 } !{ path_beg /.well-known/acme-challenge/ }"},
		{For: "your app", Text: "take the challenge out of the limit"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.unsteady"},
	Detect: func(in *In) []Found {
		for _, l := range in.Looked(probes.BeyondAgain) {
			if l.Fetch.Status == 429 && in.Opening().Fetch.Status != 429 {
				return one(l.where(), "six requests within a second are too many for the server: it answers 429", look(l, "again: 429"))
			}
		}
		return nil
	},
})
