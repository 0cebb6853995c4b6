package verdict

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is the format of the recorded files, to the byte.
func TestMarshalWritesTheRecordedFormat(t *testing.T) {
	for _, name := range []string{"verdicts-new.json", "verdicts-old.json"} {
		recorded, err := os.ReadFile("../../testdata/conformance/" + name)
		if err != nil {
			t.Fatal(err)
		}
		byWorld, err := Unmarshal(recorded)
		if err != nil {
			t.Fatal(err)
		}
		var vs []*Verdict
		for _, v := range byWorld {
			vs = append(vs, v)
		}
		written, err := Marshal(vs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(recorded), string(written)); diff != "" {
			t.Errorf("%s (-recorded +written):\n%s", name, diff)
		}
	}
}

func TestMarshalWritesWhatIsRare(t *testing.T) {
	vs := []*Verdict{
		{World: "b", Unstable: []string{"valid"}, Error: "<x>", Millis: 1},
		{World: "a", MPIC: []Remote{{Check: "dcv", Perspective: "p", RIR: "r", Problem: &Problem{"t", "d"}}}, Records: []Record{}},
	}
	got, err := Marshal(vs)
	if err != nil {
		t.Fatal(err)
	}
	want := `[
{"world":"a","boulder":"","valid":false,"problem":null,"records":[],"caa":null,"mpic":[{"check":"dcv","perspective":"p","rir":"r","valid":false,"problem":{"type":"t","detail":"d"}}],"ms":0},
{"world":"b","boulder":"","valid":false,"problem":null,"records":null,"caa":null,"mpic":null,"unstable":["valid"],"ms":1,"error":"<x>"}
]
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnmarshalRefusesWhatIsNoVerdictFile(t *testing.T) {
	if _, err := Unmarshal([]byte(`{"world":"a"}`)); err == nil {
		t.Error("no error")
	}
}

func TestNormalize(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"port", "192.0.2.1: read tcp 192.0.2.9:41234->192.0.2.1:443: reset", "192.0.2.1: read tcp LOCAL->192.0.2.1:443: reset"},
		{"IPv6 port", "read tcp [2001:db8::9]:41234->[2001:db8::1]:80: reset", "read tcp LOCAL->[2001:db8::1]:80: reset"},
		{"time", "validation time 2026-11-24T10:00:00Z is after persistUntil 2001-09-09T01:46:40Z", "validation time NOW is after persistUntil 2001-09-09T01:46:40Z"},
		{"every time", "validation time A is after x; validation time B is after x", "validation time NOW is after x; validation time NOW is after x"},
		{"nothing else", "validation time is after; dial tcp 192.0.2.9:1->192.0.2.1:80", "validation time is after; dial tcp 192.0.2.9:1->192.0.2.1:80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Normalize(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := Normalize(tt.want); again != tt.want {
				t.Errorf("not idempotent: %q", again)
			}
		})
	}
}

func TestMergeMarksWhatDiffers(t *testing.T) {
	run := func(valid bool, kind, detail string, ms int64) *Verdict {
		v := &Verdict{World: "w", Valid: valid, Records: []Record{}, Millis: ms}
		if kind != "" {
			v.Problem = &Problem{kind, detail}
		}
		return v
	}
	tests := []struct {
		name     string
		runs     []*Verdict
		unstable []string
		why      string
	}{
		{"one", []*Verdict{run(true, "", "", 1)}, nil, ""},
		{"time does not count", []*Verdict{run(true, "", "", 1), run(true, "", "", 9)}, nil, ""},
		{"text", []*Verdict{run(false, "dns", "a", 1), run(false, "dns", "b", 1)}, []string{"problem.detail"}, "unstable problem.detail"},
		{"all", []*Verdict{run(true, "", "", 1), run(true, "", "", 1), run(false, "dns", "b", 1)}, []string{"valid", "problem.type", "problem.detail"}, "unstable valid"},
		{"aside", []*Verdict{run(true, "", "", 1), {World: "w", Valid: true, Records: []Record{{URL: "x"}}}}, []string{"records"}, ""},
		{"failed once", []*Verdict{{Error: "x"}, run(false, "", "", 1)}, []string{"records", "error"}, "no verdict: x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := Merge(tt.runs)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.unstable, v.Unstable); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if v.Millis != tt.runs[0].Millis {
				t.Errorf("%d ms is not the first run's", v.Millis)
			}
			if got := v.Undecided(); got != tt.why {
				t.Errorf("undecided %q, want %q", got, tt.why)
			}
		})
	}
}
