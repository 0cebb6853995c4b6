package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.hello.too-large",
	Severity: report.Error,
	Title:    "a large ClientHello is dropped on the way",
	Means:    "The first message of the CA's handshake fills two packets, because it holds a post-quantum key. Here one without that key is answered, and the CA's is not.",
	Causes: []string{
		"a firewall or load balancer that expects the whole hello in one packet",
		"a tunnel or PPPoE line with a smaller MTU, and a firewall that drops the ICMP message about it",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "let TLS hellos that span two packets through (update the device that looks into them), and ICMP \"fragmentation needed\" and ICMPv6 \"packet too big\""},
		{For: "nftables", Text: "clamp the segment size on the router", Snippet: "sudo nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu", When: (*In).clampedPasses},
		{For: "http-01", Text: "until then: http-01 over port 80 asks in one small packet"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://tldr.fail", vaALPN + " tryGetChallengeCert"},
	Masks:   []string{"net.mtu.black-hole", "net.read.timeout", "net.connect.reset", "net.connect.closed", "tlsalpn01.ipv6.only"},
	Detect: func(in *In) []Found {
		small, ok := in.best(probes.BeyondSmall)
		if !in.troubled("handshake", probes.FaultTimeout, probes.FaultReset, probes.FaultClosed) || !ok || !heard(small) || !in.unheardAgain() {
			return nil
		}
		f := Found{
			Subject: in.Last().where(), Certainty: report.Likely, Say: "the CA's TLS hello, which fills two packets, is not answered; one that fits a packet is",
			Evidence: []report.Evidence{in.ended(in.Last()), look(small, "with a hello that fits one packet: %s", answer(small))},
		}
		if l, ok := in.best(probes.BeyondClamped); ok {
			f.Evidence = append(f.Evidence, look(l, "with the same hello in small segments: %s", answer(l)))
		}
		if in.clampedPasses() {
			f.Causes = []report.Cause{{Certainty: report.Likely, Text: "packets of full size are lost: the MTU on the way is smaller, and nobody is told"}}
		}
		return []Found{f}
	},
})

// clampedPasses reports that small segments get through: it is the size of
// packets, not their number.
func (in *In) clampedPasses() bool {
	l, ok := in.best(probes.BeyondClamped)
	return ok && heard(l)
}

// answer is what came of a handshake beyond.
func answer(l Look) string {
	switch {
	case l.Fault != nil:
		return FaultWords(l.Fault)
	case l.Handshake.Negotiated == "":
		return l.Handshake.Version + ", no protocol chosen"
	}
	return l.Handshake.Version + ", " + l.Handshake.Negotiated
}
