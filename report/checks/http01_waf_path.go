package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.waf.path",
	Severity: report.Error,
	Title:    "a filter refuses the challenge path",
	Means:    "Other paths of the server are answered; the challenge path is refused, whoever asks.",
	Causes: []string{
		"an application firewall knows the path and blocks it (Palo Alto: the application \"acme-protocol\")",
		"an access rule covers /.well-known/",
	},
	FixBy:   Network,
	Fixes:   append([]Fix{{For: "the firewall team", Text: "exempt GET /.well-known/acme-challenge/* from any source"}}, exempt()...),
	Again:   "acmecheck {target}",
	Topics:  []string{"waf"},
	Sources: []string{docsHTTP01, "https://letsencrypt.org/docs/faq/#what-ip-addresses-does-let-s-encrypt-use-to-validate-my-web-server"},
	Masks:   []string{"http01.response.status", "net.connect.reset", "net.connect.closed", "net.read.timeout"},
	Detect: func(in *In) []Found {
		r := in.Last()
		agent, ok := in.best(probes.BeyondAgent)
		if !ok || agent.Fetched == nil || !refuses(*agent.Fetched) || !in.pathRefused() {
			return nil
		}
		return []Found{{Subject: r.where(), Certainty: report.Likely, Say: "a filter refuses the challenge path; other paths are answered", Evidence: in.matrix(r, agent)}}
	},
})

// pathRefused finds that it goes by the path: the challenge path is refused
// with a status of filters, or without an answer; another path is answered,
// and another token, where that was tried, is refused too.
func (in *In) pathRefused() bool {
	byStatus := in.Stopped(policy.RuleStatus) && (in.Decision.Status == 403 || in.Decision.Status == 406 || in.Decision.Status == 451)
	if !byStatus && !in.Failed("read", probes.FaultReset, probes.FaultClosed, probes.FaultTimeout) {
		return false
	}
	other, ok := in.best(probes.BeyondPath)
	if !ok || other.Fetched == nil || refuses(*other.Fetched) {
		return false
	}
	token, ok := in.best(probes.BeyondToken)
	return !ok || token.Fetched == nil || refuses(*token.Fetched)
}
