package judge_test

// This file holds that every check of the catalogue fires where it should and
// stays quiet where one thing is otherwise. testdata/checks/README.md says how
// the fixtures are written.

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

var update = flag.Bool("update", false, "write what was found into the fixtures; read the difference before you commit it")

// A scene is one world or trace of a fixture, and what is to be found there.
type scene struct {
	name, world, trace, order, options, want string
}

// fixtureOf is the file of a code.
func fixtureOf(code string) string {
	return testdata + "checks/" + strings.NewReplacer(".", "_", "-", "_").Replace(code) + ".txtar"
}

// scenesOf reads the scenes of a fixture, in the order of the file.
func scenesOf(tb testing.TB, a *txtar.Archive) []*scene {
	tb.Helper()
	var out []*scene
	for _, f := range a.Files {
		name, part, _ := strings.Cut(f.Name, "/")
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, &scene{name: name})
		}
		s := out[len(out)-1]
		to := map[string]*string{"world": &s.world, "trace": &s.trace, "order": &s.order, "options": &s.options, "want": &s.want}[part]
		if to == nil || *to != "" {
			tb.Fatalf("section %q: want NAME/world or NAME/trace, NAME/order, NAME/options and NAME/want, each once", f.Name)
		}
		*to = string(f.Data)
	}
	return out
}

// judged is what is found in a scene.
func (s *scene) judged(tb testing.TB) report.Outcome {
	tb.Helper()
	m, o := manner{}, checks.Options{}
	for word := range strings.FieldsSeq(s.options) {
		to := map[string]*bool{"proof=path": &m.unknown, "deep": &m.Deep, "order": &m.order, "caa": &m.caa, "require-ipv6": &o.RequireIPv6}[word]
		if to == nil {
			tb.Fatalf("%s: unknown option %q", s.name, word)
		}
		*to = true
	}
	if s.order != "" {
		o.Order = &checks.Order{}
		d := json.NewDecoder(strings.NewReader(s.order))
		d.DisallowUnknownFields()
		if err := d.Decode(o.Order); err != nil {
			tb.Fatalf("%s: %v", s.name, err)
		}
	}
	p := policy.LetsEncrypt()
	p.Addresses.Public = world.Documentation
	in := judge.In{Policy: p, Options: o}
	if s.trace != "" {
		if err := json.Unmarshal([]byte(s.trace), &in.Trace); err != nil {
			tb.Fatalf("%s: %v", s.name, err)
		}
		return judge.Judge(in)
	}
	w, err := world.Parse(s.name, s.world)
	if err != nil {
		tb.Fatal(err)
	}
	seen := see(w, m)
	in.Trace, in.Remotes = seen.trace, seen.remotes
	return judge.Judge(in)
}

// told is an outcome's findings in the form of a want section.
func told(o report.Outcome) string {
	var b strings.Builder
	b.WriteString(o.Word + "\n")
	for _, f := range o.Findings {
		subject := strings.NewReplacer(world.DefaultToken, "$TOKEN", strings.Repeat("x", 43), "$TOKEN").Replace(f.Subject)
		b.WriteString(f.Code + " " + subject)
		if f.Suppressed != nil {
			b.WriteString("   (does not count: " + *f.Suppressed + ")")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// mentions reports whether a want section has a code.
func (s *scene) mentions(code string) bool {
	return strings.Contains(s.want, "\n"+code+" ")
}

func TestEveryCheckHasItsFixture(t *testing.T) {
	files, err := filepath.Glob(testdata + "checks/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range checks.All() {
		file := fixtureOf(c.Code)
		known[filepath.Clean(file)] = true
		t.Run(c.Code, func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, c.Code, file, a)
		})
	}
	for _, f := range files {
		if !known[filepath.Clean(f)] {
			t.Errorf("%s is the fixture of no check", f)
		}
	}
}

// play checks every scene of a fixture, and that the fixture shows its code.
func play(t *testing.T, code, file string, a *txtar.Archive) {
	t.Helper()
	if len(strings.TrimSpace(string(a.Comment))) < 20 {
		t.Error("the fixture does not say what it shows")
	}
	scenes := scenesOf(t, a)
	for _, s := range scenes {
		o := s.judged(t)
		got := told(o)
		if got != s.want && *update {
			rewrite(t, file, a, s.name, got)
		} else if got != s.want {
			t.Errorf("%s: got\n%swant\n%s", s.name, got, s.want)
		}
		for _, f := range o.Findings {
			presentable(t, s.name, f)
		}
	}
	if !nearMiss(code, scenes) {
		t.Errorf("no two scenes with and without %s differ by two lines at most", code)
	}
}

func rewrite(t *testing.T, file string, a *txtar.Archive, name, want string) {
	t.Helper()
	for i := range a.Files {
		if a.Files[i].Name == name+"/want" {
			a.Files[i].Data = []byte(want)
		}
	}
	if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
		t.Error(err)
	}
}

// nearMiss reports whether the code fires in one scene and not in another
// that is nearly the same.
func nearMiss(code string, scenes []*scene) bool {
	for _, with := range scenes {
		for _, without := range scenes {
			if with.mentions(code) && !without.mentions(code) && changed(with, without) <= 2 {
				return true
			}
		}
	}
	return false
}

// changed counts the lines by which two scenes differ; a line that reads
// otherwise counts once.
func changed(a, b *scene) int {
	text := func(s *scene) []string { return slices.Sorted(strings.Lines(s.world + s.trace + s.order + s.options)) }
	only := func(x, y []string) int {
		have := map[string]int{}
		for _, l := range y {
			have[l]++
		}
		n := 0
		for _, l := range x {
			if have[l]--; have[l] < 0 {
				n++
			}
		}
		return n
	}
	return max(only(text(a), text(b)), only(text(b), text(a)))
}

// placeholder is what a fix leaves open for an argument. Apache's %{…},
// lighttpd's ${…} and Caddy's {uri} are their own.
var placeholder = regexp.MustCompile(`(?:^|[^%$])(\{[a-z]+\})`)

// presentable holds that a finding says all that it has to, with nothing left
// to fill in.
func presentable(t *testing.T, where string, f report.Finding) {
	t.Helper()
	if len(f.Evidence) == 0 || f.Summary == "" || f.Subject == "" || checks.ByCode(f.Code) == nil {
		t.Errorf("%s: %s has no evidence, no sentence or no subject: %+v", where, f.Code, f)
	}
	texts := map[string]string{"settle": string(f.Settle), "summary": f.Summary, "explanation": f.Explanation}
	for _, r := range f.Remediation {
		texts[r.For+": "+r.Text] = r.Text
		if r.Snippet != nil {
			texts[r.For+": "+*r.Snippet] = *r.Snippet
		}
	}
	for _, field := range slices.Sorted(maps.Keys(texts)) {
		for _, m := range placeholder.FindAllStringSubmatch(texts[field], -1) {
			if m[1] != "{uri}" {
				t.Errorf("%s: %s leaves %s in %q", where, f.Code, m[1], field)
			}
		}
	}
}
