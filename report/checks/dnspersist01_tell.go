package checks

// This file has what the checks of dns-persist-01 share.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

const (
	rfcPersist = "https://datatracker.ietf.org/doc/draft-ietf-acme-dns-persist/"
	vaPersist  = "boulder va/dns_persist.go"
)

// A persistValue is one TXT value at the place of the persistent record.
type persistValue struct {
	policy.PersistRecord
	value string
	step  int
}

// persisted are the values that the CA found.
func (in *In) persisted() []persistValue {
	var out []persistValue
	for _, s := range in.Lookups {
		l, _ := s.Fact.(probes.Lookup)
		values := policy.TXTValues(l)
		for i, r := range in.Policy.PersistRecords(in.Given, values) {
			out = append(out, persistValue{r, values[i], s.ID})
		}
	}
	return out
}

// unpersisted finds that the CA stops by a rule, on account of records of its
// own. mark picks the part of each that is to blame; say is about the first.
func (in *In) unpersisted(rule policy.Rule, label report.Text, say, mark func(persistValue) string) []Found {
	if in.Given.Method != probes.DNSPersist01 || !in.Stopped(rule) {
		return nil
	}
	bad := slices.DeleteFunc(in.persisted(), func(v persistValue) bool { return v.Issuer != in.Policy.CAA.Issuer || v.Rule != rule })
	if len(bad) == 0 {
		return nil
	}
	var evidence []report.Evidence
	for _, v := range bad[:min(maxRecords, len(bad))] {
		e, part := in.shownPersist(v, "", ""), mark(v)
		// What is to blame comes after the issuer; of what is there twice, the second.
		evidence = append(evidence, markedAfter(e, max(0, strings.LastIndex(e.Text, part)), part, label))
	}
	return []Found{{
		Subject: in.persistName(), Say: say(bad[0]), Certainty: report.Certain, Evidence: evidence,
		Args: in.persistArgs(""),
	}}
}

func (in *In) persistName() string { return in.Policy.TXTName(in.Given.Task) }

// shownPersist is evidence of a value, with a part of it marked. TXT values
// are in presentation form already.
func (in *In) shownPersist(v persistValue, part string, label report.Text) report.Evidence {
	e := report.Evidence{Probe: "p1", Step: report.Natural(v.step), Field: "dns.txt", Text: txtLine(in.persistName(), v.value)}
	return markedAfter(e, strings.LastIndex(e.Text, v.value), part, label)
}

func txtLine(owner, presentation string) string { return owner + `.  IN  TXT  "` + presentation + `"` }

// persistArgs fills publish; until is the record's end, if it is to have one.
func (in *In) persistArgs(until string) map[string]string {
	value := in.Policy.CAA.Issuer + "; accounturi=" + cmp.Or(in.Given.Account, "ACCOUNT-URL")
	if in.Given.Identifier.Wildcard() {
		value += "; policy=" + in.Policy.DNS01.Persist.Wildcard
	}
	if until != "" {
		value += "; persistUntil=" + until
	}
	return map[string]string{"value": presented(value)}
}

// publish is the record that authorizes, as a fix. {txt} is where it goes, also
// behind an alias.
func publish(text string) Fix {
	return Fix{For: "DNS", Text: text, Snippet: txtLine("{txt}", "{value}")}
}

// persistRecord names the record in a sentence.
func (in *In) persistRecord() string { return fmt.Sprintf("the record at %s", in.persistName()) }
