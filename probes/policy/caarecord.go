package policy

// This file reads one CAA record and says why it does not permit (RFC 8659
// §4.2, RFC 8657; Boulder va/caa.go parseCAARecord and its matchers).

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// A CAARecord is a CAA record as it came.
type CAARecord struct {
	Flag  uint8
	Tag   string
	Value string // octets, unescaped
}

// An IssueValue is the value of an issue or issuewild record, read.
type IssueValue struct {
	Issuer     string // empty: nobody
	Parameters []Parameter
	Bad        string // why it cannot be read; empty: it can
}

// A Parameter is one tag=value pair.
type Parameter struct{ Tag, Value string }

// A CAARule refuses records. Refuses says why in a few words of ours, for
// people; the CA says the same sentence whatever the rule.
type CAARule struct {
	Rule    Rule
	Source  string
	Refuses func(c *CAA, q CAAQuestion, r CAARecord) string
}

// caaRules are Boulder's, in order.
var caaRules = []CAARule{
	{RuleCAAMalformed, "va/caa.go parseCAARecord", malformedRecord},
	{RuleCAAIssuer, "va/caa.go caaDomainMatches", otherIssuer},
	{RuleCAAAccount, "va/caa.go caaAccountURIMatches", otherAccount},
	{RuleCAAMethod, "va/caa.go caaValidationMethodMatches", otherMethod},
}

// CAARecords are the CAA records of an answer.
func CAARecords(l probes.Lookup) []CAARecord {
	var out []CAARecord
	for _, r := range l.Answers {
		if r.Type == "CAA" {
			out = append(out, caaRecord(r.Data))
		}
	}
	return out
}

// caaRecord reads the presentation form: flag, tag, quoted value (RFC 8659 §4.1.1).
func caaRecord(data string) CAARecord {
	flag, rest, _ := strings.Cut(data, " ")
	tag, value, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	n, err := strconv.ParseUint(flag, 10, 8)
	if err != nil {
		n = 0
	}
	value = strings.TrimSpace(value)
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return CAARecord{Flag: uint8(n), Tag: tag, Value: Raw(value)}
}

var (
	parameterTag = regexp.MustCompile(`^[[:alnum:]](-*[[:alnum:]])*$`)
	methodLabel  = regexp.MustCompile(`^[[:alnum:]-]+$`)
)

// ReadIssue reads an issue or issuewild value. One empty parameter at the end,
// "ca.example;", is fine.
func ReadIssue(value string) IssueValue {
	parts := strings.Split(value, ";")
	v := IssueValue{Issuer: strings.TrimFunc(parts[0], isWSP)}
	list := parts[1:]
	if len(list) == 1 && strings.TrimFunc(list[0], isWSP) == "" {
		return v
	}
	for _, pair := range list {
		tag, value, ok := strings.Cut(pair, "=")
		p := Parameter{strings.TrimFunc(tag, isWSP), strings.TrimFunc(value, isWSP)}
		switch {
		case !ok:
			v.Bad = "the parameter " + strconv.Quote(pair) + " has no ="
		case !parameterTag.MatchString(p.Tag):
			v.Bad = "the parameter name " + strconv.Quote(p.Tag) + " has a character that it may not have"
		case strings.ContainsFunc(p.Value, func(c rune) bool { return !isValueChar(c) }):
			v.Bad = "the parameter value " + strconv.Quote(p.Value) + " has a character that it may not have"
		}
		if v.Bad != "" {
			return v
		}
		v.Parameters = append(v.Parameters, p)
	}
	return v
}

// all returns the values of a parameter. Its name is case-sensitive, stricter
// than RFC 8659 §4.2.
func (v IssueValue) all(tag string) []string {
	var out []string
	for _, p := range v.Parameters {
		if p.Tag == tag {
			out = append(out, p.Value)
		}
	}
	return out
}

func malformedRecord(_ *CAA, _ CAAQuestion, r CAARecord) string { return ReadIssue(r.Value).Bad }

func otherIssuer(c *CAA, _ CAAQuestion, r CAARecord) string {
	if issuer := ReadIssue(r.Value).Issuer; issuer != c.Issuer {
		return "it names " + strconv.Quote(issuer)
	}
	return ""
}

func otherAccount(_ *CAA, q CAAQuestion, r CAARecord) string {
	accounts := ReadIssue(r.Value).all("accounturi")
	switch {
	case len(accounts) == 0:
		return ""
	case len(accounts) > 1:
		return "it names accounturi more than once"
	case !isURI(accounts[0]):
		return "its accounturi is no URI"
	case q.Accounts != nil && !slices.Contains(q.Accounts, accounts[0]):
		return "it is for the account " + accounts[0]
	}
	return ""
}

func isURI(s string) bool {
	_, err := url.Parse(s)
	return err == nil
}

func otherMethod(_ *CAA, q CAAQuestion, r CAARecord) string {
	lists := ReadIssue(r.Value).all("validationmethods")
	switch {
	case len(lists) == 0:
		return ""
	case len(lists) > 1:
		return "it names validationmethods more than once"
	}
	for m := range strings.SplitSeq(lists[0], ",") {
		switch {
		case !methodLabel.MatchString(m):
			return "its validationmethods has " + strconv.Quote(m) + " in it, which is no method's name"
		case probes.Method(m) == q.Method:
			return ""
		}
	}
	return "it permits " + lists[0] + " only"
}
