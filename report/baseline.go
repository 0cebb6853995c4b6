package report

import (
	"strings"
	"time"
)

// A Baseline is what an earlier run found. A nil *Baseline knows nothing.
type Baseline struct {
	since map[string]string // the date, by fingerprint
}

// BaselineOf is what a report found, and since when: a report that was itself
// held against a baseline hands on the dates of that one. What did not count
// because it did not decide, or because a CA saw otherwise, is not known: it may
// decide the next time.
func BaselineOf(r *Report) *Baseline {
	b := &Baseline{since: map[string]string{}}
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			if f.Suppressed == nil || f.Waived() {
				b.since[f.Fingerprint] = f.since(r.Run.StartedAt)
			}
		}
	}
	return b
}

// since is the date since when a finding of a run is known.
func (f Finding) since(run time.Time) string {
	if f.known() {
		date := strings.TrimPrefix(*f.Suppressed, becauseKnown)
		if _, err := time.Parse(time.DateOnly, date); err == nil { // a file may hold anything
			return date
		}
	}
	return run.UTC().Format(time.DateOnly)
}

// Since is the date since when a finding is known.
func (b *Baseline) Since(f Finding) (date string, ok bool) {
	if b == nil {
		return "", false
	}
	date, ok = b.since[f.Fingerprint]
	return date, ok
}
