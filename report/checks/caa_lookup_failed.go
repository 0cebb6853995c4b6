package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.lookup.failed",
	Severity: report.Error,
	Title:    "the CAA look-up fails",
	Means:    "The CA asks for CAA at the name and at every parent, and the nearest that has records decides. Where there is no answer, records may be hidden that forbid, so it must not issue. No CAA record is needed; but an answer is, even if it says that there is none.",
	Causes: []string{
		"a name server, or a firewall in front of it, does not know the record type CAA (257) and fails in place of answering that there is none",
		"some of the name servers are down",
		"a DNSSEC signature is missing or wrong",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let the name servers answer for CAA as for A; this shows what each says", Snippet: "dig +norecurse {host} CAA @{server}", When: func(in *In) bool { return !in.climbedTo(bogus, expiredSignature, nxdomain) }},
		{For: "DNS", Text: "compare the DS record at the registrar with the keys of the zone", Snippet: "dig {host} DS +short; dig {host} DNSKEY +short", When: func(in *In) bool { return in.climbedTo(bogus) }},
		{For: "DNS", Text: "sign the zone again, and see that the signer runs", When: func(in *In) bool { return in.climbedTo(expiredSignature) }},
		{For: "DNS", Text: "let the resolver ask the public DNS; this shows what another one says", Snippet: "acmecheck {target} --resolver ADDRESS", When: func(in *In) bool { return in.climbedTo(nxdomain) }},
		{For: "DNS", Text: "give the name a CAA record of its own: the CA then goes by that and not by its parents", Snippet: caaHere, When: func(in *In) bool {
			return in.Decision.Target != policy.CAANames(in.Given.Identifier)[0] && !in.climbedTo(nxdomain)
		}},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsCAA, rfcCAA + "#section-3", vaCAA + " parallelCAALookup, selectCAA"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleCAALookup) {
			return nil
		}
		seen := append(in.climb("the CA stops here"), in.serverEvidence()...)
		failed := in.climbed()
		l, _ := failed.Fact.(probes.Lookup)
		args := in.caaArgs(policy.CAANames(in.Given.Identifier)[0], caaData(0, "issue", in.Policy.CAA.Issuer))
		args["host"], args["server"] = shellWord(l.Name), in.mute()
		return []Found{{
			Subject: l.Name, Certainty: report.Certain, Evidence: seen, Args: args,
			Say: in.climbSay(l, in.lookupWords(failed)), Causes: in.climbCauses(failed, l),
		}}
	},
})

// climbed is the look-up at which the CA stopped.
func (in *In) climbed() Step {
	for _, s := range in.Lookups {
		if l, _ := s.Fact.(probes.Lookup); l.Name == in.Decision.Target {
			return s
		}
	}
	return Step{}
}

// climbedTo reports in which way the look-up failed at which the CA stopped.
func (in *In) climbedTo(classes ...lookupClass) bool {
	s := in.climbed()
	l, _ := s.Fact.(probes.Lookup)
	return slices.Contains(classes, in.classOf(s, l))
}

// climb is the evidence from the name up to where the CA stopped, the last
// marked. Nothing further up matters.
func (in *In) climb(label report.Text) []report.Evidence {
	var out []report.Evidence
	for _, s := range in.Lookups {
		e := asked(s)
		l, _ := s.Fact.(probes.Lookup)
		if l.TC {
			e.Text += " (truncated, over TCP too)"
		}
		if l.Name == in.Decision.Target {
			_, what, _ := strings.Cut(e.Text, ": ")
			return append(out, marked(e, what, label))
		}
		out = append(out, e)
	}
	return out
}

// lookupWords is what came of a look-up: the words of DNSSEC and of the
// extended errors, where there are any.
func (in *In) lookupWords(s Step) string {
	l, _ := s.Fact.(probes.Lookup)
	names := in.Policy.Says.DNS.EDE
	switch {
	case s.Fault != nil:
		return FaultWords(s.Fault)
	case l.EDE != nil && int(l.EDE.Code) < len(names):
		return l.RCode + ", " + names[l.EDE.Code]
	}
	return l.RCode
}

// climbSay tells which name failed and why it had to be asked.
func (in *In) climbSay(l probes.Lookup, what string) string {
	base := policy.CAANames(in.Given.Identifier)[0]
	switch {
	case l.Name == base:
		return fmt.Sprintf("the CAA look-up of %s fails (%s)", l.Name, what)
	case l.RCode == "NXDOMAIN":
		return fmt.Sprintf("the top-level domain %s does not exist, says the resolver; of that the CA takes NXDOMAIN for an error", l.Name)
	}
	return fmt.Sprintf("the CAA look-up of %s fails (%s); %s has no CAA record of its own, so its parents' might forbid", l.Name, what, base)
}

// mute is a name server that does not answer for CAA.
func (in *In) mute() string {
	for _, a := range in.authorities() {
		if !a.speaks() {
			return a.addr.String()
		}
	}
	return "NAMESERVER"
}

// onlyCAA reports that a name server answers for A and not for CAA.
func (in *In) onlyCAA() bool {
	mute := in.mute()
	return slices.ContainsFunc(in.Looked(probes.BeyondServer), func(l Look) bool {
		return l.Lookup.Type == "A" && l.Lookup.Server.Addr().String() == mute && l.Fault == nil && l.Lookup.RCode == "NOERROR"
	})
}

// climbCauses goes by what the name servers say, and else by what came of the
// look-up.
func (in *In) climbCauses(s Step, l probes.Lookup) []report.Cause {
	certain := func(text string) []report.Cause { return []report.Cause{{Certainty: report.Certain, Text: text}} }
	likely := func(text string) []report.Cause { return []report.Cause{{Certainty: report.Likely, Text: text}} }
	switch class := in.classOf(s, l); {
	case class == expiredSignature:
		return certain("a DNSSEC signature has expired: the signer stopped, or a secondary no longer gets the zone")
	case class == bogus:
		return certain("the DNSSEC chain is broken: the DS record at the registrar and the zone's keys and signatures do not fit")
	case class == tcpBlocked:
		return certain("the answer does not fit into a datagram, and a name server does not take the question over TCP")
	case in.onlyCAA():
		return certain("the name server " + in.mute() + " answers for A and not for CAA (type 257): it, or a firewall in front of it, does not know the type")
	case class == looping:
		return certain("the CNAMEs of the name lead in a circle")
	case class == silent:
		return likely("a firewall in front of the name servers drops questions for CAA (type 257), or the name servers are down")
	case class == nxdomain:
		return likely("the resolver, or one behind it, is not one of the public DNS, or filters")
	case class == otherError:
		return likely("the name servers do not know the record type CAA (257), or do not serve the zone")
	}
	return nil
}
