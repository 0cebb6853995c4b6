package lab_test

// The GitHub Action: actionlint and shellcheck read it, and its steps run here
// as GitHub's runner runs them.

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An action is what a runner reads of action.yml.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

// A step of an action.
type step struct {
	Name, If, Run string
	Env           map[string]string
}

const buildStep = "build acmecheck"

// build runs the step that builds.
func (a *action) build(t *testing.T) (binary string) {
	t.Helper()
	temp := t.TempDir()
	r := &ran{work: t.TempDir()}
	i := slices.IndexFunc(a.Runs.Steps, func(s step) bool { return s.Name == buildStep })
	r.step(t, a.Runs.Steps[i], temp, map[string]string{"github.action_path": tree(t)})
	if r.code != 0 {
		t.Fatalf("building: %s", r.said)
	}
	return temp + "/acmecheck/acmecheck"
}

// tree is the top of the source tree.
func tree(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const actionFile = "../action.yml"

func newAction(t *testing.T) *action {
	t.Helper()
	needYAML(t)
	b, err := os.ReadFile(actionFile)
	if err != nil {
		t.Fatal(err)
	}
	a := &action{}
	readYAML(t, string(b), a)
	return a
}

// A ran is what became of an action.
type ran struct {
	said     string
	code     int // of the step that failed
	outputs  map[string]string
	summary  string
	report   string // the file that is the output report-file, JSON
	work     string // the directory
	releases string // where to download from, instead of GitHub
}

var expression = regexp.MustCompile(`\$\{\{ ?(.*?) ?\}\}`)

// use runs the action with inputs. What it would build is built already;
// releases is where it finds releases.
func (a *action) use(t *testing.T, built, releases string, with map[string]string) *ran {
	t.Helper()
	r := &ran{work: t.TempDir(), releases: releases, outputs: map[string]string{}}
	values := map[string]string{"github.action_path": tree(t)}
	for name, input := range a.Inputs {
		values["inputs."+name] = input.Default
	}
	for name, value := range with {
		if _, ok := a.Inputs[name]; !ok {
			t.Fatalf("no input %s", name)
		}
		values["inputs."+name] = value
	}
	temp := t.TempDir()
	if with["version"] == "" {
		if err := errors.Join(os.Mkdir(temp+"/acmecheck", 0o700), os.Link(built, temp+"/acmecheck/acmecheck")); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range a.Runs.Steps {
		if s.Run != "" && s.Name != buildStep && r.code == 0 && due(t, s.If, values) {
			r.step(t, s, temp, values)
		}
	}
	r.collect(t, temp)
	return r
}

// due evaluates the conditions that the action has.
func due(t *testing.T, condition string, values map[string]string) bool {
	t.Helper()
	switch condition {
	case "":
		return true
	case "inputs.version == ''":
		return values["inputs.version"] == ""
	case "inputs.version != ''":
		return values["inputs.version"] != ""
	}
	t.Fatalf("what is %q?", condition)
	return false
}

// step runs one, as a runner does with shell: bash.
func (r *ran) step(t *testing.T, s step, temp string, values map[string]string) {
	t.Helper()
	script := filepath.Join(temp, "script.sh")
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	c.Dir = r.work
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ACMECHECK_") })
	c.Env = append(c.Env, "RUNNER_TEMP="+temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "GITHUB_ACTIONS=true",
		"GITHUB_OUTPUT="+temp+"/output", "GITHUB_STEP_SUMMARY="+temp+"/summary")
	for name, value := range s.Env {
		value = expression.ReplaceAllStringFunc(value, func(e string) string {
			v, ok := values[expression.FindStringSubmatch(e)[1]]
			if !ok {
				t.Fatalf("what is %s?", e)
			}
			return v
		})
		if name == "RELEASES" {
			value = r.releases
		}
		c.Env = append(c.Env, name+"="+value)
	}
	out, err := c.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	r.said += string(out)
	r.code = c.ProcessState.ExitCode()
}

// collect reads what the steps left for the runner.
func (r *ran) collect(t *testing.T, temp string) {
	t.Helper()
	output, _ := os.ReadFile(temp + "/output") // none, if no step got there
	for line := range strings.Lines(string(output)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		r.outputs[name] = value
	}
	summary, _ := os.ReadFile(temp + "/summary")
	report, _ := os.ReadFile(r.outputs["report-file"])
	r.summary, r.report = string(summary), string(report)
}

// inWorld are the arguments that look into a world.
func inWorld(t *testing.T, name string) string {
	t.Helper()
	return "--world\n" + filepath.Join(tree(t), "testdata/conformance/worlds", name+".world") + "\n"
}

func TestRecipeAction(t *testing.T) {
	t.Parallel()
	a := newAction(t)
	built := a.build(t)
	t.Run("inputs", func(t *testing.T) { a.testInputs(t, built) })
	t.Run("injection", func(t *testing.T) { a.testInjection(t, built) })
	t.Run("release", func(t *testing.T) { a.testRelease(t, built) })
}

func (a *action) testInputs(t *testing.T, built string) {
	t.Helper()
	const nobody = "--resolver\n127.0.0.1:1\n"
	for _, tt := range []struct {
		name    string
		with    map[string]string
		code    int    // of the step
		exit    string // of acmecheck
		says    string // a line of the log begins so
		summary string // and this is in the summary
	}{
		{name: "ready", with: map[string]string{"args": inWorld(t, "http-ok")}, exit: "0"},
		{
			name: "not ready", with: map[string]string{"args": inWorld(t, "http-redirect-port-4434"), "sarif-file": "out.sarif"},
			code: 1, exit: "1", says: "::error title=http01.redirect.port", summary: "http01.redirect.port",
		},
		{
			name: "not ready, which is fine", with: map[string]string{"args": inWorld(t, "http-redirect-port-4434"), "fail-on": "never"},
			exit: "0", says: "::error title=http01.redirect.port", summary: "http01.redirect.port",
		},
		{name: "cannot tell", with: map[string]string{"args": nobody, "targets": "http-01@www.example.com\nhttp-01@example.com"}, exit: "3", says: "::warning title=acmecheck::cannot tell"},
		{name: "cannot tell, which fails", with: map[string]string{"args": nobody, "targets": "www.example.com", "allow-inconclusive": "false"}, code: 3, exit: "3"},
		{name: "no target", code: 2, exit: "2"},
		{name: "no method", with: map[string]string{"targets": "www.example.com", "methods": "carrier-pigeon"}, code: 2, exit: "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := a.use(t, built, "", tt.with)
			if r.code != tt.code || r.outputs["exit-code"] != tt.exit || !strings.Contains("\n"+r.said, "\n"+tt.says) || !strings.Contains(r.summary, tt.summary) {
				t.Errorf("exit code %d, outputs %q, summary:\n%s\nlog:\n%s", r.code, r.outputs, r.summary, r.said)
			}
			sarif, _ := os.ReadFile(r.work + "/out.sarif") // if it was asked for
			if path := tt.with["sarif-file"]; r.outputs["sarif-file"] != path || (path != "") != strings.Contains(string(sarif), `"2.1.0"`) {
				t.Errorf("sarif-file=%s: %s", r.outputs["sarif-file"], sarif)
			}
			if (r.report != "") != (tt.exit != "2") || r.report != "" && !strings.Contains(r.report, `"code": `+tt.exit) {
				t.Errorf("report-file=%s: %s", r.outputs["report-file"], r.report)
			}
		})
	}
}

// An input that would be code in a script is a strange input, and no more.
func (a *action) testInjection(t *testing.T, built string) {
	t.Helper()
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression in a script:\n%s", s.Run)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Inputs)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{"x; touch pwned", "$(touch pwned)", "'; touch pwned; '", "x\n::error title=pwned::\nexit-code=pwned"} {
				with := map[string]string{"targets": "www.example.com", "args": inWorld(t, "http-ok")}
				with[name] = value
				r := a.use(t, built, "", with)
				if _, err := os.Stat(r.work + "/pwned"); err == nil {
					t.Errorf("%q ran", value)
				}
				if strings.Contains("\n"+r.said, "\n::error title=pwned") || r.outputs["exit-code"] == "pwned" {
					t.Errorf("%q was written: %q %s", value, r.outputs, r.said)
				}
			}
		})
	}
}

