package checks

// This file compares what the remote perspectives saw with what the first one
// saw, and says what their disagreement usually means.

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

const (
	brMPIC  = "https://github.com/cabforum/servercert/blob/main/docs/BR.md#3229-multi-perspective-issuance-corroboration"
	docsMVA = "https://letsencrypt.org/2020/02/19/multi-perspective-validation"
	vaMPIC  = "boulder va/va.go doRemoteOperation"
)

// Corroborates reports whether a perspective has nothing against issuing: a
// token that nobody knows cannot be served to it either.
func (in *In) Corroborates(d policy.Decision) bool { return d.Valid || d.Excused(in.Given.Proof) }

// dissenters are the remote perspectives that would refuse.
func (in *In) dissenters() []policy.Remote {
	return slices.DeleteFunc(slices.Clone(in.Remotes), func(r policy.Remote) bool {
		return r.Decision.Undecided || in.Corroborates(r.Decision)
	})
}

// RemoteProbe is the ID of the probe of a remote perspective. They come after
// the errands.
func (in *In) RemoteProbe(i int) string {
	last := 0
	for _, s := range in.Trace {
		last = max(last, s.Errand)
	}
	return fmt.Sprintf("p%d", last+2+i)
}

// sights is evidence of what each perspective saw, the first one's first.
func (in *In) sights() []report.Evidence {
	out := []report.Evidence{{Probe: "p1", Field: "perspective", Text: fmt.Sprintf("%-18s %s", in.Policy.MPIC.Primary, in.sighted(in.Primary))}}
	for i, r := range in.Remotes {
		e := report.Evidence{Probe: in.RemoteProbe(i), Field: "perspective"}
		e.Text = fmt.Sprintf("%-18s %s", r.Perspective+" ("+r.RIR+")", in.sighted(r.Decision))
		out = append(out, e)
	}
	return out
}

// sighted is in a few words what a perspective saw.
func (in *In) sighted(d policy.Decision) string {
	switch {
	case d.Undecided:
		return "did not finish"
	case in.Corroborates(d):
		return "passes"
	case d.Rule == policy.RuleStatus:
		return strings.TrimSpace(fmt.Sprintf("%d %s", d.Status, statusText(d.Status)))
	case timedOut(d):
		return fmt.Sprintf("%s, after %.1f s", FaultWords(d.Fault), d.Spent.Seconds())
	case d.Fault != nil:
		return FaultWords(d.Fault)
	case d.Problem == nil:
		return string(d.Rule)
	}
	_, text, about := strings.Cut(d.Problem.Detail, "While processing CAA for "+string(in.Given.Identifier)+": ")
	if !about {
		text = d.Problem.Detail
	}
	return text
}

// perspectiveNames are those of perspectives, in a sentence.
func perspectiveNames(rs []policy.Remote) string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Perspective)
	}
	return strings.Join(out, ", ")
}

// byDNS reports that the dissenters were told something else by DNS, and not
// by a server.
func byDNS(in *In) bool {
	if why, p := in.refusal(); why == byRemotes && len(in.Remotes) == 0 {
		return p.Short() == "dns" || aboutCAA(p) || in.byTXT()
	}
	return slices.ContainsFunc(in.dissenters(), func(r policy.Remote) bool {
		rule := string(r.Decision.Rule)
		return strings.HasPrefix(rule, "dns") || strings.HasPrefix(rule, "caa.")
	})
}

func byServer(in *In) bool { return !byDNS(in) }

func byServerFor(m probes.Method) func(in *In) bool {
	return func(in *In) bool { return byServer(in) && in.Given.Method == m }
}

// dissent is what a disagreement usually comes from, most likely first.
func (in *In) dissent() []report.Cause {
	var out []report.Cause
	likely := func(text string) { out = append(out, report.Cause{Certainty: report.Likely, Text: text}) }
	bad := in.dissenters()
	has := func(f func(policy.Decision) bool) bool {
		return slices.ContainsFunc(bad, func(r policy.Remote) bool { return f(r.Decision) })
	}
	switch {
	case has(lookupFails):
		likely("one of the name servers does not answer these networks: it is down, or it filters by country or by reputation")
	case byDNS(in):
		likely(outOfStep)
		likely("the name servers answer by region (GeoDNS), and not every region has the record")
	case has(late):
		likely("the server answers these networks too slowly: a remote perspective has less time than the first one")
	case has(elsewhere):
		likely("the name or the address leads to different servers (GeoDNS, anycast), and not all of them serve the challenge")
	case len(bad) == len(in.Remotes):
		likely("geo-blocking or a reputation filter: it lets the CA's first perspective in and the others not")
	default:
		likely("geo-blocking or a reputation filter: it lets some networks in and others not")
		likely("a limit counts the CA's requests, which come from several networks at once, as an attack")
	}
	return out
}

