package checks

// This file reads from the exchanges what a CA made of each name of an order:
// the CA writes that into its authorization objects (RFC 8555 §7.1.4).

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// An Authorization is what a CA made of one name.
type Authorization struct {
	URL        string
	Identifier probes.Identifier
	Method     probes.Method       // of the challenge that was answered; empty: none was, or it is not known
	Status     string              // the CA's word
	Problem    *probes.ACMEProblem // of the challenge; nil: it has none
	Records    []ValidationRecord
	Told       bool // the CA was told to look
}

// Valid reports that the CA looked, because we told it to, and was satisfied.
// An authorization of last week that it uses again says nothing about today.
func (a *Authorization) Valid() bool { return a != nil && a.Told && a.Status == "valid" }

// authorizationBody is the part of the CA's object that is read.
type authorizationBody struct {
	Identifier struct{ Value string }
	Status     string
	Wildcard   bool
	Challenges []challengeBody
}

type challengeBody struct {
	Type   probes.Method
	URL    string
	Status string
	Error  *struct {
		Type, Detail string
		Status       int
	}
	ValidationRecord json.RawMessage // CAs differ in its types
}

// Authorizations are those of an order as they were seen last, in the order of
// their first appearance.
func (o Order) Authorizations() []Authorization {
	told := map[string]bool{}
	for _, s := range o.Exchanges {
		if x, ok := s.Fact.(probes.Exchange); ok && x.What == "challenge" {
			told[x.URL] = true
		}
	}
	var out []Authorization
	for _, s := range o.Exchanges {
		x, ok := s.Fact.(probes.Exchange)
		if !ok || !bytes.Contains(x.Body, []byte(`"challenges"`)) {
			continue
		}
		var b authorizationBody
		if json.Unmarshal(x.Body, &b) != nil || b.Identifier.Value == "" {
			continue // the CA answers, and not with an authorization
		}
		a := b.authorization(x.URL, told)
		i := slices.IndexFunc(out, func(old Authorization) bool { return old.URL == a.URL })
		switch {
		case i < 0:
			out = append(out, a)
		case out[i].Status != "valid": // one that we took back afterwards was valid all the same
			out[i] = a
		}
	}
	return out
}

func (b authorizationBody) authorization(url string, told map[string]bool) Authorization {
	a := Authorization{URL: url, Identifier: probes.Identifier(b.Identifier.Value), Status: b.Status}
	if b.Wildcard {
		a.Identifier = "*." + a.Identifier
	}
	for _, c := range b.Challenges {
		if !told[c.URL] && (c.Status == "pending" || c.Status == "") {
			continue // offered, and not answered
		}
		a.Method, a.Told = c.Type, told[c.URL]
		if c.ValidationRecord != nil && json.Unmarshal(c.ValidationRecord, &a.Records) != nil {
			a.Records = nil
		}
		if e := c.Error; e != nil {
			a.Problem = &probes.ACMEProblem{Type: e.Type, Detail: e.Detail, Status: e.Status}
		}
		if a.Told {
			break
		}
	}
	return a
}

// authorization is that of the name and method of a question among all of an
// order, the last one: a rehearsal gives an old one up and orders again. mine is
// set if the order has the name, by whatever method.
func authorization(all []Authorization, g probes.Given) (found *Authorization, mine bool) {
	method := g.Method
	if method == probes.CAA {
		method = g.For
	}
	for i, a := range slices.Backward(all) {
		if !strings.EqualFold(string(a.Identifier), string(g.Identifier)) {
			continue
		}
		mine = true
		if a.Method == "" || a.Method == method {
			return &all[i], true
		}
	}
	return nil, mine
}

// Pebble reports whether the CA is the test CA, which looks from one place
// only and at no CAA (pebble va/va.go), by its name or by its terms of service
// (pebble wfe/wfe.go ToSURL).
func (o Order) Pebble() bool {
	return o.CA == "pebble" || slices.ContainsFunc(o.Exchanges, func(s Step) bool {
		x, ok := s.Fact.(probes.Exchange)
		return ok && x.What == "directory" && bytes.Contains(x.Body, []byte("Do%20what%20thou%20wilt"))
	})
}
