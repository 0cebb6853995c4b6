package main

// This file issues certificates from a CA in this process, for the names of a
// lab: every step is real, and nothing leaves the machine.

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/probes/respond"
	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report/render"
)

// issueDemo is the name of the demo that orders.
const (
	issueDemo  = "issue"
	issueTitle = "certificates from a CA in this process: http-01, dns-01, tls-alpn-01"
)

// issueDemos are what is ordered, one after the other.
var issueDemos = []struct {
	method probes.Method
	id     probes.Identifier
}{
	{probes.HTTP01, "www.lab.test"},
	{probes.DNS01, "*.lab.test"},
	{probes.TLSALPN01, "mail.lab.test"},
}

// A stand is a CA with what it asks, on loopback.
type stand struct {
	town    *lab.Town
	asked   respond.Record[lab.Event]
	own     *responder
	dns     solve.Solver
	ca      *issue.CA
	account *issue.Account
	close   []func()
}

func showIssue(c *cobra.Command) error {
	ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
	defer cancel()
	s, err := newStand(ctx)
	defer s.end()
	if err != nil {
		return &exitError{code: exitLab, msg: err.Error()}
	}
	out := c.OutOrStdout()
	fmt.Fprintf(out, "A name server for lab.test, web servers, and Pebble, a test CA, in this process:\n%s\n", s.town.CA.Directory())
	for _, d := range issueDemos {
		if err := s.issue(ctx, out, d.method, d.id); err != nil {
			return &exitError{code: exitLab, msg: err.Error(), hint: solve.Hint(err)}
		}
	}
	_, err = fmt.Fprintln(out, "\nFor a name of yours: acmecheck issue example.com --webroot /var/www/html")
	return err
}

// newStand starts everything. What was started before an error is the caller's
// to end.
func newStand(ctx context.Context) (*stand, error) {
	s := &stand{own: newResponder(ports{hosts: []string{"127.0.0.1"}})}
	if _, err := s.own.listen(ctx, []probes.Method{probes.HTTP01, probes.TLSALPN01}); err != nil {
		return s, err
	}
	s.close = append(s.close, s.own.stop)
	var err error
	if s.town, err = lab.StartTown(ctx, lab.TownOptions{HTTPPort: s.own.at.http, TLSPort: s.own.at.tls, Hear: s.asked.Add}); err != nil {
		return s, err
	}
	s.close = append(s.close, s.town.Close)
	at, key := s.town.Zone.Address(), s.town.Key
	s.dns = &solve.RFC2136{
		Net: &wire.Net{Resolver: at}, Server: at.String(), Zone: "lab.test",
		Key: solve.TSIGKey{Name: key.Name, Secret: solve.Secret(base64.StdEncoding.EncodeToString(key.Secret))},
	}
	return s, s.meet(ctx)
}

// meet registers an account.
func (s *stand) meet(ctx context.Context) error {
	state, err := os.MkdirTemp("", "acmecheck-")
	if err != nil {
		return err
	}
	s.close = append(s.close, func() { _ = os.RemoveAll(state) })
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.town.CA.Bundle())
	r := &issue.Recorder{Base: issue.NewTransport(issue.TransportOptions{Roots: roots})}
	if s.ca, err = issue.Connect(ctx, issue.Options{Directory: s.town.CA.Directory(), Recorder: r}); err != nil {
		return err
	}
	s.account, err = (&issue.Store{Dir: state}).Account(ctx, s.ca, issue.Registration{AgreeTerms: true})
	return err
}

func (s *stand) end() {
	for i := range s.close {
		s.close[len(s.close)-1-i]()
	}
}

// issue orders one certificate and tells of it.
func (s *stand) issue(ctx context.Context, out io.Writer, m probes.Method, id probes.Identifier) error {
	fmt.Fprintf(out, "\n%s by %s\n", id, m)
	began := time.Now()
	f := &issue.Flow{
		CA: s.ca, Account: s.account, Targets: []probes.Target{{Identifier: id, Methods: []probes.Method{m}}},
		Solvers: map[probes.Method]solve.Solver{probes.HTTP01: s.own, probes.DNS01: s.dns, probes.TLSALPN01: s.own},
	}
	told := began
	r, err := f.Run(ctx, issue.Hooks{Before: func(g issue.Stage) {
		if g == issue.StageChallenge {
			told = time.Now()
		}
		fmt.Fprintf(out, "  %5d ms  %s\n", time.Since(began).Milliseconds(), g)
	}})
	if err != nil {
		return err
	}
	for _, q := range s.questions(told) {
		fmt.Fprintf(out, "  arrived after %d ms: a question for %s %s\n", q.At.Sub(told).Milliseconds(), q.What, render.Safe(q.Name, 80))
	}
	h := hand{own: s.own}
	for _, a := range h.arrivals(told) {
		fmt.Fprintf(out, "  arrived after %d ms: %s from %s%s\n", a.At.Milliseconds(), a.Method, a.From, asked(a))
	}
	leaf := r.Leaf()
	fmt.Fprintf(out, "  issued to %s until %s by %s\n%s", strings.Join(names(leaf), ", "), leaf.NotAfter.UTC().Format(time.RFC3339), leaf.Issuer.CommonName, r.Chain.PEM)
	return nil
}

// questions are those for TXT records since the CA was told to look.
func (s *stand) questions(told time.Time) []lab.Event {
	all, _ := s.asked.All()
	return slices.DeleteFunc(all, func(e lab.Event) bool {
		return e.Kind != lab.EventQuestion || e.What != "TXT" || e.At.Before(told)
	})
}

// asked is what an arrival of HTTP says of itself.
func asked(a arrival) string {
	if a.Path == "" {
		return ""
	}
	return fmt.Sprintf(", GET %s, %s", render.Safe(a.Path, 80), render.Safe(a.UserAgent, 80))
}
