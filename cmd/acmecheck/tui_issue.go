package main

// This file lets the screens order a certificate.

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/tui"
)

// offer lets the wizard order. A CA for private names is offered alone: the look
// was by what it may issue for, and the others may not.
func (s *sitting) offer() {
	s.show.Issue, s.show.Plan = s.order, s.foresee
	if s.private() {
		s.show.CAs = []tui.CA{{Name: s.ca, Title: "the CA of --ca: " + s.called()}}
		return
	}
	s.show.CAs = []tui.CA{
		{Name: "staging", Title: "Let's Encrypt's staging: the same rules, a certificate that nobody trusts"},
		{Name: "letsencrypt", Title: "Let's Encrypt: a real certificate; its limits count", Production: true},
	}
}

// foresee says what an order does here.
func (s *sitting) foresee(o tui.Order) []string {
	out := []string{fmt.Sprintf("answered by %s", s.solver.flag())}
	if t, err := s.targets(s.command(context.Background(), io.Discard), o.Targets); err == nil && len(t) > 0 {
		dir := s.dir
		if dir == "" {
			dir = folderOf(t[0].Identifier)
		}
		out = append(out, "writes cert.pem, chain.pem, fullchain.pem and privkey.pem to "+dir)
	}
	return out
}

// order is the flow of acmecheck issue. The wizard has asked for the
// confirmation.
func (s *sitting) order(ctx context.Context, o tui.Order, hear func(tui.Progress)) (*report.Report, error) {
	order := s.issueOptions
	order.ca, order.yes, order.noInput = o.CA.Name, true, true
	order.keyType = string(issue.P256)
	began := time.Now()
	c := s.command(ctx, &lineWriter{hear: func(line string) {
		hear(tui.Progress{At: time.Since(began), Text: line})
	}})
	say := func(line string) { fmt.Fprintf(c.ErrOrStderr(), "%s\n", line) }
	s.outside.Store(&say)
	defer s.outside.Store(nil)
	r, late, err := order.perform(c, o.Targets)
	switch {
	case err != nil:
		return nil, err
	case late != nil:
		hear(tui.Progress{At: time.Since(began), Text: late.Error()})
	}
	return r, nil
}
