package tui

// This file shows the steps as they were recorded.

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// traces are what a row was judged by: its own, or all of its target.
func traces(r *run, x row) []report.Recorded {
	seen := progressOf(r, x.target).seen()
	if seen == nil {
		return nil
	}
	var out []report.Recorded
	for _, rec := range seen.Traces {
		if x.asked == nil || rec.Method == x.asked.Task.Method && rec.For == report.Text(x.asked.Task.For) {
			out = append(out, rec)
		}
	}
	return out
}

func rawLines(t theme, r *run, x row, w int) []string {
	var out []string
	for _, rec := range traces(r, x) {
		out = append(out, rawTrace(t, rec, w)...)
	}
	if len(out) == 0 {
		return []string{t.paint(dim, "nothing has been seen yet")}
	}
	return out
}

// rawTrace shows a trace; of one that is very long the beginning.
func rawTrace(t theme, rec report.Recorded, w int) []string {
	const most = 200
	out := []string{t.paint(strong, fmt.Sprintf("%s from %s, %d steps", safe(string(rec.Method)), safe(rec.Vantage), len(rec.Steps)))}
	for i, s := range rec.Steps {
		if i == most {
			return append(out, t.paint(dim, fmt.Sprintf("and %d more: x saves them all", len(rec.Steps)-most)))
		}
		out = append(out, rawStep(t, s, w)...)
	}
	return out
}

func rawStep(t theme, s probes.Step, w int) []string {
	if s.Fact == nil {
		return nil
	}
	head := fmt.Sprintf("%d %s at %s, took %s", s.ID, s.Fact.Kind(), lasted(s.At.Milliseconds()), lasted(s.Took.Milliseconds()))
	if s.Beyond != "" {
		head += ", beyond the CA: " + safe(string(s.Beyond))
	}
	out := []string{t.paint(hint, clip(head, w))}
	out = append(out, rawFields(t, s.Fact, w)...)
	if s.Fault != nil {
		out = append(out, paintAll(t, bad, hang("  fault             ", safe(string(s.Fault.Kind)+" "+s.Fault.Detail), w))...)
	}
	return out
}

// rawFields are the fields of a fact in its JSON, one below the other.
func rawFields(t theme, f probes.Fact, w int) []string {
	b, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil { // the brace that opens it
		return nil
	}
	var out []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return out
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return out
		}
		label := t.paint(dim, clip(fmt.Sprintf("  %v", name), len("  key_authorization ")))
		out = append(out, hang(label, safe(string(value)), w)...)
	}
	return out
}
