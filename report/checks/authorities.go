package checks

// This file reads what the name servers of a zone say themselves.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// An authority is a name server at one of its addresses, and what it said to
// the CA's own question.
type authority struct {
	host string
	addr netip.Addr
	look Look
	l    probes.Lookup
}

// authorities are the servers of the zone that were asked, in its order.
func (in *In) authorities() []authority {
	looks := in.Looked(probes.BeyondServer)
	if len(looks) == 0 {
		return nil
	}
	d := in.delegation()
	qtype := looks[0].Lookup.Type
	var out []authority
	for _, n := range d.Servers {
		for _, a := range n.Addrs {
			for _, look := range slices.Backward(looks) { // the last word counts
				if l := look.Lookup; l.Server.Addr() == a && l.Type == qtype && plainName(l.Name) == d.Target {
					out = append(out, authority{n.Host, a, look, l})
					break
				}
			}
		}
	}
	return out
}

// speaks reports an answer with authority.
func (a authority) speaks() bool {
	return a.look.Fault == nil && a.l.AA && (a.l.RCode == "NOERROR" || a.l.RCode == "NXDOMAIN")
}

// lame reports an answer of a server that does not have the zone.
func (a authority) lame() bool { return a.look.Fault == nil && !a.speaks() }

// dead reports that the server was not there, to whoever it is that asks. Our
// own lack of a way to an address family says nothing.
func (a authority) dead() bool {
	f := a.look.Fault
	return f != nil && !a.overTCP() && (f.Kind == probes.FaultTimeout || f.Kind == probes.FaultRefused || f.Kind == probes.FaultUnreachable)
}

// overTCP reports an answer that did not fit into a datagram, so that the
// server was asked over TCP.
func (a authority) overTCP() bool { return a.l.Transport == "tcp" && !a.l.TCP }

func (a authority) gives(want string) bool {
	return a.speaks() && want != "" && slices.Contains(policy.TXTValues(a.l), want)
}

// name is "ns1.example.net 192.0.2.1".
func (a authority) name() string { return a.host + "  " + a.addr.String() }

// said is what a server said, in a few words.
func (a authority) said() string {
	switch l := a.l; {
	case a.look.Fault != nil && a.overTCP():
		return "the answer does not fit into a datagram; over TCP: " + FaultWords(a.look.Fault)
	case a.look.Fault != nil && a.look.Fault.Kind == probes.FaultTimeout:
		return "no answer"
	case a.look.Fault != nil:
		return FaultWords(a.look.Fault)
	case l.RCode != "NOERROR" && l.RCode != "NXDOMAIN":
		return l.RCode + ede(l)
	case !l.AA:
		return "answers without authority: it does not have the zone"
	case l.RCode == "NXDOMAIN":
		return "no such name"
	case len(policy.TXTValues(l)) == 0 && l.Type == "TXT":
		return "no " + l.Type + " record"
	}
	return txtData(a.l)
}

// txtData is what an answer holds, cut to what a line holds.
func txtData(l probes.Lookup) string {
	const few = 3
	var out []string
	for _, r := range l.Answers {
		if r.Type == l.Type {
			out = append(out, r.Data)
		}
	}
	if n := len(out) - few; n > 0 {
		out = append(out[:few], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(out, ", ")
}

// evidence of what a server said.
func (in *In) heard(a authority, more string) report.Evidence {
	serial := ""
	if n, ok := in.serial(a.addr); ok {
		serial = fmt.Sprintf("  serial %d", n)
	}
	return look(a.look, "%s%s  %s%s", a.name(), serial, a.said(), more)
}

// serial is the version of the zone that a server has.
func (in *In) serial(a netip.Addr) (n uint32, ok bool) {
	for _, l := range in.Looked(probes.BeyondCase) {
		if l.Lookup.Server.Addr() != a || l.Fault != nil {
			continue
		}
		for _, r := range l.Lookup.Answers {
			if r.Type == "SOA" {
				_, err := fmt.Sscanf(r.Data, "%s %s %d", new(string), new(string), &n)
				return n, err == nil
			}
		}
	}
	return 0, false
}

// newServers counts the servers that give the value that is wanted.
func (in *In) newServers() int { n, _ := in.split(); return len(n) }

// split parts the servers that answer with authority into those that give the
// value that is wanted, and those that do not.
func (in *In) split() (give, lack []authority) {
	for _, a := range in.authorities() {
		switch {
		case a.gives(in.wanted()):
			give = append(give, a)
		case a.speaks():
			lack = append(lack, a)
		}
	}
	return give, lack
}

// cached: every name server gives the value, and what the resolver said is of
// a time when they did not. It decides nothing: the CA asks through a resolver
// of its own, which keeps answers for a minute at most.
func (in *In) cached() bool {
	if r := in.Decision.Rule; r != policy.RuleTXTMissing && r != policy.RuleTXTMismatch || !in.digested() || in.wanted() == "" {
		return false
	}
	give, lack := in.split()
	return len(give) > 0 && len(lack) == 0
}

// serverEvidence is what the servers of the zone said, for where the resolver
// says only that it failed.
func (in *In) serverEvidence() []report.Evidence {
	const few = 4
	var out []report.Evidence
	for _, a := range in.authorities() {
		if len(out) < few && !a.speaks() {
			out = append(out, in.heard(a, ""))
		}
	}
	return out
}

// abandoned: the aliases lead into a zone whose servers do not have it.
func (in *In) abandoned() bool {
	all := in.authorities()
	return len(in.delegation().Aliases) > 0 && slices.ContainsFunc(all, authority.lame) && !slices.ContainsFunc(all, authority.speaks)
}

// tcpBlocked: a server's answer does not fit into a datagram, and it does not
// take the question over TCP.
func (in *In) tcpBlocked() bool { return slices.ContainsFunc(in.authorities(), authority.blocked) }

func (a authority) blocked() bool { return a.look.Fault != nil && a.overTCP() }
