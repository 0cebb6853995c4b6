package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

// A report comes from outside: whatever can be read can be shown in every
// format, written and read again, and judged.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("schema/testdata/*.json")
	if err != nil || len(files) < 8 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		f.Add(shortened(f, file))
	}
	const head = `{"schema_version":"1.0","kind":"report",`
	for _, s := range []string{
		`"targets":null}`,
		`"targets":[null]}`,
		`"targets":[{"verdicts":[null,{"method":"http-01","codes":["x"],"findings":["f9"]}],"findings":[null,{"id":"f1","code":"x","evidence":[null,{"hop":-1,"text":"abc","span":[0,3]}],"remediation":[null]}],"probes":[null,{"kind":"http-01","hops":[null,{"n":-7,"of":-1,"port":-1,"http":{"status":-1,"headers":null}}]}],"traces":[null]}]}`,
		`"ready":true,"exit":{"code":-1},"issuance":{"steps":[null,{"name":"challenge","ca_fetches":[null]}],"authorizations":[null,{"validation_records":[null]}],"certificate":{"files":null}}}`,
		`"targets":[{"traces":[{"method":"http-01","vantage":"local","steps":[{"id":1,"kind":"given","fact":null,"fault":null},{"id":1,"kind":"fetch","fact":{"URL":"::"},"fault":null}]}]}]}`,
	} {
		f.Add([]byte(head + s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := report.Decode(bytes.NewReader(b))
		if err != nil {
			return
		}
		var doc bytes.Buffer
		if err := render.JSON(&doc, r); err != nil {
			t.Fatal(err)
		}
		again, err := report.Decode(&doc)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		for _, format := range render.Formats {
			var first, second strings.Builder
			if err := format.Write(&first, r); err != nil {
				t.Fatalf("%s: %v", format.Name, err)
			}
			if err := format.Write(&second, again); err != nil || first.String() != second.String() {
				t.Errorf("%s is not the same again: %v", format.Name, err)
			}
		}
		for _, target := range r.Targets {
			if len(target.Traces) > 0 {
				for _, s := range judge.Seen(target, target.Traces[0].Vantage) {
					judge.Judge(judge.In{Trace: s.Trace, Remotes: s.Remotes, Policy: policy.LetsEncrypt()})
				}
			}
		}
	})
}

// shortened is a frozen report with one of everything: what is tried is small.
func shortened(tb testing.TB, file string) []byte {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(b, &r); err != nil {
		tb.Fatal(err)
	}
	r.Targets = upTo(r.Targets, 1)
	for i := range r.Targets {
		t := &r.Targets[i]
		t.Verdicts, t.Findings, t.Probes, t.Traces = upTo(t.Verdicts, 1), upTo(t.Findings, 1), upTo(t.Probes, 1), upTo(t.Traces, 1)
		for j := range t.Traces {
			t.Traces[j].Steps = upTo(t.Traces[j].Steps, 4)
		}
	}
	b, err = json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func upTo[T any](s []T, n int) []T { return s[:min(n, len(s))] }

// What no acmecheck can have written is not read.
func TestDecodeRefuses(t *testing.T) {
	const head = `{"schema_version":"1.0","kind":"report","targets":[{"findings":[{"id":"f1","evidence":[{"text":"abc","span":`
	for _, span := range []string{"[-1,2]", "[2,1]", "[0,4]", "[4,4]"} {
		if _, err := report.Decode(strings.NewReader(head + span + "}]}]}]}")); err == nil || !strings.Contains(err.Error(), "target 1: finding f1: the span") {
			t.Errorf("%s: %v", span, err)
		}
	}
	if _, err := report.Decode(strings.NewReader(head + "[3,3]}]}]}]}")); err != nil {
		t.Error(err)
	}
	if _, err := report.Decode(iotest.ErrReader(io.ErrUnexpectedEOF)); err == nil {
		t.Error("no error of the reader")
	}
}
