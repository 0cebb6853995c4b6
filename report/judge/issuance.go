package judge

// This file tells an order as the report's issuance.

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// Issuance tells an order, with the certificate that came of it, or nil. The
// policy says how many perspectives the CA's rules want. It is nil if no CA was
// asked.
func Issuance(o checks.Order, p *policy.Policy, c *report.Certificate) *report.Issuance {
	if o.Directory == "" {
		return nil
	}
	out := &report.Issuance{
		CA:        report.CA{Name: o.CA, Directory: o.Directory, Trusted: o.Trusted},
		Rehearsal: o.Rehearsal, Watched: o.Served,
		Steps: stepsOf(o), Authorizations: []report.Authorization{}, Certificate: c, Problem: problemSaid(o.Problem),
	}
	if p.MPIC.Remotes > 0 && !o.Pebble() {
		out.Perspectives = report.Natural(1 + p.MPIC.Remotes)
	}
	out.Order, out.Status = placed(o)
	for _, a := range o.Authorizations() {
		out.Authorizations = append(out.Authorizations, authorizationOf(a))
	}
	return out
}

// placed is an order's URL and the CA's last word for its state (RFC 8555
// §7.4: a new order's URL is in Location; the object itself has no URL).
func placed(o checks.Order) (url, status report.Text) {
	for _, s := range o.Exchanges {
		x, ok := s.Fact.(probes.Exchange)
		if !ok || x.Problem != nil {
			continue
		}
		if x.What == "order" && x.Location != "" {
			url = report.Text(x.Location)
		}
		var b struct {
			Status         string
			Authorizations []string
		}
		if json.Unmarshal(x.Body, &b) == nil && len(b.Authorizations) > 0 && b.Status != "" {
			status = report.Text(b.Status)
		}
	}
	return url, status
}

// stepsOf makes steps of the exchanges. A nonce is fetched, and a decision
// waited for, on behalf of what came before.
func stepsOf(o checks.Order) []report.IssuanceStep {
	out := []report.IssuanceStep{}
	var began time.Duration
	for _, s := range o.Exchanges {
		x, ok := s.Fact.(probes.Exchange)
		if !ok {
			continue
		}
		n := len(out)
		if n == 0 || x.What != out[n-1].Name && x.What != "nonce" && x.What != "poll" {
			began = s.At
			out = append(out, report.IssuanceStep{Name: x.What, CAFetches: []report.Fetch{}})
			n++
		}
		last := &out[n-1]
		last.MS = max(last.MS, (s.At + s.Took - began).Milliseconds())
		if x.What != "nonce" || s.Fault != nil {
			last.Status = statusOf(s, x)
		}
	}
	return arrivals(refusedIn(out, o), o)
}

func statusOf(s probes.Step, x probes.Exchange) string {
	switch {
	case s.Fault != nil:
		return "no_answer"
	case x.Problem != nil, x.Status >= 400:
		return "refused"
	}
	return "ok"
}

// refusedIn marks the challenge that failed: its exchanges did not, as its
// problem is in the authorization.
func refusedIn(steps []report.IssuanceStep, o checks.Order) []report.IssuanceStep {
	failed := false
	for _, a := range o.Authorizations() {
		failed = failed || a.Problem != nil
	}
	for i := range steps {
		if failed && steps[i].Name == "challenge" && steps[i].Status == "ok" {
			steps[i].Status = "refused"
		}
	}
	return steps
}

// arrivals gives what arrived to the first challenge; all are looked at at once.
func arrivals(steps []report.IssuanceStep, o checks.Order) []report.IssuanceStep {
	for i := range steps {
		if steps[i].Name != "challenge" {
			continue
		}
		for _, a := range o.Arrived {
			if a.Token {
				steps[i].CAFetches = append(steps[i].CAFetches, report.Fetch{From: a.From.Addr().String(), AtMS: a.At.Milliseconds(), UserAgent: report.Text(a.UserAgent)})
			}
		}
		break
	}
	return steps
}

func authorizationOf(a checks.Authorization) report.Authorization {
	name := strings.TrimPrefix(string(a.Identifier), "*.")
	out := report.Authorization{
		Identifier: report.Identifier{Type: a.Identifier.Type(), Value: name}, Wildcard: a.Identifier.Wildcard(),
		Method: report.Text(a.Method), Status: a.Status, Problem: problemSaid(a.Problem), Records: []report.ValidationRecord{},
	}
	for _, r := range a.Records {
		out.Records = append(out.Records, report.ValidationRecord{
			URL: report.Text(r.URL), Hostname: report.Text(r.Hostname), Port: report.Text(r.Port),
			AddressesResolved: listed(r.AddressesResolved), AddressesTried: listed(r.AddressesTried), AddressUsed: report.Text(r.AddressUsed),
		})
	}
	return out
}

// listed is a list that is written as one even if it is empty.
func listed(s []string) []string { return append([]string{}, s...) }
