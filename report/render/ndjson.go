package render

// This file tells a report as it comes about: a line for everything that
// happened, which a reader can follow while the rest is still being looked at.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/acmecheck/acmecheck/report"
)

// A Stream writes a report as events, a JSON object a line. Its methods are
// called in the order Begin, Target for each target, End; each writes whole
// lines, in one call of the writer. It is not safe for concurrent use.
type Stream struct{ W io.Writer }

// NDJSON writes a whole report as a Stream does: the lines of a run that was
// followed and of its saved report are the same.
func NDJSON(w io.Writer, r *report.Report) error {
	s := Stream{W: w}
	if err := s.Begin(r); err != nil {
		return err
	}
	for i, t := range r.Targets {
		if err := s.Target(i, t); err != nil {
			return err
		}
	}
	return s.End(r)
}

// Begin writes who looks, from where and by which rules: the head of a report,
// whose targets are not known yet.
func (s Stream) Begin(r *report.Report) error {
	type started struct {
		ID         string           `json:"id"`
		StartedAt  string           `json:"started_at"`
		Policy     string           `json:"policy"`
		PolicyRead string           `json:"policy_read"`
		Vantages   []report.Vantage `json:"vantages"`
	}
	return s.write(
		struct {
			Type          string      `json:"type"`
			SchemaVersion string      `json:"schema_version"`
			Kind          string      `json:"kind"`
			Tool          report.Tool `json:"tool"`
		}{"version", r.SchemaVersion, "event", r.Tool},
		struct {
			Type string  `json:"type"`
			Run  started `json:"run"`
		}{"run_started", started{r.Run.ID, r.Run.StartedAt.UTC().Format("2006-01-02T15:04:05Z07:00"), r.Run.Policy, r.Run.PolicyRead, r.Run.Vantages}},
	)
}

// Target writes what came of the n-th target, from 0: its walks request by
// request, its findings, its verdicts.
func (s Stream) Target(n int, t report.Target) error {
	type about struct {
		Type   string `json:"type"`
		Target int    `json:"target"`
	}
	events := []any{struct {
		about
		Input      string            `json:"input"`
		Identifier report.Identifier `json:"identifier"`
		Wildcard   bool              `json:"wildcard"`
	}{about{"target_started", n}, t.Input, t.Identifier, t.Wildcard}}
	for _, p := range t.Probes {
		for _, h := range p.Hops {
			events = append(events, struct {
				about
				Probe string     `json:"probe"`
				Hop   report.Hop `json:"hop"`
			}{about{"hop", n}, p.ID, h})
		}
		p.Hops = []report.Hop{} // they came before
		events = append(events, struct {
			about
			Probe report.Probe `json:"probe"`
		}{about{"probe_finished", n}, p})
	}
	for _, f := range t.Findings {
		events = append(events, struct {
			about
			Finding report.Finding `json:"finding"`
		}{about{"finding", n}, f})
	}
	for _, o := range t.Verdicts {
		events = append(events, struct {
			about
			Verdict report.Outcome `json:"verdict"`
		}{about{"verdict", n}, o})
	}
	return s.write(append(events, struct {
		about
		Ready   *bool          `json:"ready"`
		Summary report.Summary `json:"summary"`
	}{about{"target_finished", n}, t.Ready, report.Summarize(t.Findings)})...)
}

// End writes what came of the run.
func (s Stream) End(r *report.Report) error {
	return s.write(struct {
		Type       string           `json:"type"`
		DurationMS int64            `json:"duration_ms"`
		Ready      *bool            `json:"ready"`
		Exit       report.Exit      `json:"exit"`
		Summary    report.Summary   `json:"summary"`
		Issuance   *report.Issuance `json:"issuance"`
		Notes      []string         `json:"notes"`
	}{"run_finished", r.Run.DurationMS, r.Ready, r.Exit, r.Summary, r.Issuance, r.Notes})
}

func (s Stream) write(events ...any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, v := range events {
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("encoding JSON: %w", err)
		}
	}
	_, err := s.W.Write(escaped(b.Bytes()))
	return err
}
