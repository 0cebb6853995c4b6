package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.redirect.port",
	Severity: report.Error,
	Title:    "redirect to an unsupported port",
	Means:    "CAs follow redirects only to ports 80 and 443, whatever port your visitors use. A certificate works on any port.",
	Causes: []string{
		"an application or a NAT rule shows its inner port in its redirects",
		"another service owns 443, so the site lives on another port",
	},
	FixBy: Server,
	Fixes: append([]Fix{
		{For: "nginx", Text: "redirect without a port", Snippet: "return 301 https://$host$request_uri;", When: portlessServes},
		{For: "Apache", Text: "redirect without a port", Snippet: "Redirect permanent / https://{name}/", When: portlessServes},
		{For: "Caddy", Text: "redirect without a port", Snippet: "redir https://{host}{uri}", When: portlessServes},
		{For: "HAProxy", Text: "redirect without a port", Snippet: "http-request redirect scheme https unless { ssl_fc }", When: portlessServes},
		{For: "lighttpd", Text: "redirect without a port", Snippet: "url.redirect = (\"\" => \"https://{name}${url.path}${qsa}\")", When: portlessServes},
	}, answerHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, "https://letsencrypt.org/docs/challenge-types/", vaHTTP + " newValidationRecord"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RulePort) {
			return nil
		}
		r, to := in.Last(), parse(in.Decision.Target)
		f := Found{
			Subject: in.Decision.Target, Certainty: report.Certain, Args: map[string]string{"badport": to.Port()},
			Say:      fmt.Sprintf("your server sends the CA to port %s; only 80 and 443 are followed", to.Port()),
			Evidence: []report.Evidence{marked(in.location(r), to.Port(), "the CA stops here")},
		}
		if l, looked := in.best(probes.BeyondDropPort); looked && !in.serves(l) {
			f.Evidence = append(f.Evidence, look(l, "without the port: %s; %s", l.ending(), in.notToken(l)))
			f.NotAFix = []string{fmt.Sprintf("removing %q; keep it for visitors, a certificate works on any port", ":"+to.Port())}
		}
		return []Found{f}
	},
})

// portlessServes: the redirect's target without its port would do.
func portlessServes(in *In) bool {
	l, looked := in.best(probes.BeyondDropPort)
	return looked && in.serves(l)
}
