package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.view.split",
	Severity: report.Warning,
	Title:    "your resolver answers otherwise than the public DNS",
	Means:    "The CA looked the name up for itself and got other addresses than we did, so we looked at another server than it did. What the CA sees counts.",
	Causes: []string{
		"the name servers inside answer for the same zone with other addresses (split horizon)",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "mend the records of the public zone: it is those that the CA goes by"},
		{For: "DNS", Text: "to look as the CA does from in here, ask a public resolver", Snippet: "dig @9.9.9.9 {name} A"},
	},
	Again:   "dig @9.9.9.9 {name} A",
	Ignore:  "when the inner addresses are meant for internal use, and the outer ones are right",
	Sources: []string{"boulder core/objects.go ValidationRecord"},
	Masks:   []string{"vantage.server.differs"},
	Detect: func(in *In) []Found {
		s := in.Said()
		if s.Answer != Refused && s.Answer != Validated || in.Given.Method == probes.CAA {
			return nil
		}
		for _, r := range in.recordsOf(s) {
			ours, evidence := in.addressesOf(r.Hostname)
			f, split := in.splits(r, ours, s.Answer == Refused)
			if split {
				f.Evidence = append([]report.Evidence{{Probe: FromCA, Field: "addressesResolved", Text: fmt.Sprintf("the CA: %s", strings.Join(r.AddressesResolved, ", "))}}, evidence...)
				return []Found{f}
			}
		}
		return nil
	},
})

// recordsOf are the CA's requests for the question.
func (in *In) recordsOf(s Said) []ValidationRecord {
	if s.Authorization != nil {
		return s.Authorization.Records
	}
	return in.Options.Order.Records
}

// splits compares the addresses of one host. A name with many servers gives some
// of them to each who asks, so only sets that have nothing in common differ;
// and where the CA was satisfied, only if ours were of the inside.
func (in *In) splits(r ValidationRecord, ours []netip.Addr, refused bool) (Found, bool) {
	if len(ours) == 0 || len(r.AddressesResolved) == 0 {
		return Found{}, false
	}
	inner := !slices.ContainsFunc(ours, func(a netip.Addr) bool { return in.Policy.Addresses.Refusal(a) == "" })
	common := slices.ContainsFunc(ours, func(a netip.Addr) bool { return slices.Contains(r.AddressesResolved, a.String()) })
	if common || !refused && !inner {
		return Found{}, false
	}
	f := Found{Subject: r.Hostname, Certainty: report.Likely, Say: fmt.Sprintf("the CA got other addresses for %s than your resolver gives", r.Hostname)}
	if inner {
		f.Certainty, f.Say = report.Certain, fmt.Sprintf("your resolver gives inner addresses for %s, and the CA got public ones", r.Hostname)
	} else {
		f.Causes = []report.Cause{{Certainty: report.Likely, Text: "the name servers answer by region (GeoDNS), or the records have just been changed"}}
	}
	f.Args = map[string]string{"name": shellWord(r.Hostname)}
	return f, true
}

// addressesOf is what our resolver gave for a host.
func (in *In) addressesOf(hostname string) (addrs []netip.Addr, evidence []report.Evidence) {
	for _, s := range in.Lookups {
		if l, ok := s.Fact.(probes.Lookup); ok && plainName(l.Name) == plainName(hostname) && len(l.Addrs()) > 0 {
			addrs = append(addrs, l.Addrs()...)
			evidence = append(evidence, asked(s))
		}
	}
	return addrs, evidence
}