// A release runs if it is what its sums say.
func (a *action) testRelease(t *testing.T, built string) {
	t.Helper()
	binary, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	const name = "acmecheck_1.2.3_linux_amd64.tar.gz"
	archive := archived(t, binary)
	sums := fmt.Sprintf("%x  other\n%x  %s\n", sha256.Sum256(nil), sha256.Sum256(archive), name)
	for _, tt := range []struct {
		name, version string
		files         map[string]string
		code          int
		says          string
	}{
		{"good", "v1.2.3", map[string]string{"/v1.2.3/" + name: string(archive), "/v1.2.3/SHA256SUMS": sums}, 0, ""},
		{"another archive", "v1.2.3", map[string]string{"/v1.2.3/" + name: "x", "/v1.2.3/SHA256SUMS": sums}, 2, "is not what SHA256SUMS says"},
		{"not in the sums", "v1.2.3", map[string]string{"/v1.2.3/" + name: string(archive), "/v1.2.3/SHA256SUMS": "\n"}, 2, "is not what SHA256SUMS says"},
		{"not there", "v1.2.3", nil, 22, "404"}, // curl's
		{"no version", "../../evil", nil, 2, "is not like v1.2.3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				text, ok := tt.files[r.URL.Path]
				if !ok {
					http.NotFound(w, r)
				}
				_, _ = w.Write([]byte(text))
			}))
			defer s.Close()
			r := a.use(t, "", s.URL, map[string]string{"version": tt.version, "args": inWorld(t, "http-ok")})
			if r.code != tt.code || !strings.Contains(r.said, tt.says) || (r.outputs["exit-code"] == "0") != (tt.code == 0) {
				t.Errorf("exit code %d, want %d; outputs %q:\n%s", r.code, tt.code, r.outputs, r.said)
			}
		})
	}
}

