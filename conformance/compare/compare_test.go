package compare

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// The test binary is also the program to compare: it answers with the text
// that its world ends with as a comment, and always exits with 1.
func TestMain(m *testing.M) {
	if len(os.Args) != 6 || os.Args[1] != "validate" {
		os.Exit(m.Run())
	}
	b, err := os.ReadFile(os.Args[3])
	if err != nil || os.Args[2] != "--world" {
		os.Exit(2)
	}
	_, answer, _ := strings.Cut(string(b), "# ")
	fmt.Print(answer)
	os.Exit(1)
}

const invalid = `{"valid":false,"problem":{"type":"urn:ietf:params:acme:error:%s","detail":"%s","status":400}}`

func TestOutcomes(t *testing.T) {
	no := func(kind, detail string) *verdict.Verdict {
		return &verdict.Verdict{Problem: &verdict.Problem{Type: kind, Detail: detail}}
	}
	yes := &verdict.Verdict{Valid: true}
	tests := []struct {
		name         string
		ca           *verdict.Verdict
		program      string
		exact, rough bool
		skipped      string
	}{
		{"valid", yes, `{"valid":true,"problem":null}`, true, true, ""},
		{"refused", no("dns", "x"), fmt.Sprintf(invalid, "dns", "x"), true, true, ""},
		{"own port", no("unauthorized", "read tcp LOCAL->192.0.2.1:80: r"), fmt.Sprintf(invalid, "unauthorized", "read tcp 192.0.2.9:4711->192.0.2.1:80: r"), true, true, ""},
		{"present time", no("unauthorized", "validation time NOW is after x"), fmt.Sprintf(invalid, "unauthorized", "validation time 2026-11-24T00:00:00Z is after x"), true, true, ""},
		{"other text", no("dns", "x"), fmt.Sprintf(invalid, "dns", "X"), false, true, ""},
		{"other type", no("dns", "x"), fmt.Sprintf(invalid, "tls", "x"), false, false, ""},
		{"too strict", yes, fmt.Sprintf(invalid, "tls", "x"), false, false, ""},
		{"too lax", no("dns", "x"), `{"valid":true}`, false, false, ""},
		{"silent", yes, ``, false, false, ""},
		{"undecided", no("dns", "x"), `{"valid":null}`, false, false, ""},
		{"not JSON", yes, `valid`, false, false, ""},
		{"unstable", &verdict.Verdict{Unstable: []string{"problem.detail"}}, ``, false, false, "unstable problem.detail"},
		{"not recorded", nil, ``, false, false, "no verdict"},
		{"recording failed", &verdict.Verdict{Error: "node"}, ``, false, false, "no verdict: node"},
		{"unstable aside", &verdict.Verdict{Valid: true, Unstable: []string{"records"}}, `{"valid":true}`, true, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "w.world")
			if err := os.WriteFile(file, []byte("challenge http-01 example.com\n# "+tt.program), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := Run(t.Context(), []string{file}, map[string]*verdict.Verdict{"w": tt.ca}, Options{Bin: os.Args[0], Mode: Simulate, Jobs: 2})
			if err != nil {
				t.Fatal(err)
			}
			o := out[0]
			if o.World != "w" || o.Exact != tt.exact || o.Rough != tt.rough || o.Skipped != tt.skipped {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestSocketsLeaveOutWhatCannotBeAsked(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, extra := range []string{"check dcv", "check caa", "perspectives a/ARIN b/RIPE c/APNIC d/ARIN"} {
		file := filepath.Join(dir, fmt.Sprintf("w%d.world", len(files)))
		if err := os.WriteFile(file, []byte("challenge http-01 example.com\n"+extra), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	yes := &verdict.Verdict{Valid: true}
	out, err := Run(t.Context(), files, map[string]*verdict.Verdict{"w0": yes, "w1": yes, "w2": yes}, Options{Bin: "none", Mode: Sockets})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if !strings.HasSuffix(o.Skipped, "cannot be asked for on the command line") {
			t.Errorf("%+v", o)
		}
	}
	if _, err := Run(t.Context(), files, nil, Options{Mode: "carrier pigeons"}); err == nil {
		t.Error("a mode that there is not")
	}
}

func TestReport(t *testing.T) {
	outcomes := []Outcome{
		{World: "http-a", Exact: true, Rough: true},
		{World: "http-b", Rough: true, CA: "ca", Program: "text"},
		{World: "dns-c", CA: "ca", Program: "wrong"},
		{World: "dns-d", Skipped: "unstable valid"},
	}
	var b bytes.Buffer
	if err := Report(&b, outcomes); !errors.Is(err, ErrDisagree) {
		t.Errorf("error %v", err)
	}
	want := `TEXT http-b
    CA:      ca
    program: text
DISAGREE dns-c
    CA:      ca
    program: wrong
left out 1: unstable valid
   area  worlds  agree   exact  valid+type  left out
    dns       1      0   0.0 %       0.0 %         1
   http       2      1  50.0 %     100.0 %         0
  total       3      1  33.3 %      66.6 %         1
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := Report(&b, outcomes[:1]); err != nil {
		t.Errorf("all agree: %v", err)
	}
	if err := Report(&b, outcomes[3:]); !errors.Is(err, ErrDisagree) {
		t.Errorf("nothing compared: %v", err)
	}
}
