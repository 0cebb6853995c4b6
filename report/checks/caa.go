package checks

// This file reads the CAA records that decide, and writes records the way a
// zone file has them.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

const (
	docsCAA = "https://letsencrypt.org/docs/caa/"
	rfcCAA  = "https://www.rfc-editor.org/rfc/rfc8659"
	rfcCAA2 = "https://www.rfc-editor.org/rfc/rfc8657" // accounturi, validationmethods
	vaCAA   = "boulder va/caa.go"
)

// caaHere is a record to add or to change, in a zone file.
const caaHere = "{owner}.  IN  CAA  {value}"

// caaArgs fills caaHere, and {name} with the name whose records count first.
func (in *In) caaArgs(owner, data string) map[string]string {
	return map[string]string{"owner": owner, "value": data, "name": policy.CAANames(in.Given.Identifier)[0]}
}

// A caaRecord is a record of the set that decides.
type caaRecord struct {
	policy.CAARecord
	owner string // the name it is at: another one than was asked, behind an alias
	data  string // as it came
	step  int
}

// caaSet are the records of the nearest name that has any; nil: there are
// none, or CAA was not asked about.
func (in *In) caaSet() []caaRecord {
	var out []caaRecord
	for _, s := range in.Lookups {
		l, _ := s.Fact.(probes.Lookup)
		if l.Type != "CAA" || l.Name != in.Primary.Found {
			continue
		}
		answers := slices.DeleteFunc(slices.Clone(l.Answers), func(r probes.Record) bool { return r.Type != "CAA" })
		for i, r := range policy.CAARecords(l) {
			out = append(out, caaRecord{CAARecord: r, owner: plainName(answers[i].Name), data: answers[i].Data, step: s.ID})
		}
	}
	return out
}

// caaRelevant are those records of the set that decide about this kind of name.
func (in *In) caaRelevant() []caaRecord {
	set := in.caaSet()
	var bare []policy.CAARecord
	for _, r := range set {
		bare = append(bare, r.CAARecord)
	}
	relevant := policy.Relevant(bare, in.Given.Identifier.Wildcard())
	return slices.DeleteFunc(set, func(r caaRecord) bool { return !slices.Contains(relevant, r.CAARecord) })
}

// caaQuestion is what the records were asked. The account's other spellings do
// not matter to those who ask why a record is not for it.
func (in *In) caaQuestion() policy.CAAQuestion {
	q := policy.CAAQuestion{Wildcard: in.Given.Identifier.Wildcard(), Method: in.Given.For}
	if in.Given.Account != "" {
		q.Accounts = []string{in.Given.Account}
	}
	return q
}

// caaWhy is why a record does not pass one of the policy's rules; empty: it
// does.
func (in *In) caaWhy(rule policy.Rule, r caaRecord) string {
	for _, c := range in.Policy.CAA.Rules {
		if c.Rule == rule {
			return c.Refuses(&in.Policy.CAA, in.caaQuestion(), r.CAARecord)
		}
	}
	return ""
}

// caaRefusedBy are the deciding records of this CA that can be read and that
// a rule refuses.
func (in *In) caaRefusedBy(rule policy.Rule) []caaRecord {
	if in.Given.Method != probes.CAA || !in.Stopped(rule) {
		return nil
	}
	return slices.DeleteFunc(in.caaRelevant(), func(r caaRecord) bool {
		return in.caaWhy(policy.RuleCAAMalformed, r) != "" || in.caaWhy(policy.RuleCAAIssuer, r) != "" || in.caaWhy(rule, r) == ""
	})
}

// caaUnnamed reports that the CA stops because no record that it can read
// names it.
func (in *In) caaUnnamed() bool { return in.Stopped(policy.RuleCAAIssuer, policy.RuleCAAMalformed) }

// ours reports a record that names this CA, however it is spelled.
func (in *In) ours(r caaRecord) bool {
	issuer := strings.TrimSuffix(policy.ReadIssue(r.Value).Issuer, ".")
	return issuer != "" && strings.EqualFold(issuer, in.Policy.CAA.Issuer)
}

