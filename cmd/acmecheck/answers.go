package main

// This file prepares what the servers of a target are expected to answer.

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
)

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// answers are what the servers are to answer, before anything is put in place.
// Without an answer nobody knows the token, and all that can be shown is that
// the way is clear.
func (o *checkOptions) answers() (run.Answers, error) {
	a := run.Answers{Token: random(), Proof: probes.ProofPath, TXT: o.txt, Account: o.account}
	given := o.token != "" || o.ka != ""
	switch {
	case o.solver.some() > 1, given && o.solver.some() > 0:
		return a, usage("--webroot, --serve, --solver and --token exclude each other").try("choose one: --webroot DIR is for a running web server")
	case given && !tokenForm.MatchString(o.token):
		return a, usage("--token takes 43 characters of A-Z a-z 0-9 - _").try("leave it away to check with a random token")
	case given && o.ka == "":
		a.Token = o.token
	case given:
		a.Token, a.KeyAuthorization, a.Proof = o.token, o.ka, probes.ProofToken
	}
	return a, nil
}

// present has a solver put a random token in place for every question that it
// can answer. The solver's own port may be taken: then nothing is in place.
func (o *checkOptions) present(c *cobra.Command, n *wire.Net, p *policy.Policy, targets []probes.Target, a *run.Answers) (*presented, error) {
	set := &presented{out: c.ErrOrStderr(), net: n, patience: o.solver.wait}
	if o.solver.some() == 0 || o.solver.kept != nil && solve.Stays(o.solver.kept) {
		return set, nil // what stays is written once, for the CA
	}
	if o.solver.name == "persist" {
		return nil, usage("a record of dns-persist-01 is no secret: there is nothing to put in place for a look").try("acmecheck dns-persist-01@%s --account-uri URL", targets[0].Identifier)
	}
	able, proof := o.solver.answers()
	a.KeyAuthorization, a.Proof, a.Methods = a.Token+"."+random(), proof, able
	challenges, methods := answered(targets, *a, p)
	if len(challenges) == 0 {
		return nil, usage("%s answers %s, and no target asks for that", o.solver.flag(), list(able)).try("acmecheck %s@%s %s", able[0], targets[0].Identifier, o.solver.flag())
	}
	s, taken, err := o.solver.open(c, n, methods)
	switch {
	case err != nil:
		return nil, err
	case taken != "":
		a.KeyAuthorization, a.Proof, a.Methods = "", probes.ProofPath, nil
		set.served = func() probes.Served { return probes.Served{Taken: taken} }
		return set, nil
	}
	if r, ok := s.(*responder); ok {
		set.served = r.served
		if o.solver.kept == nil {
			set.stop = r.stop
		}
	}
	set.challenges, set.Set = challenges, &solve.Set{Solver: s, Net: n}
	return set, set.put(c.Context())
}

// answered are the challenges that decide and have an answer, and their methods.
func answered(targets []probes.Target, a run.Answers, p *policy.Policy) (out []solve.Challenge, methods []probes.Method) {
	for _, t := range targets {
		for _, q := range run.Plan(t, a, p) {
			m := q.Task.Method
			if !q.Decisive || m == probes.CAA || q.Proof != a.Proof {
				continue
			}
			out = append(out, challengeOf(q.Task, p))
			if !slices.Contains(methods, m) {
				methods = append(methods, m)
			}
		}
	}
	return out, methods
}

// challengeOf is what a solver is told of a task.
func challengeOf(t probes.Task, p *policy.Policy) solve.Challenge {
	c := solve.Challenge{Method: t.Method, Identifier: t.Identifier, Token: t.Token, KeyAuthorization: t.KeyAuthorization}
	if t.Method == probes.DNS01 || t.Method == probes.DNSAccount01 {
		c.TXTName, c.TXTValue = p.TXTName(t), policy.TXTDigest(t.KeyAuthorization)
	}
	return c
}

// list is methods in a sentence.
func list(ms []probes.Method) string {
	var words []string
	for _, m := range ms {
		words = append(words, string(m))
	}
	return strings.Join(words, " and ")
}
