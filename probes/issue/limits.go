package issue

// This file holds the limits that CAs publish, and says how near we are to
// them by our own count. It is data and pure functions.

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/acmecheck/acmecheck/probes"
)

// An Event is what a limit counts.
type Event string

// The events.
const (
	Ordered Event = "order"       // an order was placed
	Failed  Event = "failure"     // a validation failed
	Issued  Event = "certificate" // a certificate was issued
)

// A Per is what a limit is counted for.
type Per string

// What limits are counted for.
const (
	PerAccount    Per = "account"
	PerIdentifier Per = "identifier" // and account
	PerDomain     Per = "domain"     // registered domain, whoever asks
	PerSet        Per = "set"        // exact set of identifiers, whoever asks
)

// A Limit is a bucket that holds Most and refills evenly over Within.
type Limit struct {
	Event  Event
	Per    Per
	Most   int
	Within time.Duration
	// Renewals says that an order that replaces a certificate counts too.
	Renewals bool
}

// Limits are those of a CA.
type Limits struct {
	Name   string
	Limits []Limit
	Source string
	Read   string // date
}

const week = 7 * 24 * time.Hour

// LetsEncryptLimits are those of production. Orders that replace a certificate
// (RFC 9773) are exempt from all of them.
var LetsEncryptLimits = Limits{
	Name: "Let's Encrypt",
	Limits: []Limit{
		{Event: Failed, Per: PerIdentifier, Most: 5, Within: time.Hour, Renewals: true},
		{Event: Ordered, Per: PerAccount, Most: 300, Within: 3 * time.Hour},
		{Event: Issued, Per: PerDomain, Most: 50, Within: week},
		{Event: Issued, Per: PerSet, Most: 5, Within: week},
	},
	Source: "https://letsencrypt.org/docs/rate-limits/", Read: "2026-08-21",
}

// StagingLimits are those of Let's Encrypt's staging environment. Of its limits
// on certificates, 30,000 a second and 30,000 a week, nobody reaches one.
var StagingLimits = Limits{
	Name: "Let's Encrypt staging",
	Limits: []Limit{
		{Event: Failed, Per: PerIdentifier, Most: 200, Within: time.Hour, Renewals: true},
		{Event: Ordered, Per: PerAccount, Most: 1500, Within: 3 * time.Hour},
		{Event: Issued, Per: PerSet, Most: 30_000, Within: week},
	},
	Source: "https://letsencrypt.org/docs/staging-environment/", Read: "2026-08-21",
}

// LimitsOf are the limits of the CA with a directory; none are known of most.
func LimitsOf(directory string) Limits {
	switch {
	case Production(directory):
		return LetsEncryptLimits
	case strings.HasPrefix(directory, "https://acme-staging-v02.api.letsencrypt.org/"):
		return StagingLimits
	}
	return Limits{}
}

// A Plan is what somebody is about to do.
type Plan struct {
	Directory   string
	Account     string // URL
	Identifiers []probes.Identifier
	Replaces    bool
}

// A Nearness is how full one bucket is.
type Nearness struct {
	Limit   Limit
	Subject string // identifier, domain, set or account
	Used    int    // of Most, at the time
	// Free is when the next event fits: the time asked about, or later.
	Free time.Time
}

// Reached reports whether the next event would be refused.
func (n Nearness) Reached() bool { return n.Used >= n.Limit.Most }

// Last reports whether one more event fits, and no second.
func (n Nearness) Last() bool { return n.Used == n.Limit.Most-1 }

// Near says how near a plan is to the limits at a time, by our own records: the
// CA may know of more. Buckets that are empty are left out; the fullest come
// first.
func (l Limits) Near(records []Entry, p Plan, now time.Time) []Nearness {
	var out []Nearness
	for _, limit := range l.Limits {
		if p.Replaces && !limit.Renewals {
			continue
		}
		for _, subject := range limit.subjects(p) {
			n := limit.fill(records, p, subject, now)
			if n.Used > 0 {
				out = append(out, n)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Nearness) int {
		return b.Used*a.Limit.Most - a.Used*b.Limit.Most
	})
	return out
}

// fill replays the events of one bucket. Let's Encrypt's limits are leaky: a
// place becomes free every Within/Most, and not all at once when a window ends
// (Boulder ratelimits/gcra.go).
func (limit Limit) fill(records []Entry, p Plan, subject string, now time.Time) Nearness {
	each := limit.Within / time.Duration(limit.Most)
	var empty time.Time // when the bucket will be empty
	for _, e := range records {
		if e.At.After(now) || !limit.counts(e, p, subject) {
			continue
		}
		if empty.Before(e.At) {
			empty = e.At
		}
		empty = empty.Add(each)
	}
	out := Nearness{Limit: limit, Subject: subject, Free: now}
	if left := empty.Sub(now); left > 0 && !empty.IsZero() {
		out.Used = int((left + each - 1) / each)
	}
	if free := empty.Add(each - limit.Within); out.Reached() && free.After(now) {
		out.Free = free
	}
	return out
}

// counts reports whether an entry falls into the bucket of a subject.
func (limit Limit) counts(e Entry, p Plan, subject string) bool {
	if e.Event != limit.Event || e.Directory != p.Directory || e.Replaces && !limit.Renewals {
		return false
	}
	account := limit.Per == PerAccount || limit.Per == PerIdentifier
	if account && e.Account != p.Account {
		return false
	}
	return slices.Contains(limit.subjects(Plan{Account: e.Account, Identifiers: e.Identifiers}), subject)
}

// subjects are those of a limit that a plan is about.
func (limit Limit) subjects(p Plan) []string {
	var out []string
	switch limit.Per {
	case PerAccount:
		return []string{p.Account}
	case PerSet:
		return []string{set(p.Identifiers)}
	case PerIdentifier:
		for _, id := range p.Identifiers {
			out = append(out, strings.TrimPrefix(strings.ToLower(string(id)), "*."))
		}
	case PerDomain:
		for _, id := range p.Identifiers {
			out = append(out, registered(id))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// set is a set of identifiers, whatever their order.
func set(ids []probes.Identifier) string {
	var out []string
	for _, id := range ids {
		out = append(out, strings.ToLower(string(id)))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// registered is the registered domain of a name: what a CA counts addresses and
// suffixes for is themselves (Boulder ratelimits/utilities.go).
func registered(id probes.Identifier) string {
	name := strings.TrimPrefix(strings.ToLower(string(id)), "*.")
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil && !id.IsIP() {
		return domain
	}
	return name
}