// caaPermitted reports that CAA was asked about and lets the CA issue.
func (in *In) caaPermitted() bool {
	return in.Given.Method == probes.CAA && in.Decision.Valid && !in.Decision.Undecided
}

// caaData is what a record says, as a zone file has it.
func caaData(flag uint8, tag, value string) string {
	return fmt.Sprintf(`%d %s "%s"`, flag, tag, presented(value))
}

// rewritten is what a record should say: this CA's name, and the parameters.
func (in *In) rewritten(r caaRecord, parameters []policy.Parameter) string {
	value := []string{in.Policy.CAA.Issuer}
	for _, p := range parameters {
		value = append(value, p.Tag+"="+p.Value)
	}
	return caaData(r.Flag, r.Tag, strings.Join(value, "; "))
}

// presented is a text in presentation form (RFC 1035 §5.1).
func presented(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// shown is evidence of a record, with a part of its data marked.
func (r caaRecord) shown(part string, label report.Text) report.Evidence {
	e := report.Evidence{Probe: "p1", Step: report.Natural(r.step), Field: "dns.caa", Text: r.owner + ".  IN  CAA  " + r.data}
	return markedAfter(e, len(e.Text)-len(r.data), presented(part), label)
}

// markedAfter marks the first place of a part that does not begin before from;
// the owner of a record may read like what its data say.
func markedAfter(e report.Evidence, from int, part string, label report.Text) report.Evidence {
	if i := strings.Index(e.Text[from:], part); i >= 0 && part != "" {
		e.Span, e.Label = &[2]int{from + i, from + i + len(part)}, label
	}
	return e
}

// maxRecords is how many records a finding shows.
const maxRecords = 5

// shownAll is evidence of some records, each with the part that mark picks.
func shownAll(rs []caaRecord, label report.Text, mark func(caaRecord) string) []report.Evidence {
	var out []report.Evidence
	for _, r := range rs[:min(maxRecords, len(rs))] {
		out = append(out, r.shown(mark(r), label))
	}
	return out
}

// place says where records are, and why they count for the name.
func (in *In) place(r caaRecord) string {
	base := policy.CAANames(in.Given.Identifier)[0]
	switch found := in.Primary.Found; {
	case r.owner != found && found == base:
		return fmt.Sprintf("CAA at %s, to which the alias %s leads,", r.owner, base)
	case r.owner != found:
		return fmt.Sprintf("CAA at %s, to which the alias %s above %s leads,", r.owner, found, base)
	case found != base:
		return fmt.Sprintf("CAA at %s, which %s inherits,", r.owner, base)
	}
	return "CAA at " + r.owner
}

// inherited reports that the records that decide are a parent's.
func inherited(in *In) bool {
	return in.Primary.Found != "" && in.Primary.Found != policy.CAANames(in.Given.Identifier)[0]
}

// tagHere is the tag that a record of this CA needs beside those that decide.
func tagHere(relevant []caaRecord) string {
	if len(relevant) > 0 && strings.EqualFold(relevant[0].Tag, "issuewild") {
		return "issuewild"
	}
	return "issue"
}

// values are those of a parameter of a record.
func (r caaRecord) values(tag string) []string {
	return valuesOf(policy.ReadIssue(r.Value).Parameters, tag)
}

// first is the first value of a parameter; empty: it has none.
func (r caaRecord) first(tag string) string {
	if all := r.values(tag); len(all) > 0 {
		return all[0]
	}
	return ""
}

func valuesOf(parameters []policy.Parameter, tag string) []string {
	var out []string
	for _, p := range parameters {
		if p.Tag == tag {
			out = append(out, p.Value)
		}
	}
	return out
}

// without are parameters but those of a tag.
func without(parameters []policy.Parameter, tag string) []policy.Parameter {
	return slices.DeleteFunc(slices.Clone(parameters), func(p policy.Parameter) bool { return p.Tag == tag })
}

// ownSet: what a parent's records say does not count beside a name's own.
var ownSet = Fix{For: "DNS", Text: "give {name} records of its own: the nearest set counts, in place of its parents'", When: inherited}
