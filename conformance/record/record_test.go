package record

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// The test binary is also the node.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "node" {
		if node.Serve(context.Background(), os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const conformance = "../../testdata/conformance/"

// What was recorded before, by other servers and another resolver, comes out
// again. "make record" does this for all worlds.
func TestRecordingsRepeatThemselves(t *testing.T) {
	if err := node.Possible(t.Context()); err != nil {
		t.Skip(err)
	}
	b, err := os.ReadFile(conformance + "verdicts-new.json")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := verdict.Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"http-redirect-*", "http-tls-*", "http-e-say-body-reset", "http-e-loc-long-name", "http-e-dns-*", "alpn-*s*", "caa-*m*", "dns-*s*", "mpic-*"} {
		found, err := filepath.Glob(conformance + "worlds/" + pattern + ".world")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if v := recorded[node.WorldName(f)]; v != nil && v.Millis < 900 {
				files = append(files, f)
			}
		}
	}
	got, err := Run(t.Context(), files, Options{Jobs: 4, Runs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) < 80 {
		t.Errorf("a sample of %d worlds", len(got))
	}
	// A test binary does not know which modules it is made of.
	ignored := cmpopts.IgnoreFields(verdict.Verdict{}, "Millis", "Boulder")
	for _, v := range got {
		if diff := cmp.Diff(recorded[v.World], v, ignored); diff != "" {
			t.Errorf("%s (-recorded +now):\n%s", v.World, diff)
		}
	}
}

func TestPlanStartsWithWhatWaits(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for name, extra := range map[string]string{"a": "", "b": "tcp 192.0.2.1:80 drop", "c": "# drop"} {
		f := filepath.Join(dir, name+".world")
		if err := os.WriteFile(f, []byte("challenge http-01 192.0.2.1\n"+extra+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	tasks, err := plan(files, 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) != 9 {
		t.Fatalf("%d tasks", len(tasks))
	}
	for _, task := range tasks[:3] {
		if filepath.Base(task.file) != "b.world" {
			t.Errorf("%s is among the first", task.file)
		}
	}
	if _, err := plan([]string{filepath.Join(dir, "missing.world")}, 1); err == nil {
		t.Error("a file that there is not")
	}
}

// A world that cannot be recorded costs its node, and no other world.
func TestFailuresAreVerdicts(t *testing.T) {
	if err := node.Possible(t.Context()); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	var files []string
	for _, account := range []string{"https://ca.example/1", "https://acme-v02.api.letsencrypt.org/acme/acct/1"} {
		f := filepath.Join(dir, string(rune('a'+len(files)))+".world")
		if err := os.WriteFile(f, []byte("challenge dns-01 192.0.2.1\naccount "+account+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	got, err := Run(t.Context(), files, Options{Jobs: 1, Runs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Error == "" || got[0].World != "a" || got[1].Error != "" || got[1].Problem == nil {
		t.Errorf("%+v, %+v", got[0], got[1])
	}
}
