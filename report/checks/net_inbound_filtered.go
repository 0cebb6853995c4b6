package checks

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.inbound.filtered",
	Severity: report.Error,
	Title:    "new connections never reach this machine",
	Means:    "The CA does not answer on the connection that your client opens; it opens new ones, to your port, from several networks. None of them arrived, although acmecheck stood ready to answer.",
	FixBy:    Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} from any source to {address}; a content filter may narrow it to the path /.well-known/acme-challenge/*; it may be open only during renewal. There is no list of CA addresses; they change", When: byHTTP},
		{For: "the firewall team", Text: "permit inbound NEW TCP {port} from any source to {address}, and let TLS through unopened; it may be open only during renewal. There is no list of CA addresses; they change", When: byALPN},
		withoutInbound,
		{For: "router", Text: "forward TCP {port} to this machine"},
		{For: "cloud", Text: "add an inbound rule to the security group: TCP {port} from 0.0.0.0/0 and ::/0"},
		{For: "ufw", Text: "let new connections in", Snippet: "sudo ufw allow {port}/tcp"},
		{For: "nftables", Text: "let new connections in, before the rule that drops", Snippet: "sudo nft insert rule inet filter input tcp dport {port} ct state new accept"},
		{For: "Windows Firewall", Text: "let new connections in", Snippet: "New-NetFirewallRule -DisplayName \"HTTP {port} in\" -Direction Inbound -Protocol TCP -LocalPort {port} -Action Allow"},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Topics:  []string{"firewall", "delegation"},
	Sources: []string{docsPort80, rfcHTTP01, "boulder va/va.go detailedError"},
	Masks: []string{
		"net.connect.timeout", "net.connect.refused", "net.connect.reset", "net.connect.rejected", "net.connect.unreachable",
		"net.connect.closed", "vantage.inside.only", "net.nat.hairpin",
	},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != neverHere {
			return nil
		}
		address, port := in.reached(in.Said())
		return []Found{{
			Subject: subjectOf(address, port), Certainty: report.Certain,
			Say:      fmt.Sprintf("new connections to TCP %s never reach this machine", port),
			Evidence: []report.Evidence{in.order().readiness()}, Causes: keptOut(p),
			Args: map[string]string{"address": address, "port": port}, NotAFix: []string{"an outbound rule, or the CA's addresses in a list: there is none, and they change"},
		}}
	},
})

// readiness is evidence that we could have answered, and that the way out is open.
func (o Order) readiness() report.Evidence {
	text := "here: responder up, 0 requests"
	if len(o.Arrived) > 0 {
		text += " from outside"
	}
	if took := o.validating(); took > 0 {
		text += fmt.Sprintf(" in %.0f s", took.Seconds())
	}
	if i := slices.IndexFunc(o.Exchanges, gotAnswer); i >= 0 {
		x, _ := o.Exchanges[i].Fact.(probes.Exchange)
		text += ", outbound " + portOfURL(x.URL) + " fine"
	}
	return report.Evidence{Probe: FromCA, Field: "arrived", Text: text}
}

func gotAnswer(s Step) bool {
	x, ok := s.Fact.(probes.Exchange)
	return ok && s.Fault == nil && x.Status != 0
}

func portOfURL(of string) string {
	u, err := url.Parse(of)
	if err != nil || u.Port() == "" {
		return "443" // RFC 8555 §6.1: https
	}
	return u.Port()
}

func subjectOf(address, port string) string {
	if strings.Contains(address, ":") {
		return "[" + address + "]:" + port
	}
	return address + ":" + port
}

// keptOut is why nothing may arrive: silence and a refusal come from different
// places. What the packets met on the way was not seen.
func keptOut(p *probes.ACMEProblem) []report.Cause {
	texts := []string{
		"an outbound-only firewall: it lets answers in, and no new connections",
		"the router does not forward the port",
		"this machine's own firewall drops the port",
		"the address in DNS is another machine's",
	}
	if !strings.Contains(p.Detail, "imeout") {
		texts = []string{
			"something in front of this machine turns the connection down: a router that does not forward the port, or a firewall that rejects",
			"the address in DNS is another machine's",
		}
	}
	var out []report.Cause
	for _, t := range texts {
		out = append(out, report.Cause{Certainty: report.Likely, Text: t})
	}
	return out
}
