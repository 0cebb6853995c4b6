package lab_test

// Recipes for what looks again and again: timers, monitoring, pipelines. Their
// documents are configuration of other programs; what those would run is run.

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A job is what a program of the system would run of a recipe.
type job struct {
	command []string
	fails   int    // its exit code where the CA would refuse
	out     string // the file that it writes, if any
}

const cannotTell = 3

// look has a job look twice, from the machine itself: at a name in order, which
// cannot be told for sure there, and at a broken one.
func (m *machine) look(t *testing.T, j job) {
	t.Helper()
	stop := m.nginx(t, "")
	m.job(t, j, cannotTell)
	stop()
	m.nginx(t, broken)
	m.job(t, j, j.fails)
}

func systemdRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	const dir = "/var/lib/prometheus/node-exporter"
	m.install(t, r.files)
	m.install(t, map[string]string{
		"/etc/acmecheck/names": "www.example.com\n", // the wildcard has no TXT record here
		dir + "/other.prom":    "",
	})
	m.passes(t, "systemd-analyze verify /etc/systemd/system/acmecheck.timer acmecheck.service", 0)
	m.look(t, job{command: execStart(t, r), fails: 1, out: dir + "/acmecheck.prom"})
	metrics, err := os.ReadFile(dir + "/acmecheck.prom")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`\bacmecheck_\w+`).FindAllString(r.file(t, "/etc/prometheus/rules/acmecheck.yml"), -1) {
		if !strings.Contains(string(metrics), "\n"+name) {
			t.Errorf("an alert is about %s, which is not there:\n%s", name, metrics)
		}
	}
}

func nagiosRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	m.look(t, job{command: nagiosCommand(t, r), fails: 2})
}

func gitlabRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	m.look(t, job{command: gitlabScript(t, r), fails: 1, out: "/acmecheck.xml"})
}

func kubernetesRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	alone := m.command(t.Context(), contained[0], append(contained[1:], "sh", "-c", "id -u; touch /written")...)
	if said, code := m.finish(t, alone); code == 0 || !strings.HasPrefix(said, "65532\n") || !strings.Contains(said, "Read-only") {
		t.Fatalf("not contained: %d %s", code, said)
	}
	m.look(t, job{command: append(contained, podCommand(t, r)...), fails: 1})
}

// contained, before a command, is what the security context of the pod comes to: not root, without
// capabilities, and nothing can be written.
var contained = []string{
	"unshare", "--mount", "sh", "-ec", `mount -o remount,bind,ro /; exec setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --bounding-set -all "$@"`, "sh",
}

// job runs one, and requires its exit code, its output and its file.
func (m *machine) job(t *testing.T, j job, want int) {
	t.Helper()
	_ = os.Remove(j.out)
	c := m.command(t.Context(), j.command[0], j.command[1:]...)
	c.Env = slices.DeleteFunc(slices.Clone(c.Env), func(v string) bool { return strings.HasPrefix(v, "HOME=") }) // none has
	out, code := m.finish(t, c)
	if code != want || want != cannotTell && !strings.Contains(out, "http01.redirect.port") {
		t.Errorf("%q: exit code %d, want %d:\n%s", j.command, code, want, out)
	}
	if b, err := os.ReadFile(j.out); j.out != "" && (err != nil || !strings.Contains(string(b), "www.example.com")) {
		t.Errorf("%v: %s", err, b)
	}
}

// execStart is the command of the unit.
func execStart(t *testing.T, r recipe) []string {
	t.Helper()
	unit := r.file(t, "/etc/systemd/system/acmecheck.service")
	_, rest, _ := strings.Cut(unit, "\nExecStart=")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Fields(line)
}

// nagiosCommand is the command line, with the argument of the service.
func nagiosCommand(t *testing.T, r recipe) []string {
	t.Helper()
	conf := r.file(t, "/etc/nagios4/conf.d/acmecheck.cfg")
	_, rest, _ := strings.Cut(conf, "command_line ")
	line, rest, _ := strings.Cut(rest, "\n")
	_, rest, _ = strings.Cut(rest, "check_acme!")
	arg, _, _ := strings.Cut(rest, "\n")
	return []string{"/bin/sh", "-c", strings.ReplaceAll(line, "$ARG1$", arg)}
}

// gitlabScript runs the lines as GitLab's runner does. What comes before
// installs a release, which is not here.
func gitlabScript(t *testing.T, r recipe) []string {
	t.Helper()
	var pipeline struct {
		Acmecheck struct {
			Script       []string
			AllowFailure struct {
				ExitCodes int `json:"exit_codes"`
			} `json:"allow_failure"`
			Artifacts struct {
				When    string
				Reports struct{ JUnit string }
			}
		}
	}
	readYAML(t, r.file(t, ".gitlab-ci.yml"), &pipeline)
	j := pipeline.Acmecheck
	if j.AllowFailure.ExitCodes != 3 || j.Artifacts.When != "always" || j.Artifacts.Reports.JUnit != "acmecheck.xml" {
		t.Errorf("%+v", j)
	}
	return []string{"/bin/bash", "-eo", "pipefail", "-c", strings.Join(j.Script, "\n")}
}

// podCommand is what the container runs. It has to be content with the least.
func podCommand(t *testing.T, r recipe) []string {
	t.Helper()
	type pod struct {
		RestartPolicy                string
		AutomountServiceAccountToken *bool
		SecurityContext              struct {
			RunAsNonRoot   bool
			RunAsUser      int
			SeccompProfile struct{ Type string }
		}
		Containers []struct {
			Args            []string
			Env             []struct{ Name, Value string }
			SecurityContext struct {
				AllowPrivilegeEscalation *bool
				ReadOnlyRootFilesystem   bool
				Capabilities             struct{ Drop []string }
			}
		}
	}
	var cron struct {
		Kind string
		Spec struct {
			JobTemplate struct {
				Spec struct{ Template struct{ Spec pod } }
			}
		}
	}
	readYAML(t, r.file(t, "acmecheck.yaml"), &cron)
	p := cron.Spec.JobTemplate.Spec.Template.Spec
	if cron.Kind != "CronJob" || p.RestartPolicy != "Never" || p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken ||
		!p.SecurityContext.RunAsNonRoot || p.SecurityContext.RunAsUser != 65532 || p.SecurityContext.SeccompProfile.Type != "RuntimeDefault" || len(p.Containers) != 1 {
		t.Fatalf("%+v", cron)
	}
	c := p.Containers[0]
	if s := c.SecurityContext; s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("%+v", s)
	}
	command := []string{"/usr/bin/env"}
	for _, e := range c.Env {
		command = append(command, e.Name+"="+e.Value)
	}
	return append(append(command, "/usr/local/bin/acmecheck"), c.Args...)
}

const python = "/usr/bin/python3" // Debian's own

// needYAML skips without a reader of YAML.
func needYAML(t *testing.T) {
	t.Helper()
	if err := exec.CommandContext(t.Context(), python, "-c", "import yaml").Run(); err != nil {
		t.Skip("needs python3-yaml")
	}
}

// readYAML reads a document into what encoding/json would.
func readYAML(t *testing.T, text string, into any) {
	t.Helper()
	c := exec.CommandContext(t.Context(), python, "-c", "import json,sys,yaml; json.dump(yaml.safe_load(sys.stdin),sys.stdout)")
	c.Stdin = strings.NewReader(text)
	b, err := c.Output()
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
