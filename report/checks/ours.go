package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// noNetwork: not even the routing table knows a way, to the addresses or to
// the resolver.
func (in *In) noNetwork() bool {
	if in.resolverSilent() {
		return sent(in.Lookups) == 0
	}
	if !in.noRoute() {
		return false
	}
	for _, l := range in.Looked(probes.BeyondRoute) {
		if l.Fault == nil {
			return false
		}
	}
	return sent(in.Lookups) == 0
}

// here is a finding about this machine, if it is to blame: the CA's last step
// that failed shows it.
func (in *In) here(blame bool, say, settle string) []Found {
	if !blame {
		return nil
	}
	last := in.Trace[0]
	for _, s := range in.Trace {
		if s.Beyond == "" && s.Fault != nil {
			last = s
		}
	}
	return []Found{{
		Subject: "here", Certainty: report.Certain, Say: say, Settle: settle,
		Evidence: []report.Evidence{{Probe: "p1", Hop: report.Natural(last.Hop), Step: report.Natural(last.ID), Field: "error", Text: ourFault(last)}},
	}}
}

// sent counts the look-ups that left this machine.
func sent(lookups []Step) int {
	n := 0
	for _, s := range lookups {
		if s.Fault == nil || s.Fault.Kind != probes.FaultNetUnreachable && s.Fault.Kind != probes.FaultLocal {
			n++
		}
	}
	return n
}

// ourFault says what failed on our side.
func ourFault(s Step) string {
	what := s.Fact.Kind()
	switch f := s.Fact.(type) {
	case probes.Lookup:
		what = fmt.Sprintf("asking %s for %s %s", f.Resolver, f.Name, f.Type)
	case probes.Dial:
		what = "connecting to " + f.To.String()
	case probes.Fetch:
		what = "fetching " + f.URL
	case probes.Given, probes.Handshake, probes.Route, probes.Served, probes.Exchange:
	}
	if s.Fault == nil {
		return what
	}
	return fmt.Sprintf("%s: %s after %.1f s", what, FaultWords(s.Fault), s.Took.Seconds())
}
