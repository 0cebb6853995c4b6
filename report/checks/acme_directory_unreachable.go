package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "acme.directory.unreachable",
	Severity: report.Warning,
	Title:    "the CA cannot be reached from here",
	Means:    "The order ended before the CA had its say, so this tells nothing about the name. What the CA does from outside and what this machine does on its way out are two things.",
	FixBy:    Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "permit outbound TCP 443 from this machine to {host}, through a proxy or without, and do not open its TLS", When: orderEnds(lookupEnds, dialEnds, stallEnds)},
		{For: "the proxy", Text: "let {host} through unopened: a proxy that opens TLS shows a certificate of its own, or a page", When: orderEnds(tlsEnds, strangerEnds)},
		{For: "this machine", Text: "set its clock: to a wrong one a good certificate is not valid yet, or no longer", Snippet: "sudo timedatectl set-ntp true", When: orderEnds(tlsEnds)},
		{For: "this machine", Text: "update its root certificates (here on Debian and Ubuntu)", Snippet: "sudo apt-get install --only-upgrade ca-certificates", When: orderEnds(tlsEnds)},
		{For: "the ACME client", Text: "order again in an hour, not on the full hour when many clients renew: the trouble is the CA's", When: orderEnds(troubleEnds)},
	},
	Again:     "curl -sS {url}",
	Sources:   []string{"https://www.rfc-editor.org/rfc/rfc8555#section-7.1.1", "https://letsencrypt.status.io/"},
	Unsettles: true,
	Detect: func(in *In) []Found {
		o := in.order()
		end := in.orderEnd()
		if end == orderWent {
			return nil
		}
		last := o.refusing()
		f := one(host(o.Directory), fmt.Sprintf(endings[end], host(o.Directory)), o.exchanged(last))
		if o.Fault != nil && (last == nil || last.Fault == nil) {
			f[0].Evidence = append(f[0].Evidence, report.Evidence{Probe: FromCA, Field: "error", Text: faultDetail(o.Fault)})
		}
		f[0].Args = map[string]string{"host": host(o.Directory), "url": shellWord(o.Directory)}
		f[0].Settle = "curl -sS {url}"
		for _, c := range endCauses[end] {
			f[0].Causes = append(f[0].Causes, report.Cause{Certainty: report.Likely, Text: c})
		}
		return f
	},
})

// An orderEnd is how an order ended without an answer.
type orderEnd int

const (
	orderWent orderEnd = iota // it did not
	lookupEnds
	dialEnds
	tlsEnds
	stallEnds
	strangerEnds
	troubleEnds
)

var endings = map[orderEnd]string{
	lookupEnds:   "the name of the CA, %s, cannot be looked up from here",
	dialEnds:     "%s cannot be connected to from here",
	tlsEnds:      "the TLS handshake with %s fails",
	stallEnds:    "%s takes the connection and does not answer in time",
	strangerEnds: "what answers for %s is no CA: its answer is not JSON",
	troubleEnds:  "%s is there and has trouble of its own",
}

var endCauses = map[orderEnd][]string{
	lookupEnds:   {"this machine or container has no working resolver, or one for inner names only"},
	dialEnds:     {"a firewall lets nothing out but through a proxy"},
	tlsEnds:      {"a proxy on the way opens TLS", "this machine's clock or its root certificates are wrong"},
	stallEnds:    {"a firewall or proxy on the way holds the connection", "large packets vanish on the way (an MTU problem)"},
	strangerEnds: {"a proxy or a captive portal answers in the CA's place"},
	troubleEnds:  {"many clients ask it at the same moment, often on the full hour", "a passing fault, which its status page tells of"},
}

// orderEnd tells the ways apart by what was going on.
func (in *In) orderEnd() orderEnd {
	o := in.order()
	switch s := in.Said(); {
	case o.Directory == "":
		return orderWent
	case s.Problem != nil && s.Answer == Unanswered:
		return troubleEnds
	case o.Fault != nil:
		return faultEnds(o.Fault)
	case o.Problem == nil && o.stranger() != nil:
		return strangeEnd(o.stranger())
	}
	return orderWent
}

// strangeEnd: a page with 5xx in place of a problem is what a CA's own front
// door sends when nothing behind it answers.
func strangeEnd(s *Step) orderEnd {
	if x, _ := s.Fact.(probes.Exchange); x.Status >= 500 {
		return troubleEnds
	}
	return strangerEnds
}

func faultEnds(f *probes.Fault) orderEnd {
	switch f.Kind {
	case probes.FaultCanceled, probes.FaultUnsendable: // ours
		return orderWent
	case probes.FaultPlain, probes.FaultNotTLS, probes.FaultNotHTTP, probes.FaultTooLarge, probes.FaultEncoding, probes.FaultHTTP2:
		return strangerEnds
	case probes.FaultBadAnswer:
		if f.Op != "lookup" {
			return strangerEnds
		}
		return lookupEnds
	case probes.FaultAlert, probes.FaultTLS:
		return tlsEnds
	case probes.FaultRefused, probes.FaultReset, probes.FaultClosed, probes.FaultTimeout, probes.FaultNetUnreachable,
		probes.FaultUnreachable, probes.FaultProhibited, probes.FaultLocal, probes.FaultOther:
	}
	switch f.Op {
	case "lookup":
		return lookupEnds
	case "dial", "route":
		return dialEnds
	case "handshake":
		return tlsEnds
	}
	return stallEnds
}

func orderEnds(ends ...orderEnd) func(*In) bool {
	return func(in *In) bool {
		for _, e := range ends {
			if in.orderEnd() == e {
				return true
			}
		}
		return false
	}
}
