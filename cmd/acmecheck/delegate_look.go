package main

// This file looks at challenge names, many at a time but gently on each domain.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A delegateFinding is what is at a name's challenge name, and how that stands
// to the plan.
type delegateFinding struct {
	name  delegation.Name
	class delegation.Class
	found delegation.Found
}

// A delegateLooker looks at names. It is used once.
type delegateLooker struct {
	plan   delegation.Plan
	net    *wire.Net
	jobs   int
	giveUp context.CancelCauseFunc // called with errSilent

	heard  atomic.Bool  // the resolver has answered
	faults atomic.Int64 // look-ups without an answer so far
}

// perDomain is how many names of a registered domain are looked at at a time:
// they are all asked of the same few servers of a customer.
const perDomain = 2

// enoughFaults is after how many look-ups without any answer a resolver is taken for
// dead, so that a long list does not wait for each of its names.
const enoughFaults = 64

var errSilent = errors.New("the resolver does not answer")

// lookAt looks at every name, and returns the findings in their order. What it
// does not come to, since ctx ends, is unknown.
func (k *delegateLooker) lookAt(ctx context.Context, names []delegation.Name) []delegateFinding {
	out := make([]delegateFinding, len(names))
	queue := make(chan []int)
	var wg sync.WaitGroup
	for range k.jobs {
		wg.Go(func() {
			for lane := range queue {
				for _, i := range lane {
					f := k.look(ctx, names[i])
					out[i] = delegateFinding{names[i], k.plan.Classify(names[i], f), f}
				}
			}
		})
	}
	for _, lane := range lanes(names) {
		queue <- lane
	}
	close(queue)
	wg.Wait()
	return out
}

// lanes divides names, by their index, into rows to be looked at one after the
// other. The names of a registered domain are in at most perDomain rows.
func lanes(names []delegation.Name) [][]int {
	type domain struct {
		rows [perDomain]int
		seen int // of its names so far
	}
	var out [][]int
	domains := map[string]domain{}
	for i, n := range names {
		d := domains[domainOf(n)]
		at := d.seen % perDomain
		if d.seen < perDomain {
			d.rows[at] = len(out)
			out = append(out, nil)
		}
		out[d.rows[at]] = append(out[d.rows[at]], i)
		d.seen++
		domains[domainOf(n)] = d
	}
	return out
}

// domainOf is the name that somebody has to have registered. Of a name that is
// itself a public suffix, or under none, it is the name.
func domainOf(n delegation.Name) string {
	if d := policy.Registrable(string(n)); d != "" {
		return d
	}
	return string(n)
}

// look finds out what is at a name's challenge name. It asks for TXT first: a
// resolver that has the CNAME in its cache would follow it, and not see a TXT
// record beside it. Mostly the answer shows the CNAME on its way. What is
// wrong where that leads is not our question here.
func (k *delegateLooker) look(ctx context.Context, n delegation.Name) delegation.Found {
	l, fault := k.ask(ctx, n.Challenge(), "TXT")
	f := delegation.Found{CNAME: aliases(l), TXT: policy.TXTValues(itself(l))}
	if len(f.CNAME) == 0 && (len(f.TXT) > 0 || whyFailed(l, fault) != "") {
		l, fault = k.ask(ctx, n.Challenge(), "CNAME")
		f.CNAME = aliases(l)
	}
	if len(f.CNAME) > 0 {
		return f
	}
	f.Failed = whyFailed(l, fault)
	if f.Failed == "" && l.RCode == "NXDOMAIN" {
		l, fault = k.ask(ctx, domainOf(n), "SOA")
		f.NoDomain, f.Failed = l.RCode == "NXDOMAIN", whyFailed(l, fault)
	}
	return f
}

func (k *delegateLooker) ask(ctx context.Context, name, kind string) (probes.Lookup, *probes.Fault) {
	l, fault := k.net.Lookup(ctx, probes.Lookup{Name: name, Type: kind}, lookFor)
	switch {
	case fault == nil:
		k.heard.Store(true)
	case !k.heard.Load() && k.faults.Add(1) == enoughFaults:
		k.giveUp(errSilent)
	}
	return l, fault
}

// whyFailed says why a look-up tells nothing; empty: it does.
func whyFailed(l probes.Lookup, fault *probes.Fault) string {
	switch {
	case fault != nil && fault.Kind == probes.FaultCanceled:
		return "not looked up: interrupted"
	case fault != nil:
		return fmt.Sprintf("no answer (%s)", fault.Kind)
	case l.RCode == "NXDOMAIN", l.RCode == "NOERROR" && !l.TC:
		return ""
	case l.RCode == "NOERROR":
		return "a truncated answer"
	case l.EDE != nil && l.EDE.Text != "":
		return fmt.Sprintf("%s: %s", l.RCode, l.EDE.Text)
	}
	return l.RCode
}

// itself is a look-up without the records of the names it leads to.
func itself(l probes.Lookup) probes.Lookup {
	var own []probes.Record
	for _, r := range l.Answers {
		if strings.EqualFold(strings.TrimSuffix(r.Name, "."), l.Name) {
			own = append(own, r)
		}
	}
	l.Answers = own
	return l
}

// aliases are the targets of the CNAME records at the name itself.
func aliases(l probes.Lookup) []string {
	var out []string
	for _, r := range itself(l).Answers {
		if r.Type == "CNAME" {
			out = append(out, r.Data)
		}
	}
	return out
}
