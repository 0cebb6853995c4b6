package run

import (
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Answers are what the servers of a target are expected to answer.
type Answers struct {
	Token string // never empty
	// KeyAuthorization is the right answer to Token; empty: nobody knows it.
	KeyAuthorization string
	Proof            probes.Proof // how much it shows
	// Methods are those for which the answer is in place; nil: all.
	Methods []probes.Method
	TXT     string // the value expected of dns-01; empty: that of KeyAuthorization
	Account string // the account's URL; empty: not known
}

// Plan says what to ask about a target: the methods that its user named and,
// for information, the others that fit and that the CA knows; and for each that decides, whether CAA
// permits it. If none was named, http-01 decides for names and addresses, and
// dns-01 for wildcards. Where the CA refuses before it looks, only the question
// that shows it is left.
func Plan(t probes.Target, a Answers, p *policy.Policy) []probes.Question {
	decisive := t.Methods
	if len(decisive) == 0 {
		decisive = []probes.Method{Usual(t.Identifier)}
		if t.All {
			decisive = fitting(t.Identifier, a)
		}
	}
	var out []probes.Question
	for _, m := range decisive {
		if m != probes.CAA {
			out = append(out, a.question(t.Identifier, m, true))
		}
	}
	for _, m := range decisive {
		if m == probes.CAA || !t.Identifier.IsIP() {
			out = append(out, caa(t.Identifier, m, a))
		}
	}
	if len(t.Methods) == 0 {
		for _, m := range fitting(t.Identifier, a) {
			if !slices.Contains(decisive, m) && p.Knows(m) {
				out = append(out, a.question(t.Identifier, m, false))
			}
		}
	}
	return sensible(out, p)
}

// sensible leaves out what the CA would not come to: CAA for a method that it
// refuses, and more than one word about an identifier that it refuses.
func sensible(qs []probes.Question, p *policy.Policy) []probes.Question {
	no := map[probes.Method]bool{}
	for _, q := range qs {
		no[q.Task.Method] = q.Task.Method != probes.CAA && refused(q, p)
	}
	out := slices.DeleteFunc(slices.Clone(qs), func(q probes.Question) bool { return no[q.Task.For] })
	if !slices.ContainsFunc(out, func(q probes.Question) bool { return !no[q.Task.Method] }) {
		return out[:1]
	}
	return out
}

// Usual is the method by which most validate an identifier.
func Usual(id probes.Identifier) probes.Method {
	if id.Wildcard() {
		return probes.DNS01
	}
	return probes.HTTP01
}

// fitting are the methods that can validate an identifier at all, and about
// which enough is known to ask: the account methods need an account.
func fitting(id probes.Identifier, a Answers) []probes.Method {
	var out []probes.Method
	for _, m := range probes.Methods {
		switch m {
		case probes.HTTP01, probes.TLSALPN01:
			if !id.Wildcard() {
				out = append(out, m)
			}
		case probes.DNS01:
			if !id.IsIP() {
				out = append(out, m)
			}
		case probes.DNSAccount01, probes.DNSPersist01:
			if !id.IsIP() && a.Account != "" {
				out = append(out, m)
			}
		case probes.CAA: // no challenge
		}
	}
	return out
}

// caa asks whether CAA permits a method. Addresses have no CAA: no record can
// stand against them.
func caa(id probes.Identifier, m probes.Method, a Answers) probes.Question {
	if m == probes.CAA {
		m = Usual(id)
	}
	q := a.question(id, probes.CAA, true)
	q.Task.For = m
	return q
}

// question asks about one method, with whatever answer is in place for it.
func (a Answers) question(id probes.Identifier, m probes.Method, decisive bool) probes.Question {
	q := probes.Question{Proof: a.Proof, Decisive: decisive, Task: probes.Task{Method: m, Identifier: id, Token: a.Token, Account: a.Account}}
	switch {
	case m == probes.CAA, m == probes.DNSPersist01: // no secret is needed
		q.Proof = probes.ProofToken
	case m == probes.DNS01 && a.TXT != "":
		q.Task.TXT, q.Proof = a.TXT, probes.ProofTXT
	case a.Methods != nil && !slices.Contains(a.Methods, m):
		q.Proof = probes.ProofPath
	default:
		q.Task.KeyAuthorization = a.KeyAuthorization
	}
	return q
}

// refused reports that the CA refuses before anything is sent.
func refused(q probes.Question, p *policy.Policy) bool {
	d := p.Decide(probes.Given{Task: q.Task, Proof: q.Proof, Order: true}, probes.Trace{}.Replay())
	return !d.Undecided && !d.Valid && d.Step == 0 && len(d.Records) == 0
}
