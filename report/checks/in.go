package checks

// This file reads a trace once, so that a check says in a line what it looks for.

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// In is all a check may look at. It must not be changed.
type In struct {
	Trace    probes.Trace
	Given    probes.Given
	Policy   *policy.Policy
	Decision policy.Decision
	Options  Options
	Requests []Request // the CA's, in order
	Looks    []Look    // beyond the CA's path, by what they are for
	Lookups  []Step    // the CA's look-ups, in order
	// Primary is what the first perspective decided, and Remotes what the
	// others did. Decision is the CA's: Primary, or its trouble with Remotes.
	Primary policy.Decision
	Remotes []policy.Remote // nil: nobody else looked, or Primary ended it

	byWhy map[probes.Beyond][]Look // Looks, by what they are for
}

// Options are what a user declared, and what a CA said.
type Options struct {
	RequireIPv6 bool   // no IPv6 here leaves the answer open
	Order       *Order // nil: no CA was asked
}

// A Step is a step of the trace whose fact has the type that is asked for.
type Step = probes.Step

// A Request is one HTTP request of the CA. The steps it did not come to are
// nil; so are the answers in steps that failed.
type Request struct {
	N         int
	URL       *url.URL
	Dialled   *Step
	Shaken    *Step
	Fetched   *Step
	Dial      probes.Dial
	Handshake probes.Handshake
	Fetch     probes.Fetch
}

// A Look is one errand beyond the CA's path.
type Look struct {
	Why probes.Beyond
	Request
	Route  probes.Route
	Lookup probes.Lookup
	Served probes.Served
	Last   Step          // its last step
	Fault  *probes.Fault // of the last step; nil: it came to its end
}

// A Sight is the trace of a remote perspective.
type Sight = probes.Sight

// Read prepares the evidence for the checks. ok is false for a trace without
// a question.
func Read(t probes.Trace, p *policy.Policy, o Options, remotes ...Sight) (in *In, ok bool) {
	g, ok := t.Given()
	if !ok {
		return nil, false
	}
	in = &In{Trace: t, Given: g, Policy: p, Options: o, Primary: p.Decide(g, t.Replay()), byWhy: map[probes.Beyond][]Look{}}
	in.Decision = in.Primary
	in.corroborate(remotes)
	in.Looks = make([]Look, 0, errands(t))
	for i := range t {
		in.take(&t[i])
	}
	for i := range in.Requests {
		if n := in.Requests[i].N; n >= 1 && n <= len(in.Primary.Records) {
			in.Requests[i].URL = parse(in.Primary.Records[n-1].URL)
		}
	}
	slices.SortStableFunc(in.Looks, func(a, b Look) int { return strings.Compare(string(a.Why), string(b.Why)) })
	heard := slices.DeleteFunc(slices.Clone(in.Looks), in.impatient)
	for from := 0; from < len(heard); {
		to := from
		for to < len(heard) && heard[to].Why == heard[from].Why {
			to++
		}
		in.byWhy[heard[from].Why] = heard[from:to:to]
		from = to
	}
	return in, true
}

// corroborate adds what the remote perspectives decide, as the CA counts it. A
// token that nobody knows cannot be served to them either.
func (in *In) corroborate(remotes []Sight) {
	if len(remotes) == 0 || in.Primary.Undecided || !in.Primary.Valid && !in.Primary.Excused(in.Given.Proof) {
		return
	}
	d := &in.Decision
	if p := in.Policy.TooFew(len(remotes)); p != nil {
		d.Valid, d.Problem, d.Rule = false, p, policy.RuleTooFew
		return
	}
	p := in.Policy.Remotely(in.Primary.Spent)
	var counted []policy.Remote
	for _, s := range remotes {
		r := policy.Remote{Perspective: s.Name, RIR: s.RIR, Decision: policy.Decision{Undecided: true}}
		if g, ok := s.Trace.Given(); ok {
			r.Decision = p.Decide(g, s.Trace.Replay())
		}
		d.Undecided = d.Undecided || r.Decision.Undecided
		in.Remotes = append(in.Remotes, r)
		r.Decision.Valid = r.Decision.Valid || r.Decision.Excused(in.Given.Proof)
		counted = append(counted, r)
	}
	if p, rule := in.Policy.Corroborate(counted); p != nil && !d.Undecided {
		d.Valid, d.Problem, d.Rule = false, p, rule
	}
}

// errands counts those of a trace; a step beyond without a number is one of
// its own.
func errands(t probes.Trace) int {
	n, last := 0, -1
	for _, s := range t {
		if s.Beyond != "" && (s.Errand == 0 || s.Errand != last) {
			n, last = n+1, s.Errand
		}
	}
	return n
}

