package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.clock.skewed",
	Severity: report.Warning,
	Title:    "this machine's clock is wrong",
	Means:    "To a clock that is slow a new certificate is not valid yet, and to one that is fast a good one has run out: connections to the CA fail, and renewals come at the wrong time.",
	Causes: []string{
		"no time service runs, or its port (UDP 123) is filtered",
		"a machine without a battery for its clock, or one that was asleep",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "Linux", Text: "switch the time service on", Snippet: "sudo timedatectl set-ntp true"},
		{For: "Windows", Text: "set the clock by the time service", Snippet: "w32tm /resync"},
	},
	Again:   "curl -sSI {url}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1"},
	Detect: func(in *In) []Found {
		o := in.order()
		if s, by := o.skew(); s != nil {
			way := "behind"
			if by < 0 {
				way, by = "ahead of", -by
			}
			x, _ := s.Fact.(probes.Exchange)
			f := one("clock", fmt.Sprintf("this machine's clock is %s %s the CA's", rough(by), way), report.Evidence{
				Probe: FromCA, Step: report.Natural(s.ID), Field: "headers.date",
				Text: fmt.Sprintf("Date: %s; here it was %s", x.Date, o.Began.Add(s.At+s.Took).UTC().Format(time.RFC1123)),
			})
			f[0].Args = map[string]string{"url": shellWord(o.Directory)}
			return f
		}
		return o.untimely()
	},
})

// clockSlack is how far clocks may be apart. Nothing depends on less: CAs
// backdate certificates by an hour.
const clockSlack = 5 * time.Minute

// skew is by how much this machine's clock is behind the CA's, and the exchange
// that shows it; nil: none does.
func (o Order) skew() (*Step, time.Duration) {
	if o.Began.IsZero() {
		return nil, 0
	}
	for i := range o.Exchanges {
		s := &o.Exchanges[i]
		x, ok := s.Fact.(probes.Exchange)
		if !ok || x.Date == "" {
			continue
		}
		theirs, err := time.Parse(time.RFC1123, x.Date)
		if err != nil {
			continue
		}
		by := theirs.Sub(o.Began.Add(s.At + s.Took))
		if by.Abs() < clockSlack {
			return nil, 0
		}
		return s, by
	}
	return nil, 0
}

// untimely finds that the CA's certificate does not suit this machine's clock
// (crypto/x509 says so in one sentence for both ways).
func (o Order) untimely() []Found {
	if o.Fault == nil || !strings.Contains(o.Fault.Detail, "has expired or is not yet valid") {
		return nil
	}
	f := one("clock", "by this machine's clock the CA's certificate is not valid now", report.Evidence{Probe: FromCA, Field: "error", Text: o.Fault.Detail})
	f[0].Certainty = report.Likely
	f[0].Args = map[string]string{"url": shellWord(o.Directory)}
	return f
}

// rough is a duration as people say it.
func rough(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
