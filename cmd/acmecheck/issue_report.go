package main

// This file tells an order to the judges, and makes its report.

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

type arrival = checks.Arrival

// report is what came of an order, joined with what was seen from here.
func (e *errand) report(out outcome) *report.Report {
	o := e.told(out)
	x := e.examine(e.policy)
	x.judged.Order = &o
	if e.seen == nil {
		e.seen = &sights{began: o.Began}
	}
	r := x.judge(e.seen)
	r.Notes = append(append(r.Notes, e.notes...), out.notes...)
	r.Issuance = judge.Issuance(o, e.policy, certificate(out))
	r.Run.DurationMS = time.Since(r.Run.StartedAt).Milliseconds()
	e.settle(r, out)
	if c := r.Issuance; c != nil && c.Certificate != nil && !out.conn.isTrusted(e) {
		r.Notes = append(r.Notes, "test CA: browsers do not trust this certificate")
	}
	return r
}

// settle gives a report the end of the order: the CA's word is the last.
func (e *errand) settle(r *report.Report, out outcome) {
	switch {
	case out.err != nil, full(out.near):
		var verdicts []report.Verdict
		for _, t := range r.Targets {
			verdicts = append(verdicts, t.Verdict)
		}
		worst := report.Worst(verdicts...)
		r.Ready, r.Exit = worst.Ready(), e.exit(out)
		if len(verdicts) > 0 && r.Exit.Code == exitCannotTell { // what was seen from here may be worse
			r.Exit = report.WorstExit(r.Exit, e.ended(worst, out))
		}
	case out.early:
		r.Issuance, r.Exit = nil, report.Exit{Reason: "ok"}
		r.Notes = append(r.Notes, "the certificate is not due for renewal; nothing was ordered")
	case e.rehearsal && out.told.IsZero():
		r.Exit, r.Ready = e.gate.ExitOf(report.CannotTell, 0), nil
		r.Notes = append(r.Notes, "the CA did not look: it relied on a proof from before, which could not be given up")
	case len(out.result.Trace) > 0:
		r.Exit, r.Ready = e.gate.ExitOf(report.WouldIssue, r.Summary.Warning), report.WouldIssue.Ready()
	}
}

// ended is what the judges made of an order without a clear refusal: it may
// have been one, where only our name was in trouble.
func (e *errand) ended(worst report.Verdict, out outcome) report.Exit {
	r, _ := issue.RefusalOf(out.err)
	if worst == report.WouldNot && r.Problem != nil {
		return e.gate.Ended(report.ExitRefused, time.Time{})
	}
	return e.gate.ExitOf(worst, 0)
}

func (c *connection) isTrusted(e *errand) bool {
	t := e.trusted()
	return t == nil || *t
}

// told is an order as the judges see it.
func (e *errand) told(out outcome) checks.Order {
	o := checks.Order{
		CA: e.called(), Directory: e.directory(), Trusted: e.trusted(), Rehearsal: e.rehearsal, Served: e.hand.watched(),
		Sent: !out.told.IsZero(), Began: out.began, Arrived: out.came, Credentials: e.key,
		Exchanges: exchanged(out),
	}
	if out.conn != nil && out.conn.CA != nil {
		o.Directory = out.conn.Directory
	}
	for _, n := range out.near {
		o.Near = append(o.Near, checks.Limit{Name: fmt.Sprintf("%s per %s, for %s", n.Limit.Event, n.Limit.Per, n.Subject), Used: n.Used, Most: n.Limit.Most, Free: n.Free})
	}
	if bad, ok := errors.AsType[*issue.Error](out.err); ok {
		o.Problem, o.Fault, o.RetryAt = bad.Problem, bad.Fault, bad.RetryAfter
	}
	if r, ok := issue.RefusalOf(out.err); ok && r.Problem != nil {
		o.Problem = r.Problem
	}
	o.Stage = stageOf(o)
	for _, a := range out.result.Authorizations {
		if len(a.Records) > 0 && (len(o.Records) == 0 || a.Problem != nil) {
			o.Records = recordsOf(a.Records)
		}
	}
	return o
}

// stageOf is what the exchange with the problem was for.
func stageOf(o checks.Order) string {
	stage := ""
	if o.Problem == nil {
		return stage
	}
	for _, s := range o.Exchanges {
		x, _ := s.Fact.(probes.Exchange)
		if stage = x.What; x.Problem != nil && x.Problem.Detail == o.Problem.Detail {
			break
		}
	}
	return stage
}

// exchanged are the exchanges with the CA, also of an order that never was.
func exchanged(out outcome) []probes.Step {
	var all []probes.Step
	switch {
	case len(out.result.Trace) > 0:
		all = out.result.Trace
	case out.conn != nil && out.conn.CA != nil:
		all = out.conn.Recorder().Steps()
	}
	return slices.DeleteFunc(slices.Clone(all), func(s probes.Step) bool {
		_, ok := s.Fact.(probes.Exchange)
		return !ok
	})
}

func recordsOf(rs []issue.ValidationRecord) []checks.ValidationRecord {
	var out []checks.ValidationRecord
	for _, r := range rs {
		x := checks.ValidationRecord{URL: r.URL, Hostname: r.Hostname, Port: r.Port, AddressesResolved: texts(r.AddressesResolved), AddressesTried: texts(r.AddressesTried)}
		if r.AddressUsed.IsValid() {
			x.AddressUsed = r.AddressUsed.String()
		}
		out = append(out, x)
	}
	return out
}

func texts(as []netip.Addr) []string {
	var out []string
	for _, a := range as {
		out = append(out, a.String())
	}
	return out
}

// certificate is what was issued; nil: nothing.
func certificate(out outcome) *report.Certificate {
	leaf := out.result.Leaf()
	if leaf == nil || out.files == nil {
		return nil
	}
	return &report.Certificate{Serial: fmt.Sprintf("%x", leaf.SerialNumber), NotAfter: leaf.NotAfter.UTC(), SANs: names(leaf), Files: out.files}
}
