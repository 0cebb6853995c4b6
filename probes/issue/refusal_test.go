package issue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
)

func says(short, detail string, parts ...probes.ACMEProblem) *probes.ACMEProblem {
	return &probes.ACMEProblem{Type: probes.ProblemNamespace + short, Detail: detail, Subproblems: parts}
}

func part(short, identifier string) probes.ACMEProblem {
	return probes.ACMEProblem{Type: probes.ProblemNamespace + short, Identifier: identifier}
}

func TestRefusalOf(t *testing.T) {
	const unpause = "https://portal.letsencrypt.org/sfe/v1/unpause?jwt=abc"
	later := time.Date(2026, 11, 21, 23, 30, 5, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		err   error
		class issue.Class
		exit  int
		retry time.Time
		url   string
		about int
	}{
		{"failed validation", &issue.Error{Stage: issue.StageWait, Status: 200, Identifier: "a.example", Problem: says("unauthorized", "wrong")}, issue.Validation, 5, time.Time{}, "", 1},
		{"rate limit with Retry-After", &issue.Error{Stage: issue.StageOrder, Status: 429, RetryAfter: later, Problem: says("rateLimited", "too many")}, issue.RateLimited, 6, later, "", 0},
		{"rate limit of Boulder", &issue.Error{Stage: issue.StageOrder, Status: 429, Problem: says("rateLimited", `too many failed authorizations (5) for "a.example" in the last 1h0m0s, retry after 2026-11-21 23:30:05 UTC: see https://letsencrypt.org/docs/rate-limits/`)}, issue.RateLimited, 6, later, "", 0},
		{"paused", &issue.Error{Stage: issue.StageOrder, Status: 429, Problem: says("rateLimited", "Your account is temporarily prevented from requesting certificates for a.example and possibly others. Please visit: "+unpause)}, issue.Paused, 5, time.Time{}, unpause, 0},
		{"busy", &issue.Error{Stage: issue.StageOrder, Status: 503, RetryAfter: later, Problem: says("rateLimited", "Service busy; retry later.")}, issue.Busy, 6, later, "", 0},
		{"terms", &issue.Error{Stage: issue.StageAccount, Status: 403, Problem: &probes.ACMEProblem{Type: probes.ProblemNamespace + "userActionRequired", Instance: "https://ca.example/agree"}}, issue.Terms, 7, time.Time{}, "https://ca.example/agree", 0},
		{"a hostile place to go", &issue.Error{Stage: issue.StageAccount, Status: 403, Problem: &probes.ACMEProblem{Type: probes.ProblemNamespace + "userActionRequired", Instance: "javascript:alert(1)"}}, issue.Terms, 7, time.Time{}, "", 0},
		{"names", &issue.Error{Stage: issue.StageOrder, Status: 400, Problem: says("rejectedIdentifier", "2 names", part("rejectedIdentifier", "a.example"), part("rejectedIdentifier", "b.example"))}, issue.Forbidden, 5, time.Time{}, "", 2},
		{"compound that agrees", &issue.Error{Stage: issue.StageOrder, Status: 400, Problem: says("compound", "", part("caa", "a.example"), part("dns", "b.example"))}, issue.Validation, 5, time.Time{}, "", 2},
		{"compound that does not", &issue.Error{Stage: issue.StageOrder, Status: 400, Problem: says("compound", "", part("caa", "a.example"), part("malformed", "b.example"))}, issue.BadRequest, 5, time.Time{}, "", 2},
		{"compound of nothing", &issue.Error{Stage: issue.StageOrder, Status: 400, Problem: says("compound", "")}, issue.BadRequest, 5, time.Time{}, "", 0},
		{"a type of nobody", &issue.Error{Stage: issue.StageOrder, Status: 500, Problem: &probes.ACMEProblem{Type: "https://ca.example/odd"}}, issue.Trouble, 3, time.Time{}, "", 0},
		{"nobody there", &issue.Error{Stage: issue.StageDirectory, Fault: &probes.Fault{Kind: probes.FaultRefused}}, issue.Unreachable, 3, time.Time{}, "", 0},
		{"not TLS", &issue.Error{Stage: issue.StageDirectory, Fault: &probes.Fault{Kind: probes.FaultPlain}}, issue.NotACME, 3, time.Time{}, "", 0},
		{"a solver", &issue.Error{Stage: issue.StagePresent, Err: errors.New("no permission")}, issue.Local, 2, time.Time{}, "", 0},
		{"a signal", &issue.Error{Stage: issue.StageAwait, Err: fmt.Errorf("waiting: %w", context.Canceled)}, issue.Interrupted, 130, time.Time{}, "", 0},
		{"wrapped", fmt.Errorf("issuing: %w", &issue.Error{Stage: issue.StageOrder, Err: issue.ErrProduction}), issue.Guarded, 7, time.Time{}, "", 0},
		{"several, the worst first", errors.Join(
			&issue.Error{Stage: issue.StageWait, Identifier: "a.example", Status: 200, Problem: says("dns", "")},
			&issue.Error{Stage: issue.StageWait, Identifier: "b.example", Status: 503},
			&issue.Error{Stage: issue.StageWait, Identifier: "c.example", Status: 200, Problem: says("caa", "")},
		), issue.Validation, 5, time.Time{}, "", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, ok := issue.RefusalOf(tt.err)
			if !ok || r.Class != tt.class || r.Class.Exit() != tt.exit || !r.Retry.Equal(tt.retry) || r.URL != tt.url || len(r.Refused) != tt.about {
				t.Errorf("%+v", r)
			}
		})
	}
	for _, err := range []error{nil, errors.New("other")} {
		if r, ok := issue.RefusalOf(err); ok {
			t.Errorf("%v is %+v", err, r)
		}
	}
}