func parse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		return &url.URL{Opaque: s}
	}
	return u
}

func (in *In) take(s *Step) {
	switch s.Fact.(type) {
	case probes.Given:
		return
	case probes.Lookup:
		if s.Beyond == "" {
			in.Lookups = append(in.Lookups, *s)
			return
		}
	case probes.Dial:
		if s.Beyond == "" {
			in.Requests = append(in.Requests, Request{N: s.Hop, URL: &url.URL{}})
		}
	case probes.Handshake, probes.Fetch, probes.Route, probes.Served, probes.Exchange:
	}
	if s.Beyond == "" {
		if n := len(in.Requests); n > 0 {
			in.Requests[n-1].enter(s)
		}
		return
	}
	if n := len(in.Looks); n == 0 || s.Errand == 0 || in.Looks[n-1].Last.Errand != s.Errand {
		in.Looks = append(in.Looks, Look{Why: s.Beyond})
	}
	in.Looks[len(in.Looks)-1].enter(s)
}

func (r *Request) enter(s *Step) {
	switch f := s.Fact.(type) {
	case probes.Dial:
		r.Dialled, r.Dial = s, f
	case probes.Handshake:
		r.Shaken, r.Handshake = s, f
	case probes.Fetch:
		r.Fetched, r.Fetch = s, f
	case probes.Given, probes.Lookup, probes.Route, probes.Served, probes.Exchange:
	}
}

func (l *Look) enter(s *Step) {
	l.Last, l.Fault = *s, s.Fault
	switch f := s.Fact.(type) {
	case probes.Route:
		l.Route = f
	case probes.Lookup:
		l.Lookup = f
	case probes.Served:
		l.Served = f
	case probes.Given, probes.Dial, probes.Handshake, probes.Fetch, probes.Exchange:
	}
	l.Request.enter(s)
}

// Looked returns the errands of one kind, without those that gave up on a slow
// server sooner than the CA would. They must not be changed.
func (in *In) Looked(why probes.Beyond) []Look { return in.byWhy[why] }

// impatient reports a look that got no answer in a time in which the CA's own
// request may not have got one either. Errands wait less long than the CA.
func (in *In) impatient(l Look) bool {
	if l.Fetched == nil || l.Fault == nil || l.Fault.Kind != probes.FaultTimeout {
		return false
	}
	return slices.ContainsFunc(in.Requests, func(r Request) bool {
		return r.Fetched != nil && r.Fetched.Fault == nil && l.Fetched.Took < 2*r.Fetched.Took
	})
}

// First is the CA's first request; the zero Request if it made none.
func (in *In) First() Request {
	if len(in.Requests) == 0 {
		return Request{URL: &url.URL{}}
	}
	return in.Requests[0]
}

// Opening is the request by which the first URL was answered: the first one,
// or its fallback to IPv4. It is the one that is repeated beyond the CA's path.
func (in *In) Opening() Request {
	for _, r := range in.Requests {
		if r.Fetched != nil && r.URL.String() == in.First().URL.String() {
			return r
		}
	}
	return in.First()
}

// Last is the request the CA ended at; the zero Request if it made none.
func (in *In) Last() Request {
	if len(in.Requests) == 0 {
		return Request{URL: &url.URL{}}
	}
	return in.Requests[len(in.Requests)-1]
}

// Refused reports that the CA would refuse, that it would refuse a real token
// too, and that it is not because of where or how we looked.
func (in *In) Refused() bool {
	d := in.Decision
	return !d.Valid && !d.Undecided && (!d.Excused(in.Given.Proof) || in.nowhere()) && !in.Unclear() && !in.Ours()
}

// Unclear reports that the server refuses a token nobody knows in a way that a
// real one may not meet. A refusal that goes by the User-Agent is clear: the
// filter has not looked at the token.
func (in *In) Unclear() bool {
	return in.Decision.Unclear(in.Given.Proof) && !in.byAgent()
}

// Stopped reports that the CA refuses by one of the rules.
func (in *In) Stopped(rules ...policy.Rule) bool {
	return in.Refused() && slices.Contains(rules, in.Decision.Rule)
}

// Failed reports that the CA refuses because its last request failed in an
// operation (dial, handshake, read …; "" is any) in one of the ways.
func (in *In) Failed(op string, kinds ...probes.FaultKind) bool {
	f := in.Decision.Fault
	return in.Stopped(policy.RuleFault) && f != nil && (op == "" || f.Op == op) && slices.Contains(kinds, cmp.Or(f.Ended, f.Kind))
}
