package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// upLab runs a lab in this process. Whatever it tells after that it is ready
// comes out of told; stop ends it as Ctrl-C does and returns its exit code.
func upLab(t *testing.T, dir string, arg ...string) (told *bufio.Reader, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int, 1)
	var errs strings.Builder
	go func() {
		c := execute(ctx, append([]string{"lab", "up", "--dir", dir, "--format", "json", "--listen", "127.0.0.1:0", "--dns", "127.0.0.1:0"}, arg...), w, &errs)
		_ = w.Close()
		code <- c
	}()
	told = bufio.NewReader(r)
	line, err := told.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, `{"event":"ready"`) {
		cancel()
		t.Fatalf("%s %v %s", line, err, errs.String())
	}
	stop = func() int {
		cancel()
		c := <-code
		code <- c
		return c
	}
	t.Cleanup(func() { stop() })
	return told, stop
}

// runLab runs another command of the lab.
func runLab(t *testing.T, want int, arg ...string) (stdout string) {
	t.Helper()
	var out, errs strings.Builder
	if code := execute(t.Context(), append([]string{"lab"}, arg...), &out, &errs); code != want {
		t.Errorf("%s: exit code %d, want %d: %s%s", arg, code, want, out.String(), errs.String())
	}
	return out.String()
}

// Ctrl-C is how a lab ends: no error. Its state goes with it, and its secrets
// are for its user only.
func TestLabEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	told, stop := upLab(t, dir)
	for file, want := range map[string]fs.FileMode{stateFile: 0o600, keyFile: 0o600, certbotFile: 0o600, bundleFile: 0o644} {
		info, err := os.Stat(filepath.Join(dir, file))
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&^want != 0 {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	rest := make(chan string)
	go func() {
		b, _ := io.ReadAll(told)
		rest <- string(b)
	}()
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if s := <-rest; !strings.Contains(s, `"event":"down"`) {
		t.Errorf("told: %s", s)
	}
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err == nil {
		t.Error("the state is left")
	}
	runLab(t, exitLab, "status", "--dir", dir)
}

// A reader who does not read holds up neither the lab nor its end.
func TestLabUnread(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, stop := upLab(t, dir)
	for range 3 {
		runLab(t, 0, "fault", "set", "dns-missing", "www.lab.test", "--dir", dir)
	}
	runLab(t, 0, "down", "--dir", dir)
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// Labs in two directories know nothing of each other.
func TestLabsBesideEachOther(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	upLab(t, one)
	upLab(t, two)
	runLab(t, 0, "fault", "set", "dns-missing", "www.lab.test", "--dir", one)
	var s labStatus
	if err := json.Unmarshal([]byte(runLab(t, 0, "status", "--format", "json", "--dir", two)), &s); err != nil || len(s.Faults) > 0 || s.Dir != two {
		t.Errorf("%+v %v", s, err)
	}
}

// Nobody without the token reaches a lab, and nobody fills its memory.
func TestLabControl(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	upLab(t, dir)
	s, err := readLabState(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, token, method, path, body string
		status                          int
	}{
		{"no token", "", "GET", "/status", "", 403},
		{"another token", "Bearer " + strings.Repeat("A", len(s.Token)), "POST", "/down", "", 403},
		{"the token", "Bearer " + s.Token, "GET", "/status", "", 200},
		{"another method", "Bearer " + s.Token, "GET", "/down", "", 405},
		{"another path", "Bearer " + s.Token, "GET", "/", "", 404},
		{"no JSON", "Bearer " + s.Token, "POST", "/fault", "fault", 400},
		{"too long", "Bearer " + s.Token, "POST", "/fault", `{"fault":"` + strings.Repeat("x", 2*controlLimit) + `"}`, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+s.Control+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if tt.token != "" {
				r.Header.Set("Authorization", tt.token)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("%s, want %d", resp.Status, tt.status)
			}
		})
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range []string{"", "/home/user/.local/ca.pem", "my dir", "it's", "$HOME"} {
		got = append(got, quoted(s))
	}
	if diff := cmp.Diff([]string{"''", "/home/user/.local/ca.pem", "'my dir'", `'it'\''s'`, "'$HOME'"}, got); diff != "" {
		t.Error(diff)
	}
}