// archived is a release with one program.
func archived(t *testing.T, program []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	header := w.WriteHeader(&tar.Header{Name: "acmecheck", Mode: 0o755, Size: int64(len(program))})
	_, content := w.Write(program)
	if err := errors.Join(header, content, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The workflow of the document, with this tree as its action: every input and
// output that it names has to be there.
func TestRecipeActionLint(t *testing.T) {
	t.Parallel()
	lint := actionlint(t)
	workflow := newRecipe(t, "github-action.md").file(t, ".github/workflows/certificates.yml")
	local := strings.Replace(workflow, "acmecheck/acmecheck@main", "./", 1)
	if local == workflow {
		t.Fatal("the workflow does not use the action")
	}
	b, err := os.ReadFile(actionFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, ".github/workflows/certificates.yml")
	if err := errors.Join(os.Mkdir(dir+"/.git", 0o755), os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(dir+"/action.yml", b, 0o600)); err != nil { //nolint:gosec // nobody else's
		t.Fatal(err)
	}
	for _, text := range []string{workflow, local} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), lint, "-no-color")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("actionlint: %v\n%s", err, out)
		}
	}
}

// actionlint is built, from the module cache if it is there.
func actionlint(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), "go", "install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12")
	c.Env = append(os.Environ(), "GOBIN="+dir, "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Logf("%s", out)
		t.Skip("needs actionlint, from the module proxy")
	}
	return dir + "/actionlint"
}

// Whatever is for a shell, in the action and in all recipes, passes shellcheck.
func TestRecipeShell(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("needs shellcheck")
	}
	check := func(shell, where, text string) {
		c := exec.CommandContext(t.Context(), "shellcheck", "-s", shell, "-")
		c.Stdin = strings.NewReader(text)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", where, err, out)
		}
	}
	for _, s := range newAction(t).Runs.Steps {
		if s.Run != "" {
			check("bash", "action.yml", "set -eo pipefail\n"+s.Run) // as the runner has it
		}
	}
	all, err := filepath.Glob(recipes + "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		r := newRecipe(t, filepath.Base(path))
		for _, text := range r.runs {
			check("sh", path, text)
		}
		for _, text := range r.files {
			if strings.HasPrefix(text, "#!/bin/sh\n") {
				check("sh", path, text)
			}
		}
	}
}
