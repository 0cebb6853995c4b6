package judge_test

// This file holds that CAA records that are well are never spoken against, and
// that the records that findings tell people to write do what they promise.

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// Each healthy world has CAA that permits, or none.
func TestNothingIsSaidAgainstHealthyCAA(t *testing.T) {
	for _, file := range healthyWorlds(t) {
		w := loadWorld(t, file)
		if probes.Identifier(w.Identifier).IsIP() {
			continue // addresses have no CAA
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".world"), func(t *testing.T) {
			o := see(w, manner{caa: true}).outcome
			for _, f := range o.Findings {
				if f.Severity != report.Info {
					t.Errorf("%v[%s]: %s: %+v", f.Severity, f.Code, f.Summary, f.Evidence)
				}
			}
			if o.Verdict != report.WouldIssue {
				t.Errorf("verdict %v: %s", o.Verdict, o.Why)
			}
		})
	}
}

// caaData are records that can stand beside each other.
var caaData = []string{
	`0 issue ";"`, `0 issue ""`, `0 issue "ca.example"`, `0 issue "ca.example; a"`, `0 issue "letsencrypt.org"`, `0 issue "LetsEncrypt.org"`,
	`0 issue "letsencrypt.org."`, `0 issue "letsencrypt.org; a"`, `0 issue "letsencrypt.org;;"`, `0 issue "LETSENCRYPT.ORG; =b"`,
	`0 issue "letsencrypt.org; accounturi=$ACCOUNT"`, `0 issue "letsencrypt.org; accounturi=https://a.example/1; validationmethods=tls-alpn-01"`,
	`0 issue "letsencrypt.org; accounturi=https://a.example/1; accounturi=$ACCOUNT"`, `0 issue "letsencrypt.org; accounturi=:%"`,
	`0 issue "letsencrypt.org; validationmethods=dns-persist-01"`, `0 issue "letsencrypt.org; validationmethods=http-01,dns-01"`,
	`0 issue "letsencrypt.org; validationmethods="`, `0 issue "letsencrypt.org; AccountURI=x"`, `0 issuewild ";"`, `0 issuewild "ca.example"`,
	`0 issuewild "letsencrypt.org"`, `0 issuewild "letsencrypt.org; a b=c"`, `128 iodef "mailto:a@example.com"`, `128 foo "bar"`, `0 isue "x"`, `1 issueh "\200\""`,
}

// Of any two records beside each other, a refusal is put down to one cause,
// and what is accepted is not called an error.
func TestEveryCAARefusalHasOneCause(t *testing.T) {
	for i, a := range caaData {
		for _, b := range caaData[i:] {
			for _, challenge := range []string{"http-01 www.example.com", "dns-01 *.www.example.com"} {
				text := "challenge " + challenge + "\ndns www.example.com CAA " + a + "\ndns www.example.com CAA " + b + "\n"
				w, err := world.Parse("t", text)
				if err != nil {
					t.Fatal(err)
				}
				s := see(w, manner{caa: true})
				got := errorsOf(s.outcome)
				if d := decided(s); d.Valid && len(got) > 0 || !d.Valid && (len(got) != 1 || checks.ByCode(got[0]).Generic) {
					t.Errorf("%s: %v\n%s", d.Rule, got, text)
				}
				for _, f := range s.outcome.Findings {
					presentable(t, text, f)
				}
			}
		}
	}
}

// recordLine is a line of a zone file in a fix.
var recordLine = regexp.MustCompile(`(?m)^(\S+)\.  IN  (CAA|TXT)  (.*)$`)

// Whoever adds the records of a fix beside those that are there, or puts them
// in their place, gets past what was found; and what passed still passes.
func TestRecordsOfFixesAreAccepted(t *testing.T) {
	for _, c := range checks.All() {
		if !strings.HasPrefix(c.Code, "caa.") && !strings.HasPrefix(c.Code, "dnspersist01.") {
			continue
		}
		a, err := txtar.ParseFile(fixtureOf(c.Code))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scenesOf(t, a) {
			if s.world == "" {
				continue
			}
			for _, f := range s.judged(t).Findings {
				for _, r := range f.Remediation {
					if r.Snippet != nil && recordLine.MatchString(*r.Snippet) {
						t.Run(c.Code+"/"+s.name, func(t *testing.T) { mends(t, s, f, *r.Snippet) })
					}
				}
			}
		}
	}
}

// mends plays a scene again with the records of a fix: beside those that are
// there, or in place of those that the finding shows.
func mends(t *testing.T, s *scene, f report.Finding, snippet string) {
	t.Helper()
	beside := s.world
	for _, m := range recordLine.FindAllStringSubmatch(snippet, -1) {
		beside += "dns " + m[1] + " " + m[2] + " " + m[3] + "\n"
	}
	instead := beside
	for _, e := range f.Evidence {
		if m := recordLine.FindStringSubmatch(e.Text); m != nil {
			instead = withoutRecord(instead, m)
		}
	}
	for _, text := range []string{beside, instead} {
		o := (&scene{name: s.name, world: text, options: s.options}).judged(t)
		if o.Verdict == report.WouldIssue && !strings.Contains(told(o), f.Code+" ") {
			return
		}
	}
	t.Errorf("%s is found in\n%sand again in\n%s", f.Code, s.world, instead)
}

// withoutRecord is a world without the line of a record.
func withoutRecord(text string, m []string) string {
	var b strings.Builder
	cut := false
	for line := range strings.Lines(text) {
		l := strings.TrimSpace(strings.ReplaceAll(line, "$ACCOUNT", world.DefaultAccount))
		if !cut && strings.HasPrefix(l, "dns "+m[1]+" "+m[2]+" ") && strings.HasSuffix(l, m[3]) {
			cut = true
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}
