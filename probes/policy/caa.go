package policy

// This file decides by CAA: the climb from the name to its top-level domain,
// and which set of records counts (Boulder va/caa.go; RFC 8659 §3). What a
// single record says is caarecord.go's.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// CAA is how a CA reads CAA records. The zero value reads none.
type CAA struct {
	// Issuer is the name by which records permit this CA; empty: it does not
	// look at CAA.
	Issuer string
	// Accounts are the prefixes of an account's URL, the first today's; the
	// number behind them is the account's.
	Accounts []string
	// Known are the tags, in lower case, that it understands; another one with
	// a bit of Critical set forbids.
	Known    []string
	Critical uint8
	Rules    []CAARule // that a record has to pass to permit, in order
	Source   string
}

// A caa is one CAA check under way.
type caa struct{ validation }

func (p *Policy) caa(g probes.Given, look probes.Look) Decision {
	v := caa{p.validation(g, look)}
	if p.CAA.Issuer == "" {
		v.d.Valid = true
		return v.d
	}
	v.run()
	v.d.Spent = v.clock.spent
	return v.d
}

// run asks for all names at once and goes by the nearest that has records. An
// error on the way there may hide some, so it forbids.
func (v *caa) run() {
	var asks []probes.Ask
	for _, name := range CAANames(v.given.Identifier) {
		asks = append(asks, v.query(name, "CAA", 0))
	}
	steps := v.ask(asks...)
	if cutOff(steps...) {
		v.undecided()
		return
	}
	for _, s := range steps {
		l := lookupOf(s)
		v.d.Target = l.Name
		if why := v.p.caaLookup(l, s.Fault); why != "" {
			v.d.Fault = s.Fault
			rule := RuleCAALookup
			if l.TC {
				rule = RuleCAATruncated
			}
			v.stop(rule, v.p.Says.CAA.While(v.given.Identifier, problem(DNS, why)))
			return
		}
		if set := CAARecords(l); len(set) > 0 {
			v.d.Found = l.Name
			v.judge(set)
			return
		}
	}
	v.d.Valid = true
}

// judge goes by the set that was found.
func (v *caa) judge(set []CAARecord) {
	rule := v.p.CAA.Forbids(set, v.p.CAA.asks(v.given))
	if rule == RuleAccepted {
		v.d.Valid = true
		return
	}
	v.stop(rule, v.p.Says.CAA.While(v.given.Identifier, v.p.Says.CAA.Prevents(v.d.Found)))
}

// caaLookup words a failed look-up. That a name does not exist is fine, but for
// a top-level domain (bdns/dns.go LookupCAA).
func (p *Policy) caaLookup(l probes.Lookup, f *probes.Fault) string {
	switch {
	case f == nil && l.TC:
		return p.Says.CAA.Truncated(l)
	case f == nil && l.RCode == "NXDOMAIN" && strings.Contains(l.Name, "."):
		return ""
	}
	return p.Says.Lookup(p.Says.DNS, l, f)
}

// CAANames are the names whose records may decide about an identifier: itself
// without "*.", and every parent up to the top-level domain.
func CAANames(id probes.Identifier) []string {
	name := strings.TrimRight(strings.ToLower(Base(id)), ".")
	out := []string{name}
	for {
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return out
		}
		name = parent
		out = append(out, name)
	}
}

// A CAAQuestion is what records are asked about.
type CAAQuestion struct {
	Wildcard bool
	Method   probes.Method
	Accounts []string // the account's URL in every spelling; nil: it is not known, and any is taken for it
}

func (c CAA) asks(g probes.Given) CAAQuestion {
	return CAAQuestion{Wildcard: g.Identifier.Wildcard(), Method: g.For, Accounts: c.spellings(g.Account)}
}

// spellings are an account's URLs with each of the CA's prefixes.
func (c CAA) spellings(account string) []string {
	for _, prefix := range c.Accounts {
		if id, ok := strings.CutPrefix(account, prefix); ok {
			var out []string
			for _, p := range c.Accounts {
				out = append(out, p+id)
			}
			return out
		}
	}
	if account == "" {
		return nil
	}
	return []string{account}
}

// Forbids says by which rule a set of records keeps the CA from issuing;
// RuleAccepted: it does not.
func (c CAA) Forbids(set []CAARecord, q CAAQuestion) Rule {
	if slices.ContainsFunc(set, c.CriticalUnknown) {
		return RuleCAACritical
	}
	relevant := Relevant(set, q.Wildcard)
	if len(relevant) == 0 {
		return RuleAccepted
	}
	furthest := -1 // the record that came closest tells best why
	for _, r := range relevant {
		at := c.refusedAt(r, q)
		if at == len(c.Rules) {
			return RuleAccepted
		}
		furthest = max(furthest, at)
	}
	return c.Rules[furthest].Rule
}

// CriticalUnknown reports a record that the CA must understand and does not.
func (c CAA) CriticalUnknown(r CAARecord) bool {
	return r.Flag&c.Critical != 0 && !slices.Contains(c.Known, strings.ToLower(r.Tag))
}

// refusedAt is the number of the first rule that a record fails; len(c.Rules)
// for one that permits.
func (c CAA) refusedAt(r CAARecord, q CAAQuestion) int {
	i := slices.IndexFunc(c.Rules, func(rule CAARule) bool { return rule.Refuses(&c, q, r) != "" })
	if i < 0 {
		return len(c.Rules)
	}
	return i
}

// Relevant are the records of a set that decide: for a wildcard those with
// issuewild, if there are any, otherwise those with issue (RFC 8659 §4.3).
func Relevant(set []CAARecord, wildcard bool) []CAARecord {
	tagged := func(tag string) []CAARecord {
		return slices.DeleteFunc(slices.Clone(set), func(r CAARecord) bool { return !strings.EqualFold(r.Tag, tag) })
	}
	if wild := tagged("issuewild"); wildcard && len(wild) > 0 {
		return wild
	}
	return tagged("issue")
}
