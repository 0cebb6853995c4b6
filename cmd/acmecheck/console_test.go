package main

// This file executes the documentation: blocks marked "console" are typed into
// a shell, and what it prints is compared with what the page shows.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A fence is a block of a page between ``` and ```.
type fence struct {
	at    string // page:line
	lang  string
	lines []string
}

func fences(name, page string) []fence {
	var out []fence
	var open *fence
	for i, line := range strings.Split(page, "\n") {
		rest, marked := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case open != nil && marked:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.lines = append(open.lines, line)
		case marked:
			lang, _, _ := strings.Cut(rest, " ")
			open = &fence{at: fmt.Sprintf("%s:%d", name, i+1), lang: lang}
		}
	}
	return out
}

// In a console block a line that begins with "$ " is typed and the lines below
// it are what is seen; a line "…" stands for any lines. A block that looks like
// one has to be marked as one.
func TestConsoleBlocks(t *testing.T) {
	dir := shellDir(t)
	pages, seen := documents(t), 0
	for name, page := range pages {
		for _, f := range fences(name, page) {
			typed := len(f.lines) > 0 && strings.HasPrefix(f.lines[0], "$ ")
			switch {
			case f.lang == "console" && typed:
				seen++
				t.Run(f.at, func(t *testing.T) { t.Parallel(); typeIn(t, dir, f.lines) })
			case f.lang == "console" || typed:
				t.Errorf("%s: a console block begins with ```console and a line with $", f.at)
			}
		}
	}
	if !strings.Contains(pages["README.md"], "```console\n$ acmecheck demo redirect-4434\n") {
		t.Error("the README lacks its picture")
	}
	t.Logf("%d console blocks", seen)
}

// shellDir is an empty home with acmecheck, which is this test binary, in bin/,
// and the worlds of the tree in testdata/.
func shellDir(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs sh")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	worlds, err := filepath.Abs(filepath.Join(home, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for to, name := range map[string]string{self: "bin/acmecheck", worlds: "testdata"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skipf("needs symbolic links: %v", err)
		}
	}
	return dir
}

// inShell is a shell command whose acmecheck is the binary under test.
func inShell(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + filepath.Join(dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "TERM=dumb"}
	return c
}

// typeIn types the commands of a block, one after the other in one shell, and
// compares.
func typeIn(t *testing.T, dir string, lines []string) {
	t.Helper()
	var script, shown bytes.Buffer
	for _, line := range lines {
		shown.WriteString(line + "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			// $? is for the next command to see
			fmt.Fprintf(&script, "last=$?; printf '%%s\\n' %s; (exit $last); %s\n", quoted(line), command)
		}
	}
	c := inShell(t, dir, "sh", "-c", "exec 2>&1\n"+script.String())
	out, _ := c.CombinedOutput() // the code is for the page to tell
	got, want := steady(string(out)), steady(shown.String())
	if !pattern(want).MatchString(got) {
		t.Errorf("(-the page shows +you see)\n%s", cmp.Diff(want, got))
	}
}

var (
	docTiming   = regexp.MustCompile(`\b(dns|connect|tls|ttfb) \d+|after \d+\.\d s|, \d+\.\d s\.`)
	docDuration = regexp.MustCompile(`("duration_ms"|"start_ms"|"ms"|"dns"|"connect"|"tls"|"ttfb"): ?\d+`)
	docMoment   = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	docLoopback = regexp.MustCompile(`(127\.0\.0\.1|localhost|\[::1\]):\d{4,5}\b`)
)

// steady takes out of what is shown what differs from run to run.
func steady(s string) string {
	s = docTiming.ReplaceAllString(s, "$1 0")
	s = docDuration.ReplaceAllString(s, "$1: 0")
	s = docMoment.ReplaceAllString(s, "TIME")
	return docLoopback.ReplaceAllString(s, "$1:PORT")
}

// pattern matches what a page shows, where a line … stands for any lines.
func pattern(shown string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for line := range strings.Lines(shown) {
		if strings.TrimSpace(line) == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(regexp.QuoteMeta(line))
	}
	return regexp.MustCompile(b.String() + `\z`)
}
