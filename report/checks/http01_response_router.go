package checks

import (
	"bytes"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.router",
	Severity: report.Error,
	Title:    "a router's own page answers",
	Means:    "Port 80 of this address is the web page of a router or modem; the web server behind it is never asked.",
	Causes: []string{
		"port 80 is not forwarded to the server",
		"the router keeps port 80 for its own page",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "router", Text: "forward TCP 80 to the server, and move or switch off the page of the router on its outer side"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.not-found", "http01.response.status", "http01.response.html", "http01.response.mismatch", "http01.response.too-long", "http01.response.dot-denied", "http01.response.iis", "http01.waf.path", "http01.cdn.blocked"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleStatus, policy.RuleMismatch, policy.RuleTooLong) {
			return nil
		}
		if device := router(r.Fetch, in.page()); device != "" {
			return []Found{{Subject: r.where(), Certainty: report.Likely, Say: "the page of a router or modem answers: " + device, Evidence: []report.Evidence{in.status(r)}}}
		}
		return nil
	},
})

// routers are the Server fields and page titles of devices people have at home.
var routers = []string{
	"micro_httpd", "cisco-ios", "lancom", "mini web server 1.0 zte", "rompager", "goahead-webs", "mini_httpd",
	"<title>fritz!box", "<title>tp-link", "<title>netgear", "speedport", "mikrotik", "draytek", "<title>openwrt", "<title>unifi os",
}

// router is the device an answer gives away; empty: none.
func router(f probes.Fetch, page []byte) string {
	server, text := strings.ToLower(f.Field("Server")), bytes.ToLower(page)
	for _, mark := range routers {
		if strings.Contains(server, mark) || bytes.Contains(text, []byte(mark)) {
			return strings.TrimPrefix(mark, "<title>")
		}
	}
	return ""
}

// page is the most that was read of what answers the challenge path.
func (in *In) page() []byte {
	longest := in.Last().Fetch.Body
	for _, why := range []probes.Beyond{probes.BeyondAgain, probes.BeyondAgent} {
		for _, l := range in.Looked(why) {
			if l.Fetch.Status == in.Last().Fetch.Status && len(l.Fetch.Body) > len(longest) {
				longest = l.Fetch.Body
			}
		}
	}
	return longest
}
