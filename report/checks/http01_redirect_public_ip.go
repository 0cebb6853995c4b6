package checks

import (
	"net/netip"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.public-ip",
	Severity: report.Warning,
	Title:    "the target is a public IP address; CA documentation says no",
	Means:    "Let's Encrypt follows redirects to public IP addresses today, but its documentation says that it does not; other CAs may refuse.",
	Causes:   []string{"the server redirects to its own address in place of its name"},
	FixBy:    Server,
	Fixes: []Fix{
		{For: "nginx", Text: "redirect to the name", Snippet: "return 301 https://$host$request_uri;"},
		{For: "Apache", Text: "redirect to the name", Snippet: "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"},
		{For: "your app", Text: "redirect to the name, not to the address"},
	},
	Again:   "acmecheck {target}",
	Ignore:  "you use Let's Encrypt only and accept that this may end",
	Sources: []string{docsHTTP01, vaHTTP + " newValidationRecord, since 2025-03-06"},
	Detect: func(in *In) []Found {
		var out []Found
		for i, r := range in.Requests[:max(0, len(in.Requests)-1)] {
			next := in.Requests[i+1]
			if _, err := netip.ParseAddr(next.URL.Hostname()); err == nil && r.Fetch.Status/100 == 3 && !in.Given.Identifier.IsIP() {
				out = append(out, one(next.URL.String(), "your server redirects to the address "+next.URL.Hostname()+"; Let's Encrypt follows today, its documentation says no",
					marked(in.location(r), next.URL.Hostname(), "an address"))...)
			}
		}
		return out
	},
})
