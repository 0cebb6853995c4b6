package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/acmecheck/acmecheck/report"
)

// scraped has the parser of Prometheus read a text: values by series.
func scraped(t *testing.T, text string) map[string]float64 {
	t.Helper()
	p := expfmt.NewTextParser(model.LegacyValidation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got := map[string]float64{}
	for name, f := range families {
		if f.GetHelp() == "" || f.GetType().String() != "GAUGE" {
			t.Errorf("%s: %s %q", name, f.GetType(), f.GetHelp())
		}
		for _, m := range f.GetMetric() {
			id := name
			for _, l := range m.GetLabel() {
				id += fmt.Sprintf(" %s=%s", l.GetName(), l.GetValue())
			}
			if _, ok := got[id]; ok {
				t.Errorf("the series %q comes twice", id)
			}
			got[id] = m.GetGauge().GetValue()
		}
	}
	return got
}

func TestPrometheusIsRead(t *testing.T) {
	for _, name := range frozenNames {
		if got := scraped(t, written(t, Prometheus, frozen(t, name))); got["acmecheck_exit_code"] != float64(frozen(t, name).Exit.Code) || got["acmecheck_last_run_timestamp_seconds"] < 1.7e9 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What cannot be told is no sample of ready; two verdicts of a method are one
// series, the worse; what does not decide is none.
func TestPrometheusReadiness(t *testing.T) {
	why := "ignored"
	suppressed := aFinding("b.b.b", report.Error)
	suppressed.Suppressed = &why
	first, second := outcomeOf("caa", report.WouldIssue, true), outcomeOf("caa", report.WouldNot, true)
	first.For, second.For = "http-01", "dns-01"
	r := oneTarget(
		&no,
		outcomeOf("http-01", report.WouldIssue, true, aFinding("a.a.a", report.Warning), aFinding("a.a.a", report.Warning), suppressed),
		outcomeOf("dns-01", report.CannotTell, true), outcomeOf("tls-alpn-01", report.WouldNot, false), first, second,
	)
	r.Targets = append(r.Targets, r.Targets[0], oneTarget(nil).Targets[0])
	r.Targets[2].Identifier.Value = "unknown.example"
	r.Targets[0].Probes = []report.Probe{{Kind: "again", Vantage: "local", DurationMS: 5}, {Kind: "again", Vantage: "local", DurationMS: 1500}}
	got := scraped(t, written(t, Prometheus, r))
	delete(got, "acmecheck_last_run_timestamp_seconds")
	want := map[string]float64{
		"acmecheck_ready target=example.com method=http-01":                                 1,
		"acmecheck_ready target=example.com method=caa":                                     0,
		"acmecheck_inconclusive target=example.com method=http-01":                          0,
		"acmecheck_inconclusive target=example.com method=dns-01":                           1,
		"acmecheck_inconclusive target=example.com method=caa":                              0,
		"acmecheck_target_ready target=example.com":                                         0,
		"acmecheck_finding target=example.com method= code=a.a.a severity=warning":          4,
		"acmecheck_finding_suppressed target=example.com method= code=b.b.b severity=error": 2,
		"acmecheck_probe_seconds target=example.com kind=again vantage=local":               1.5,
		"acmecheck_exit_code":   0,
		"acmecheck_run_seconds": 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A label comes back as Safe made it, whatever is in it.
func TestPrometheusLabels(t *testing.T) {
	got := scraped(t, written(t, Prometheus, hostile(t)))
	if _, ok := got["acmecheck_target_ready target="+Safe(evil, 0)]; !ok || len(got) < 8 {
		t.Errorf("%v", got)
	}
}
