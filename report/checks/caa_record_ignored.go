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
	Code:     "caa.record.ignored",
	Severity: report.Warning,
	Title:    "a CAA record or parameter has no effect as written",
	Means:    "A CA passes over tags and parameters that it does not know, so that a slip in one lets everything through in silence. Another CA may read the record as it was meant, and refuse.",
	Causes: []string{
		"a slip of the pen; no CA reports it",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "say what is meant", Snippet: caaHere},
	},
	Again:   "acmecheck {target}",
	Ignore:  "if the record is meant for another CA, which knows what it says",
	Sources: []string{docsCAA, rfcCAA + "#section-4", rfcCAA2, vaCAA},
	Detect: func(in *In) []Found {
		if !in.caaPermitted() {
			return nil
		}
		out := Found{Subject: in.Primary.Found, Certainty: report.Certain}
		for _, r := range in.caaSet() {
			i, ok := in.ignored(r)
			if !ok || len(out.Evidence) == maxRecords {
				continue
			}
			if out.Say == "" {
				out.Say, out.Args = in.place(r)+" "+i.say, in.caaArgs(r.owner, i.mended)
			}
			out.Evidence = append(out.Evidence, r.shown(i.part, "no effect"))
		}
		if len(out.Evidence) == 0 {
			return nil
		}
		return []Found{out}
	},
})

// An ignoredPart is what has no effect in a record.
type ignoredPart struct{ part, say, mended string }

// ignored finds what has no effect in a record although it looks as if it had.
func (in *In) ignored(r caaRecord) (ignoredPart, bool) {
	tag := strings.ToLower(r.Tag)
	switch {
	case tag != "issue" && tag != "issuewild":
		return in.ignoredTag(r)
	case tag == "issuewild" && in.wildOnly(r):
		return ignoredPart{r.Tag, "has issuewild and no issue, so that every CA may issue for names that are no wildcards", in.besideOurs(r, "issue", caaData(0, "issue", policy.ReadIssue(r.Value).Issuer))}, true
	case !in.ours(r):
		return ignoredPart{}, false
	case policy.ReadIssue(r.Value).Bad != "":
		return ignoredPart{firstSlip(r), "has a record that cannot be read: " + slipWords(r.Value), in.rewritten(r, readable(r.Value))}, true
	}
	return in.ignoredParameter(r)
}

// ignoredTag: unknown tags are for those who know them, but not one that reads
// like issue. Tags of the registry that begin so are known to the policy.
func (in *In) ignoredTag(r caaRecord) (ignoredPart, bool) {
	tag := strings.ToLower(r.Tag)
	if !strings.HasPrefix(tag, "iss") || slices.Contains(in.Policy.CAA.Known, tag) {
		return ignoredPart{}, false
	}
	meant := "issue"
	if strings.Contains(tag, "wild") {
		meant = "issuewild"
	}
	return ignoredPart{r.Tag, fmt.Sprintf("has the tag %q, which means nothing", r.Tag), in.besideOurs(r, meant, caaData(r.Flag, meant, r.Value))}, true
}

// besideOurs is a record that now counts, and if it is for another CA one for
// this CA, which would be kept out by it.
func (in *In) besideOurs(r caaRecord, meant, data string) string {
	if in.ours(r) {
		return data
	}
	return data + "\n" + fill(caaHere, in.caaArgs(r.owner, caaData(0, meant, in.Policy.CAA.Issuer)))
}

// wildOnly: a CA is named for wildcards, and plain names are left to everybody.
// issuewild ";" alone says what it means: no wildcards (RFC 8659 §4.3).
func (in *In) wildOnly(r caaRecord) bool {
	return !in.Given.Identifier.Wildcard() && len(in.caaRelevant()) == 0 && policy.ReadIssue(r.Value).Issuer != ""
}

// meantBy are the parameters that are read, by what may be written for them:
// in lower case and without hyphens.
var meantBy = map[string]string{
	"accounturi": "accounturi", "accounturis": "accounturi", "accounturl": "accounturi", "account": "accounturi",
	"validationmethods": "validationmethods", "validationmethod": "validationmethods", "methods": "validationmethods",
}

// ignoredParameter finds a parameter in another spelling, or a method that
// does not exist.
func (in *In) ignoredParameter(r caaRecord) (ignoredPart, bool) {
	all := policy.ReadIssue(r.Value).Parameters
	for i, p := range all {
		meant := meantBy[strings.ReplaceAll(strings.ToLower(p.Tag), "-", "")]
		if meant != "" && meant != p.Tag {
			all[i].Tag = meant
			return ignoredPart{p.Tag, fmt.Sprintf("has the parameter %s, which means nothing to this CA; %s would", p.Tag, meant), in.permitting(r, all)}, true
		}
		if p.Tag != "validationmethods" {
			continue
		}
		if label, ok := unknownMethod(p.Value); ok {
			return ignoredPart{p.Value, fmt.Sprintf("lists %q among its validationmethods, which is no method", label), in.permitting(r, all)}, true
		}
	}
	return ignoredPart{}, false
}

// permitting is a record with parameters that now count, and that still lets
// through what it lets through today.
func (in *In) permitting(r caaRecord, parameters []policy.Parameter) string {
	if len(valuesOf(parameters, "validationmethods")) > 0 {
		parameters = withMethod(parameters, in.Given.For)
	}
	for i, p := range parameters {
		if p.Tag == "accounturi" && accountKnown(in) {
			parameters[i].Value = in.Given.Account
		}
	}
	return in.rewritten(r, parameters)
}

// unknownMethod finds a label that is no challenge type of this or another CA
// (IANA's registry of ACME validation methods; RFC 8657 §4 keeps "ca-" free).
func unknownMethod(list string) (string, bool) {
	others := []string{"email-reply-00", "tkauth-01", "onion-csr-01", "bp-nodeid-00", "tls-sni-01", "tls-sni-02"}
	for label := range strings.SplitSeq(list, ",") {
		if !slices.Contains(probes.Methods, probes.Method(label)) && !slices.Contains(others, label) && !strings.HasPrefix(label, "ca-") {
			return label, true
		}
	}
	return "", false
}
