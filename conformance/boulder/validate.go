package boulder

// This file puts a world's question to a VA and translates the answer.

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	corepb "github.com/letsencrypt/boulder/core/proto"
	bgrpc "github.com/letsencrypt/boulder/grpc"
	"github.com/letsencrypt/boulder/va"
	vapb "github.com/letsencrypt/boulder/va/proto"

	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// Validate does what the RA does with a challenge: domain control first, then
// CAA, each within its own time limit. Its verdict lacks MPIC. An error is a
// failure of the VA itself, never a refusal.
func Validate(ctx context.Context, w *world.World, v *va.ValidationAuthorityImpl) (*verdict.Verdict, error) {
	q, err := ask(w)
	if err != nil {
		return nil, err
	}
	out := &verdict.Verdict{World: w.Name, Boulder: Version(), Records: []verdict.Record{}}
	start := time.Now()
	if w.Check != "caa" {
		if err := q.dcv(ctx, v, out); err != nil {
			return nil, err
		}
	}
	// CAA does not apply to IP addresses (RFC 8738 §7).
	if out.Problem == nil && w.Check != "dcv" && !w.IsIP() {
		if err := q.caa(ctx, v, out); err != nil {
			return nil, err
		}
	}
	out.Millis = time.Since(start).Milliseconds()
	out.Valid = out.Problem == nil
	return out, nil
}

// A question is a world's, in the CA's words.
type question struct {
	*world.World
	identifier *corepb.Identifier
	account    int64
}

func ask(w *world.World) (*question, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(w.Account, accountPrefix), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("account %s is not %s and a number", w.Account, accountPrefix)
	}
	q := &question{w, &corepb.Identifier{Type: "dns", Value: w.Identifier}, id}
	if w.IsIP() {
		q.identifier.Type = "ip"
	}
	return q, nil
}

func (q *question) dcv(ctx context.Context, v *va.ValidationAuthorityImpl, out *verdict.Verdict) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit-Overhead)
	defer cancel()
	res, err := v.DoDCV(ctx, &vapb.PerformValidationRequest{
		Identifier:               q.identifier,
		Challenge:                &corepb.Challenge{Type: q.Method, Status: "pending", Token: q.Token},
		Authz:                    &vapb.AuthzMeta{Id: 1, RegID: q.account},
		ExpectedKeyAuthorization: q.KeyAuthorization(),
	})
	if err != nil {
		return err
	}
	out.Problem = Problem(res.Problem)
	for _, r := range res.Records {
		rec, err := record(r)
		if err != nil {
			return err
		}
		out.Records = append(out.Records, rec)
	}
	return nil
}

func (q *question) caa(ctx context.Context, v *va.ValidationAuthorityImpl, out *verdict.Verdict) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit-Overhead)
	defer cancel()
	res, err := v.DoCAA(ctx, &vapb.IsCAAValidRequest{
		Identifier: q.identifier, ValidationMethod: q.Method, AccountURIID: q.account, AuthzID: 1,
	})
	if err != nil {
		return err
	}
	out.Problem = Problem(res.Problem)
	out.CAA = &verdict.CAA{Valid: out.Problem == nil, Problem: out.Problem}
	return nil
}

// Problem translates the VA's problem. Nil stays nil.
func Problem(p *corepb.ProblemDetails) *verdict.Problem {
	if p == nil {
		return nil
	}
	return &verdict.Problem{Type: p.ProblemType, Detail: verdict.Normalize(p.Detail)}
}

func record(pb *corepb.ValidationRecord) (verdict.Record, error) {
	r, err := bgrpc.PBToValidationRecord(pb)
	if err != nil {
		return verdict.Record{}, fmt.Errorf("validation record: %w", err)
	}
	out := verdict.Record{URL: r.URL, Hostname: r.Hostname, Port: r.Port}
	for _, a := range r.AddressesResolved {
		out.AddressesResolved = append(out.AddressesResolved, a.String())
	}
	if r.AddressUsed.IsValid() {
		out.AddressUsed = r.AddressUsed.String()
	}
	return out, nil
}
