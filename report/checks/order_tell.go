package checks

// This file has the sentences and the evidence about an order that several
// checks share. The CA's own text is not among them: a report shows it beside.

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// FromCA is the probe of evidence that a CA gave, or that arrived while it
// looked: it is told in the report's issuance.
const FromCA = "ca"

const (
	docsLimits  = "https://letsencrypt.org/docs/rate-limits/"
	docsStaging = "https://letsencrypt.org/docs/staging-environment/"
	rfcErrors   = "https://www.rfc-editor.org/rfc/rfc8555#section-6.7"
)

// ca is how a CA is named in a sentence.
func (o Order) ca() string { return cmp.Or(o.CA, host(o.Directory), "the CA") }

// refusing is the exchange that showed the CA's problem: the last that has one,
// or the last at all, since an authorization's is in its object.
func (o Order) refusing() *Step {
	for i := range o.Exchanges {
		s := &o.Exchanges[len(o.Exchanges)-1-i]
		if x, ok := s.Fact.(probes.Exchange); ok && x.Problem != nil && x.Problem.Short() != "badNonce" {
			return s
		}
	}
	if n := len(o.Exchanges); n > 0 {
		return &o.Exchanges[n-1]
	}
	return nil
}

// exchanged is evidence of one exchange with the CA.
func (o Order) exchanged(s *Step) report.Evidence {
	if s == nil {
		return report.Evidence{Probe: FromCA, Field: "directory", Text: o.Directory}
	}
	x, _ := s.Fact.(probes.Exchange)
	e := report.Evidence{Probe: FromCA, Step: report.Natural(s.ID), Field: x.What}
	switch {
	case s.Fault != nil:
		e.Text = fmt.Sprintf("%s %s: %s", x.Method, x.URL, faultDetail(s.Fault))
	case x.RetryAfter != "":
		e.Text = fmt.Sprintf("%s %s: %d, Retry-After: %s", x.Method, x.URL, x.Status, x.RetryAfter)
	default:
		e.Text = fmt.Sprintf("%s %s: %d", x.Method, x.URL, x.Status)
	}
	return e
}

// faultDetail is a fault in words, with the error's own where ours are few.
func faultDetail(f *probes.Fault) string {
	words := FaultWords(f)
	if f.Detail == "" || words == f.Detail {
		return cmp.Or(words, string(f.Kind))
	}
	return words + " (" + f.Detail + ")"
}

// arrivals is evidence of what arrived here while the CA looked. ok is false where
// somebody else answers, so that it is not known.
func (in *In) arrivals() (e report.Evidence, ok bool) {
	o := in.Options.Order
	if o == nil || !o.Served {
		return report.Evidence{}, false
	}
	requests, addresses := o.Tokens()
	text := fmt.Sprintf("%s arrived here", counted(requests, "request"))
	switch {
	case addresses == 1 && requests > 1:
		text += ", from 1 address"
	case addresses > 1:
		text += fmt.Sprintf(", from %d addresses", addresses)
	}
	return report.Evidence{Probe: FromCA, Field: "arrived", Text: text}, true
}

// validating is how long the CA looked: from when it was told to until it said
// what came of it; 0: not known.
func (o Order) validating() time.Duration {
	var from, to time.Duration
	begun := false
	for _, s := range o.Exchanges {
		x, _ := s.Fact.(probes.Exchange)
		switch {
		case x.What == "challenge" && !begun:
			from, begun = s.At, true
		case begun && (x.What == "poll" || x.What == "challenge" || x.What == "authorization"):
			to = s.At + s.Took
		}
	}
	return max(0, to-from)
}

// overLimit is what a CA has too much of: "too many failed authorizations".
var overLimit = regexp.MustCompile(`too many [a-z ]*[a-z]`)

// limitName is which limit is reached, in the CA's words.
func limitName(p *probes.ACMEProblem) string {
	return cmp.Or(overLimit.FindString(p.Detail), "too many requests")
}

// retryText is how Boulder says when (ratelimits/limiter.go).
var retryText = regexp.MustCompile(`retry after (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC`)

// Free is when the CA is to be asked again; zero: it did not say.
func (o Order) Free() time.Time {
	if !o.RetryAt.IsZero() || o.Problem == nil {
		return o.RetryAt
	}
	if m := retryText.FindStringSubmatch(o.Problem.Detail); m != nil {
		if t, err := time.Parse(time.DateTime, m[1]); err == nil {
			return t
		}
	}
	return time.Time{}
}

// moment is a time as people write it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func portNumber(p uint16) string { return strconv.Itoa(int(p)) }
