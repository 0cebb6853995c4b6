package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.server.stranger",
	Severity: report.Error,
	Title:    "the address belongs to another server",
	Means:    "The server at the address that DNS gives is not the one that holds the token.",
	Causes: []string{
		"the A or AAAA record is old or points elsewhere",
		"port 80 is forwarded to another machine or container",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let the A and AAAA records name this server"},
		{For: "router", Text: "forward TCP 80 to this server"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.not-found", "http01.response.status", "http01.response.html", "http01.response.mismatch", "http01.response.too-long", "http01.response.iis", "http01.response.dot-denied"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleStatus, policy.RuleMismatch, policy.RuleTooLong) {
			return nil
		}
		r := in.Last()
		say := r.where() + " is another server: "
		for _, l := range in.Looked(probes.BeyondServed) {
			if l.Served.Requests == 0 && l.Served.Taken == "" {
				return one(r.where(), say+"acmecheck listens here, and no request arrived", in.status(r), look(l, "acmecheck listens on port 80 here: 0 requests for the token"))
			}
		}
		for _, l := range in.Looked(probes.BeyondHere) {
			if l.Fault == nil && in.isToken(l.Fetch) {
				return one(r.where(), say+"the server on this machine has the token", in.status(r), look(l, "%s on this machine serves the token", l.where()))
			}
		}
		return nil
	},
})
