package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report"
)

// The looks of a wait, in seconds after it began, by a simulated clock.
func TestEvery(t *testing.T) {
	tests := []struct {
		name           string
		interval, over time.Duration
		took           []time.Duration // of each look; after the last it is done
		cancel         time.Duration
		want           []float64
		lastCall       bool
	}{
		{name: "done at once", interval: 15 * time.Second, took: []time.Duration{0}, want: []float64{0}},
		{name: "counted from the start", interval: 15 * time.Second, took: []time.Duration{2 * time.Second, 3 * time.Second, 0}, want: []float64{0, 15, 30}},
		{name: "a look that takes longer", interval: 15 * time.Second, took: []time.Duration{20 * time.Second, 0, 0}, want: []float64{0, 20, 30}},
		{name: "the time is over", interval: 15 * time.Second, over: 20 * time.Second, took: make([]time.Duration, 9), want: []float64{0, 15, 20}, lastCall: true},
		{name: "over before the second", interval: time.Minute, over: 10 * time.Second, took: make([]time.Duration, 9), want: []float64{0, 10}, lastCall: true},
		{name: "interrupted", interval: 15 * time.Second, cancel: 16 * time.Second, took: make([]time.Duration, 9), want: []float64{0, 15}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				var over <-chan time.Time
				if tt.over > 0 {
					over = time.After(tt.over)
				}
				began := time.Now()
				var at []float64
				var called bool
				err := every(ctx, tt.interval, over, func(last bool) (bool, error) {
					at, called = append(at, time.Since(began).Seconds()), last
					if took := tt.took[len(at)-1]; took > 0 {
						<-time.After(took)
					}
					return len(at) == len(tt.took), nil
				})
				if err != nil || !slices.Equal(at, tt.want) || called != tt.lastCall {
					t.Errorf("looked at %v, want %v; last call: %v, want %v; %v", at, tt.want, called, tt.lastCall, err)
				}
			})
		})
	}
}

// looks is a looker that goes through reports, and stays with the last.
func looks(reports ...*report.Report) looker {
	return func() (*report.Report, error) {
		r := *reports[0]
		r.Run.StartedAt = time.Now()
		if len(reports) > 1 {
			reports = reports[1:]
		}
		return &r, nil
	}
}

// seen is a report of one target with findings of these codes.
func seen(v report.Verdict, codes ...string) *report.Report {
	t := report.Target{Ready: v.Ready(), Verdict: v}
	for _, c := range codes {
		t.Findings = append(t.Findings, report.Finding{Code: c, Severity: report.Error, Subject: "192.0.2.1", Fingerprint: c})
	}
	return &report.Report{Ready: v.Ready(), Targets: []report.Target{t}, Exit: report.Gate{}.ExitOf(v, 0)}
}

func TestAwait(t *testing.T) {
	broken, open, ready := seen(report.WouldNot, "net.connect.refused"), seen(report.CannotTell), seen(report.WouldIssue)
	tests := []struct {
		name   string
		wait   time.Duration
		gate   report.Gate
		look   looker
		code   int
		reason string
		lines  int
		took   time.Duration
	}{
		{"no waiting", 0, report.Gate{}, looks(broken), 1, "not_ready", 0, 0},
		{"ready at once", time.Minute, report.Gate{}, looks(ready), 0, "ok", 0, 0},
		{"ready later", time.Minute, report.Gate{}, looks(broken, broken, open, ready), 0, "ok", 2, 45 * time.Second},
		{"never", time.Minute, report.Gate{}, looks(broken), 8, "wait_ended", 1, time.Minute},
		{"never, and no matter", time.Minute, report.Gate{ExitZero: true}, looks(broken), 0, "wait_ended", 1, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var errs strings.Builder
				c := &cobra.Command{}
				c.SetContext(t.Context())
				c.SetErr(&errs)
				c.SetOut(io.Discard)
				o := &checkOptions{patience: patience{wait: tt.wait, interval: 15 * time.Second}}
				o.gate = tt.gate
				began := time.Now()
				r, err := o.await(c, nil, func() (*report.Report, error) {
					r, err := tt.look()
					r.Exit = o.gate.ExitOf(r.Targets[0].Verdict, 0)
					return r, err
				})
				if err != nil || r.Exit.Code != tt.code || r.Exit.Reason != tt.reason {
					t.Errorf("%+v, want %d %s; %v", r.Exit, tt.code, tt.reason, err)
				}
				if n := strings.Count(errs.String(), "\n"); n != tt.lines || time.Since(began) != tt.took {
					t.Errorf("it took %v, and said:\n%s", time.Since(began), errs.String())
				}
				if o.gate.ExitZero != tt.gate.ExitZero {
					t.Errorf("the gate is %+v", o.gate)
				}
			})
		})
	}
}
