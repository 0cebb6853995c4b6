package checks

import (
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.cdn.in-front",
	Severity: report.Info,
	Title:    "a CDN answers for this name",
	Means:    "A content delivery network answers for this name. It has to pass the challenge path on to your server, or answer it itself.",
	FixBy:    Nobody,
	Again:    "acmecheck {target}",
	Sources:  []string{docsHTTP01, "https://letsencrypt.org/docs/challenge-types/"},
	Detect: func(in *In) []Found {
		r := in.Opening()
		if name, sign := cdn(r.Fetch); name != "" {
			return one(r.where(), name+" answers for this name", in.saw(r, "headers", "%s", sign))
		}
		return nil
	},
})

// cdns are the response fields by which networks show.
var cdns = []struct{ name, field, prefix string }{
	{"Cloudflare", "Cf-Ray", ""},
	{"Cloudflare", "Server", "cloudflare"},
	{"Amazon CloudFront", "X-Amz-Cf-Id", ""},
	{"Akamai", "Server", "akamaighost"},
	{"Fastly", "X-Fastly-Request-Id", ""},
	{"Imperva", "X-Iinfo", ""},
	{"Sucuri", "X-Sucuri-Id", ""},
	{"Bunny", "Server", "bunnycdn"},
	{"Azure Front Door", "X-Azure-Ref", ""},
}

// cdn names the network an answer came through, and the field that shows it.
func cdn(f probes.Fetch) (name, sign string) {
	for _, c := range cdns {
		if v := f.Field(c.field); v != "" && strings.HasPrefix(strings.ToLower(v), c.prefix) {
			return c.name, c.field + ": " + v
		}
	}
	return "", ""
}
