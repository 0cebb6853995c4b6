package main

// This file looks again and again: until a name is ready, or until somebody has
// seen enough.

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A looker looks once, whenever it is called.
type looker func() (*report.Report, error)

// patience are the flags of waiting. It is not --solver-wait, which is about one
// value that one look puts in place.
type patience struct {
	wait     time.Duration // 0: look once
	interval time.Duration
}

func (o *patience) flags(f *pflag.FlagSet) {
	f.DurationVar(&o.wait, "wait", 0, "look again until it is ready, for so long; the report is the last look's")
	f.DurationVar(&o.interval, "interval", 15*time.Second, "with --wait: the time from look to look")
}

// sound finds bad flags, before anything is looked at.
func (o *patience) sound() error {
	switch {
	case o.wait < 0:
		return usage("--wait cannot be negative").try("--wait 10m")
	case o.interval <= 0:
		return usage("--interval has to be longer than nothing").try("--interval 15s")
	}
	return nil
}

// every calls look at once and from then on every interval, or at once again
// where a look took longer than that. over asks for a last call. It ends with
// that call, with ctx, or when look is done.
func every(ctx context.Context, interval time.Duration, over <-chan time.Time, look func(last bool) (done bool, err error)) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for last := false; ; {
		done, err := look(last)
		if done || last || err != nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-over:
			last = true
		case <-ctx.Done():
			return nil
		}
	}
}

// await looks until the gate lets the report pass, or the time is over. What a
// look cannot begin with is an error at once: no waiting mends a flag.
func (o *checkOptions) await(c *cobra.Command, p *progress, look looker) (*report.Report, error) {
	if o.wait == 0 {
		return look()
	}
	zero := o.gate.ExitZero
	o.gate.ExitZero = false // which would pass at once
	over := time.NewTimer(o.wait)
	defer over.Stop()
	var r *report.Report
	told, looks := "", 0
	err := every(c.Context(), o.interval, over.C, func(bool) (done bool, err error) {
		next := time.Now().Add(o.interval)
		latest, err := look()
		if err != nil {
			return true, err
		}
		r, done = latest, latest.Exit.Code == 0
		looks++
		now := stateOf(r).String()
		if !done && c.Context().Err() == nil && !p.await("not ready yet: "+now, next) && now != told && o.quiet == 0 {
			fmt.Fprintf(c.ErrOrStderr(), "acmecheck: not ready yet: %s; a look every %s\n", render.Safe(now, 0), o.interval)
			told = now
		}
		return done, nil
	})
	o.gate.ExitZero = zero
	if err != nil {
		return nil, err
	}
	if r.Exit.Code != 0 {
		r.Exit = o.gate.Ended(report.ExitWaitEnded, time.Time{})
		r.Notes = append(r.Notes, fmt.Sprintf("waited %s in vain, and looked %d times", span(o.wait), looks))
	}
	return r, nil
}
