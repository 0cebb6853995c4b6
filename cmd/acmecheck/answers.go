package main

// This file prepares what the servers of a target are expected to answer.

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/run"
)

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// answers prepares what the servers are to answer, and where we serve it
// ourselves, served tells what was asked. Without an answer nobody knows the
// token, and all that can be shown is that the way is clear. done takes away
// what was put in place.
func (o *checkOptions) answers(ctx context.Context) (a run.Answers, served func() probes.Served, done func(), err error) {
	a = run.Answers{Token: random(), Proof: probes.ProofPath, TXT: o.txt, Account: o.account}
	done = func() {}
	given := o.token != "" || o.ka != ""
	switch {
	case o.webroot != "" && o.serve, given && (o.webroot != "" || o.serve):
		err = usage("--webroot, --serve and --token exclude each other").try("choose one: --webroot DIR is for a running web server")
	case given && !tokenForm.MatchString(o.token):
		err = usage("--token takes 43 characters of A-Z a-z 0-9 - _").try("leave it away to check with a random token")
	case given && o.ka == "":
		a.Token = o.token
	case given:
		a.Token, a.KeyAuthorization, a.Proof = o.token, o.ka, probes.ProofToken
	case o.webroot != "":
		a.KeyAuthorization, a.Proof = a.Token+"."+random(), probes.ProofWebroot
		done, err = writeToken(o.webroot, a)
	case o.serve:
		served, done, err = o.served(ctx, &a)
	}
	return a, served, done, err
}

// served puts a server of ours on port 80, unless another has it: that one
// does not know our token.
func (o *checkOptions) served(ctx context.Context, a *run.Answers) (served func() probes.Served, done func(), err error) {
	a.KeyAuthorization, a.Proof = a.Token+"."+random(), probes.ProofServe
	served, done, err = serveToken(ctx, *a)
	if err == nil && served().Taken != "" {
		a.KeyAuthorization, a.Proof = "", probes.ProofPath
		return served, func() {}, nil
	}
	return served, done, err
}
