package judge_test

// This file holds how a report tells who saw what.

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
)

const remotes = "challenge http-01 www.example.com\nperspectives alfa/ARIN bravo/RIPE charlie/APNIC delta/ARIN\ndns www.example.com A 192.0.2.10\nhttp 192.0.2.10:80 * 200 body=\"$KA\"\n"

func TestAgreement(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		name, world string
		pass, fail  string
		quorum      *bool
	}{
		{"all", remotes, "local alfa bravo charlie delta", "", &yes},
		{"one fails", remotes + "from bravo tcp 192.0.2.10:80 refuse\n", "local alfa charlie delta", "bravo", &yes},
		{"two fail", remotes + "from bravo,delta tcp 192.0.2.10:80 refuse\n", "local alfa charlie", "bravo delta", &no},
		{"first fails", remotes + "from Primary tcp 192.0.2.10:80 refuse\n", "", "local", nil},
		{"too few", strings.Replace(remotes, " delta/ARIN", "", 1), "local", "", &no},
		{"alone", strings.Replace(remotes, "perspectives", "# perspectives", 1), "local", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := world.Parse("t", tt.world)
			if err != nil {
				t.Fatal(err)
			}
			a := see(w, manner{}).outcome.Vantages
			if !slices.Equal(a.Pass, strings.Fields(tt.pass)) || !slices.Equal(a.Fail, strings.Fields(tt.fail)) || len(a.Inconclusive) > 0 ||
				(a.QuorumMet == nil) != (tt.quorum == nil) || a.QuorumMet != nil && *a.QuorumMet != *tt.quorum {
				t.Errorf("%+v", a)
			}
		})
	}
}

// A perspective that was cut off leaves the answer open, for itself alone.
func TestAgreementOfTheInterrupted(t *testing.T) {
	w, err := world.Parse("t", remotes)
	if err != nil {
		t.Fatal(err)
	}
	s := see(w, manner{})
	s.remotes[1].Trace = s.remotes[1].Trace[:1]
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	o := judge.Judge(judge.In{Trace: s.trace, Remotes: s.remotes, Policy: p})
	if a := o.Vantages; o.Verdict != report.CannotTell || !slices.Equal(a.Inconclusive, []string{"bravo"}) || len(a.Pass) != 4 || a.QuorumMet != nil {
		t.Errorf("%v %+v", o.Verdict, a)
	}
}

// What a finding says a perspective saw is in a probe of that perspective, and
// no two probes are called alike.
func TestEvidenceOfPerspectives(t *testing.T) {
	var files []string
	for _, pattern := range []string{"conformance/worlds/mpic-*.world", "worlds/mpic-*.world"} {
		some, err := filepath.Glob(testdata + pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	if len(files) < 19 {
		t.Fatal(len(files))
	}
	for _, file := range files {
		w := loadWorld(t, file)
		for _, caa := range []bool{false, true} {
			o := see(w, manner{caa: caa}).outcome
			probesOf := map[string]report.Probe{}
			for _, p := range o.Probes {
				if _, twice := probesOf[p.ID]; twice {
					t.Errorf("%s: two probes are %s", file, p.ID)
				}
				probesOf[p.ID] = p
			}
			for _, f := range o.Findings {
				for _, e := range f.Evidence {
					ofPerspective(t, file, f, e, probesOf)
				}
			}
		}
	}
}

func ofPerspective(t *testing.T, file string, f report.Finding, e report.Evidence, seen map[string]report.Probe) {
	t.Helper()
	p, ok := seen[e.Probe]
	name, _, _ := strings.Cut(e.Text, " ")
	switch {
	case !ok:
		t.Errorf("%s: %s: evidence of %s, which is not there", file, f.Code, e.Probe)
	case e.Field == "perspective" && name != "Primary" && (p.Vantage != name || p.Kind != string(f.Method) || p.Status == "pass" != strings.HasSuffix(e.Text, " passes")):
		t.Errorf("%s: %s: %q is told of %+v", file, f.Code, e.Text, p)
	}
}
