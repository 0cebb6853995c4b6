package main

// This file shows what runs in a lab and what happened there last.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/report/render"
)

func newLabStatus() *cobra.Command {
	o := &labOptions{}
	var wait time.Duration
	c := &cobra.Command{
		Use:   "status",
		Short: "Print what runs, the faults that are set, and what was last validated and asked",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := o.await(c.Context(), wait)
			if err != nil {
				return err
			}
			if o.format == "json" {
				return json.NewEncoder(c.OutOrStdout()).Encode(s)
			}
			return s.text(c.OutOrStdout())
		},
	}
	o.flags(c.Flags())
	o.formatFlag(c.Flags())
	c.Flags().DurationVar(&wait, "wait", 0, "wait this long for a lab to come up")
	return c
}

// await asks a lab for its status, again and again until it is up or the time
// is over.
func (o *labOptions) await(ctx context.Context, patience time.Duration) (*labStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, max(patience, askPatience))
	defer cancel()
	until := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		l, err := o.reach()
		if err == nil {
			var s *labStatus
			if s, err = l.status(ctx); err == nil {
				return s, nil
			}
		}
		if e, ok := errors.AsType[*exitError](err); !ok || e.code != exitLab || !time.Now().Before(until) {
			return nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, err
		}
	}
}

// shownEvents is how many of the last events people are shown.
const shownEvents = 10

func (s *labStatus) text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The lab is up since %s, pid %d.\n\n", s.Started.Local().Format(time.DateTime), s.PID)
	_ = s.labInfo.text(&b)
	b.WriteString("\nFaults:\n")
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "  %s\n", render.Safe(faultText(f), 0))
	}
	if len(s.Faults) == 0 {
		b.WriteString("  none\n")
	}
	for _, part := range []struct {
		title  string
		events []lab.Event
	}{
		{"The CA's last validations", s.Validations},
		{"The last requests to a fault's servers", s.Requests},
		{"The last DNS questions", s.Questions},
	} {
		fmt.Fprintf(&b, "\n%s:\n", part.title)
		for _, e := range part.events[max(0, len(part.events)-shownEvents):] {
			fmt.Fprintln(&b, eventText(e))
		}
		if len(part.events) == 0 {
			b.WriteString("  none\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// faultText is a set fault on one line.
func faultText(f lab.SetFault) string {
	if f.Address.IsValid() {
		return fmt.Sprintf("%s: %s, at %s", f.Name, f.Fault, f.Address)
	}
	return fmt.Sprintf("%s: %s, in DNS", f.Name, f.Fault)
}
