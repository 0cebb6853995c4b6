package render

// This file tells a report in Prometheus' text format, for the textfile
// collector of the node exporter.

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// A family is a gauge with its samples by their labels. No series comes twice,
// which a scrape would fail for: whoever sets one says what a second value does
// to the first; nil: there is none.
type family struct {
	name, help string
	samples    map[string]float64
}

func (f *family) set(labels string, v float64, both func(old, v float64) float64) {
	if f.samples == nil {
		f.samples = map[string]float64{}
	}
	if old, ok := f.samples[labels]; ok {
		v = both(old, v)
	}
	f.samples[labels] = v
}

func (f *family) write(b *bytes.Buffer) {
	if len(f.samples) == 0 {
		return
	}
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n", f.name, f.help, f.name)
	for _, labels := range slices.Sorted(maps.Keys(f.samples)) {
		fmt.Fprintf(b, "%s%s %s\n", f.name, labels, strconv.FormatFloat(f.samples[labels], 'f', -1, 64))
	}
}

// How two samples of a series become one.
var (
	larger = func(a, b float64) float64 { return max(a, b) }
	sum    = func(a, b float64) float64 { return a + b }
)

// Prometheus writes a report as gauges.
//
// What cannot be told is no sample of acmecheck_ready, and 1 in
// acmecheck_inconclusive. As 0 it would raise the alarm that ready == 0 is, for
// a look that has to be repeated; NaN would make an average over targets NaN.
// Both are told for what decides only: readiness does not hang on the rest.
func Prometheus(w io.Writer, r *report.Report) error {
	probe := family{name: "acmecheck_probe_seconds", help: "How long the longest look of a kind took."}
	finding := family{name: "acmecheck_finding", help: "How many findings of a code there are."}
	suppressed := family{name: "acmecheck_finding_suppressed", help: "How many findings of a code there are that do not count."}
	for _, t := range r.Targets {
		for _, p := range t.Probes {
			probe.set(series("target", nameOf(t), "kind", p.Kind, "vantage", p.Vantage), float64(p.DurationMS)/1000, larger)
		}
		for _, f := range t.Findings {
			labels := series("target", nameOf(t), "method", string(f.Method), "code", f.Code, "severity", f.Severity.String())
			if f.Suppressed == nil {
				finding.set(labels, 1, sum)
			} else {
				suppressed.set(labels, 1, sum)
			}
		}
	}
	exit := family{name: "acmecheck_exit_code", help: "The exit code of the last run."}
	exit.set("", float64(r.Exit.Code), nil)
	took := family{name: "acmecheck_run_seconds", help: "How long the last run took."}
	took.set("", float64(r.Run.DurationMS)/1000, nil)
	at := family{name: "acmecheck_last_run_timestamp_seconds", help: "When the last run began, in seconds since 1970."}
	at.set("", float64(r.Run.StartedAt.Unix()), nil)
	var b bytes.Buffer
	for _, f := range append(readiness(r), finding, suppressed, probe, exit, took, at) {
		f.write(&b)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// readiness are the gauges of targets, and of their methods. A target that was
// named twice, and CAA, which is asked about for each method, have the worst of
// their verdicts.
func readiness(r *report.Report) []family {
	methods, targets := map[string]report.Verdict{}, map[string]report.Verdict{}
	worse := func(of map[string]report.Verdict, key string, v report.Verdict) {
		if old, ok := of[key]; ok {
			v = report.Worst(old, v)
		}
		of[key] = v
	}
	for _, t := range r.Targets {
		worse(targets, series("target", nameOf(t)), t.Verdict)
		for _, o := range t.Verdicts {
			if o.Decisive {
				worse(methods, series("target", nameOf(t), "method", string(o.Method)), o.Verdict)
			}
		}
	}
	ready := family{name: "acmecheck_ready", help: "Whether a CA would accept the method now: 1 or 0; without a sample it cannot be told."}
	unknown := family{name: "acmecheck_inconclusive", help: "Whether it cannot be told if a CA would accept the method: 1 or 0."}
	whole := family{name: "acmecheck_target_ready", help: "Whether the target is ready for a certificate: 1 or 0; without a sample it cannot be told."}
	for labels, v := range methods {
		unknown.set(labels, boolean(v == report.CannotTell), nil)
		if v != report.CannotTell {
			ready.set(labels, boolean(v == report.WouldIssue), nil)
		}
	}
	for labels, v := range targets {
		if v != report.CannotTell {
			whole.set(labels, boolean(v == report.WouldIssue), nil)
		}
	}
	return []family{ready, unknown, whole}
}

func boolean(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

var labelValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// series are labels as they are written, of names and values in turn. The values
// have gone through Safe, so no line ends in them, and they are valid UTF-8.
func series(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, pairs[i]+`="`+labelValue.Replace(Safe(pairs[i+1], 0))+`"`)
	}
	return "{" + strings.Join(all, ",") + "}"
}
