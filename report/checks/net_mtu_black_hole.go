package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.mtu.black-hole",
	Severity: report.Error,
	Title:    "large packets vanish on the way",
	Means:    "The CA's TLS hello fills two packets. Here a small hello gets through and the CA's does not.",
	Causes: []string{
		"a tunnel or PPPoE line with a smaller MTU, and a firewall that drops the ICMP message about it",
		"a middlebox that does not understand a hello in two packets",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "nftables", Text: "clamp the segment size on the router", Snippet: "sudo nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu"},
		{For: "the firewall team", Text: "let ICMP \"fragmentation needed\" and ICMPv6 \"packet too big\" through, and TLS hellos that span two packets"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://tldr.fail", vaHTTP + " httpTransport"},
	Masks:   []string{"net.read.timeout", "net.connect.reset", "net.connect.closed"},
	Detect: func(in *In) []Found {
		if !in.Failed("handshake", probes.FaultTimeout, probes.FaultReset, probes.FaultClosed) || !in.unheardAgain() {
			return nil
		}
		r := in.Last()
		for _, why := range []probes.Beyond{probes.BeyondSmall, probes.BeyondClamped} {
			if l, ok := in.best(why); ok && l.Fault == nil && l.Shaken != nil {
				how := "a hello that fits one packet"
				if why == probes.BeyondClamped {
					how = "small TCP segments"
				}
				return []Found{{
					Subject: r.where(), Certainty: report.Likely, Say: "the CA's TLS hello is lost on the way; it fills two packets",
					Evidence: []report.Evidence{in.ended(r), look(l, "with %s: %s", how, l.Handshake.Version)},
				}}
			}
		}
		return nil
	},
})