// dissentTold is the same where all that is known is what the CA says of one
// remote perspective.
func (in *In) dissentTold(p *probes.ACMEProblem) []report.Cause {
	if len(in.dissenters()) > 0 {
		return in.dissent()
	}
	var texts []string
	switch {
	case byDNS(in) && p.Short() == "dns":
		texts = []string{"one of the name servers does not answer some networks: it is down, or it filters by country or by reputation", outOfStep}
	case byDNS(in):
		texts = []string{outOfStep, "the name servers answer by region (GeoDNS), and not every region has the record"}
	case missing.MatchString(p.Detail):
		texts = []string{"the name or the address leads to different servers (GeoDNS, anycast), and not all of them serve the challenge"}
	default:
		texts = []string{"geo-blocking or a reputation filter: it lets the CA's first perspective in and others not", "a limit counts the CA's requests, which come from several networks at once, as an attack"}
	}
	if r, ok := in.droppedIPv6(); ok && strings.Contains(p.Detail, "imeout") {
		texts = append([]string{fmt.Sprintf("IPv6 port %d is silently dropped, and the %.0f s that costs leave the remote perspectives no time", r.Dial.To.Port(), r.lost().Seconds())}, texts...)
	}
	var out []report.Cause
	for _, t := range texts {
		out = append(out, report.Cause{Certainty: report.Likely, Text: t})
	}
	return out
}

const outOfStep = "the name servers are not in step: a secondary has not got the last change of the zone"

// missing is how the CA words an answer of a server that does not have the token.
var missing = regexp.MustCompile(`: (?:404|410)$|did not match this challenge`)

func lookupFails(d policy.Decision) bool {
	return d.Rule == policy.RuleLookup || d.Rule == policy.RuleCAALookup || d.Rule == policy.RuleCAATruncated
}

// late reports a server that connected and then was silent until the end.
func late(d policy.Decision) bool {
	return timedOut(d) && d.Fault.Op != "dial"
}

func timedOut(d policy.Decision) bool {
	return d.Fault != nil && cmp.Or(d.Fault.Ended, d.Fault.Kind) == probes.FaultTimeout
}

// elsewhere reports an answer of a server that does not have what the first
// perspective was served.
func elsewhere(d policy.Decision) bool {
	return d.Rule == policy.RuleMismatch || d.Rule == policy.RuleDigest || d.Rule == policy.RuleStatus && (d.Status == 404 || d.Status == 410)
}

// widen are the ways to let every network see what the first one sees, the
// best first. There is no list of the CA's addresses that one could let in.
func widen() []Fix {
	return []Fix{
		{For: "DNS", Text: "best: dns-01 with a delegated name; it needs no inbound connection at all", Snippet: "acmecheck explain delegation", When: byServer},
		{For: "the firewall team", Text: "allow only the challenge path, from everywhere: GET /.well-known/acme-challenge/* on port 80, any source, any User-Agent", When: byServerFor(probes.HTTP01)},
		{For: "the ACME client", Text: "open port 80 in a pre-hook of the ACME client, and close it afterwards", Snippet: "certbot renew --pre-hook 'ufw allow 80/tcp' --post-hook 'ufw delete allow 80/tcp'", When: byServerFor(probes.HTTP01)},
		{For: "the firewall team", Text: "permit inbound NEW TCP 443 from any source while the client orders", When: byServerFor(probes.TLSALPN01)},
		{For: "DNS", Text: "bring the name servers into step, and let all of them answer every network; this shows the version each has", Snippet: "dig +nssearch {name}", When: byDNS},
		{For: "the ACME client", Text: "let the ACME client wait until every name server has the record, before it tells the CA", When: func(in *In) bool { return byDNS(in) && in.Given.Method != probes.CAA }},
	}
}

// noList is what suggests itself where a filter is at work.
func (in *In) noList() []string {
	if byDNS(in) {
		return nil
	}
	return []string{"letting in the CA's addresses: there is no list of them, and they change"}
}
