package render

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acmecheck/acmecheck/report"
)

// sarifJudge returns a test of whether a document fits the official schema.
func sarifJudge(tb testing.TB) func(doc string) error {
	tb.Helper()
	f, err := os.Open("../../testdata/schema/sarif-2.1.0.json")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		tb.Fatal(err)
	}
	return func(doc string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}

func sarifRead(tb testing.TB, doc string) sarifRun {
	tb.Helper()
	var log sarifLog
	d := json.NewDecoder(bytes.NewReader([]byte(doc)))
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil || len(log.Runs) != 1 {
		tb.Fatal(err, len(log.Runs))
	}
	return log.Runs[0]
}

func TestSARIFFitsTheSchema(t *testing.T) {
	fits := sarifJudge(t)
	if fits(`{"version": "2.1.0"}`) == nil {
		t.Fatal("the judge takes a log without runs")
	}
	reports := map[string]*report.Report{"hostile": hostile(t), "nothing": {}}
	for _, name := range frozenNames {
		reports[name] = frozen(t, name)
	}
	for name, r := range reports {
		t.Run(name, func(t *testing.T) {
			doc := written(t, SARIF, r)
			if err := fits(doc); err != nil {
				t.Errorf("%v\n%s", err, doc)
			}
			run := sarifRead(t, doc)
			for _, res := range run.Results {
				if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
					t.Errorf("result of %s has the rule %s", res.RuleID, run.Tool.Driver.Rules[res.RuleIndex].ID)
				}
				if res.Fingerprints["primaryLocationLineHash"] == "" || res.Locations[0].Physical.Artifact.URI == "" {
					t.Errorf("GitHub would refuse or confuse it: %+v", res)
				}
				if strings.Contains(res.Message.Text, "](") || strings.Contains(strings.ReplaceAll(res.Message.Text, "{{", ""), "{") {
					t.Errorf("a link or a placeholder in %q", res.Message.Text)
				}
			}
		})
	}
}

// What was suppressed is there with the reason, and no more than a note; the
// severity stays with the rule.
func TestSARIFResults(t *testing.T) {
	why := "not asked for"
	suppressed := aFinding("http01.redirect.port", report.Error)
	suppressed.Suppressed = &why
	counts := aFinding("net.connect.refused", report.Error)
	o := outcomeOf("http-01", report.WouldNot, true, counts, suppressed, aFinding("net.ipv4.dropped", report.Warning), aFinding("newer.than.this", report.Info))
	o.Problem = &report.Problem{Type: "urn:ietf:params:acme:error:connection", Detail: "Connection refused", Predicted: true}
	for i := range o.Findings {
		o.Findings[i].Method = "http-01"
	}
	run := sarifRead(t, written(t, SARIF, oneTarget(&no, o)))
	tests := []struct{ code, level, ruleLevel, justification, says string }{
		{"net.connect.refused", "error", "error", "", "The CA would say: connection: Connection refused"},
		{"http01.redirect.port", "note", "error", why, "about http01.redirect.port"},
		{"net.ipv4.dropped", "warning", "warning", "", ""},
		{"newer.than.this", "note", "note", "", ""},
	}
	if len(run.Results) != len(tests) || len(run.Tool.Driver.Rules) != len(tests) {
		t.Fatalf("%d results, %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	for i, tt := range tests {
		res := run.Results[i]
		rule := run.Tool.Driver.Rules[res.RuleIndex]
		if res.RuleID != tt.code || res.Level != tt.level || rule.Default.Level != tt.ruleLevel || !strings.Contains(res.Message.Text, tt.says) {
			t.Errorf("%s: %+v, rule %+v", tt.code, res, rule)
		}
		if tt.justification == "" != (len(res.Suppressions) == 0) || tt.justification != "" && res.Suppressions[0].Justification != tt.justification {
			t.Errorf("%s: suppressions %+v", tt.code, res.Suppressions)
		}
		if tt.justification != "" && strings.Contains(res.Message.Text, "The CA") {
			t.Errorf("%s: the CA would not say so: %q", tt.code, res.Message.Text)
		}
	}
	if rule := run.Tool.Driver.Rules[run.Results[0].RuleIndex]; !strings.HasPrefix(rule.HelpURI, "https://") || rule.Short.Text == "title" {
		t.Errorf("the rule is not the catalogue's: %+v", rule)
	}
}

func TestSARIFPlaces(t *testing.T) {
	tests := []struct {
		name, target string
		source       *report.Source
		uri          string
		line         int
	}{
		{"typed", "example.com", nil, "example.com", 1},
		{"wildcard", "*.example.com", nil, "%2A.example.com", 1},
		{"IPv6", "2001:db8::10", nil, "./2001:db8::10", 1},
		{"no name", "", nil, "%28no%20name%29", 1},
		{"not a name", "a b%c://d", nil, "./a%20b%25c://d", 1},
		{"a line of a file", "example.com", &report.Source{File: "./lists/my targets.txt", Line: 7}, "lists/my%20targets.txt", 7},
		{"a whole file", "example.com", &report.Source{File: "cert.pem"}, "cert.pem", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := sarifPlace(report.Target{Identifier: report.Identifier{Value: tt.target}, Source: tt.source})
			if got := l.Physical; got.Artifact.URI != tt.uri || got.Region.StartLine != tt.line {
				t.Errorf("%s:%d", got.Artifact.URI, got.Region.StartLine)
			}
		})
	}
}

// A run was successful if it came to an answer, also if the answer is no.
func TestSARIFInvocation(t *testing.T) {
	for _, tt := range []struct {
		ready *bool
		want  bool
	}{{&yes, true}, {&no, true}, {nil, false}} {
		if got := invocation(&report.Report{Ready: tt.ready, Exit: report.Exit{Code: 3}}); got.Successful != tt.want || got.ExitCode != 3 {
			t.Errorf("ready %v: %+v", tt.ready, got)
		}
	}
}
