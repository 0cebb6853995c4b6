package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.server.ipv6-stranger",
	Severity: report.Error,
	Title:    "IPv6 leads to another server than IPv4",
	Means:    "The CA tries IPv6 first and comes back to IPv4 only when it cannot connect. The server it finds over IPv6 does not have the token; the one over IPv4 has.",
	Causes: []string{
		"the AAAA record is old, or names the machine of the provider",
		"the web server has a virtual host for IPv4 only (\"listen 80\" without \"listen [::]:80\")",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "correct the AAAA record, or remove it"},
		{For: "nginx", Text: "listen on IPv6 too", Snippet: "listen [::]:80;"},
		{For: "Apache", Text: "listen on IPv6 too", Snippet: "Listen [::]:80"},
		{For: "HAProxy", Text: "listen on IPv6 too", Snippet: "bind :::80 v4v6"},
		{For: "lighttpd", Text: "listen on IPv6 too", Snippet: "$SERVER[\"socket\"] == \"[::]:80\" { }"},
	},
	Again:   "acmecheck {target}",
	Topics:  []string{"ipv6"},
	Sources: []string{docsIPv6, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.not-found", "http01.response.status", "http01.response.html", "http01.response.mismatch", "http01.response.too-long", "http01.response.iis", "http01.response.dot-denied", "http01.response.router", "http01.response.bot-wall", "http01.redirect.status", "http01.protocol.tls", "http01.waf.path", "http01.cdn.blocked", "http01.addresses.disagree"},
	Detect: func(in *In) []Found {
		r := in.First()
		if len(in.Requests) != 1 || r.Dial.To.Addr().Is4() || !in.Stopped(policy.RuleStatus, policy.RuleMismatch, policy.RuleTooLong, policy.RuleRedirectStatus) {
			return nil
		}
		for _, l := range in.Looked(probes.BeyondAddress) {
			if l.Dial.To.Addr().Is4() && in.isToken(l.Fetch) {
				return one(r.where(), "IPv6 leads to another server: IPv4 serves the token, and the CA does not come back to it", in.status(r), look(l, "%s  200, the token", l.where()))
			}
		}
		return nil
	},
})
