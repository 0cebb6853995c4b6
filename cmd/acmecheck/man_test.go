package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/report"
)

// manual writes all pages and returns their files.
func manual(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	runOK(t, "man", dir)
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	return pages
}

func runOK(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	if code := execute(t.Context(), args, &out, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("%v: exit code %d, stderr %q", args, code, errs.String())
	}
	return out.String()
}

// mandoc is the strictest reader of manual pages.
func TestManualIsWellFormed(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("needs mandoc")
	}
	pages := manual(t)
	out, err := exec.CommandContext(t.Context(), "mandoc", append([]string{"-Tlint", "-Wwarning"}, pages...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = exec.CommandContext(t.Context(), "mandoc", "-Tascii", pages[slices.IndexFunc(pages, func(p string) bool { return filepath.Base(p) == "acmecheck.1" })]).Output()
	text := regexp.MustCompile(`.\x08`).ReplaceAllString(string(out), "")
	for _, want := range []string{"acmecheck --webroot /var/www example.com", "-q, --quiet", "130, 143", "acmecheck-lab(1)"} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%v, and the page lacks %q", err, want)
		}
	}
}

// Every command has a page, and every flag is on it.
func TestManualIsComplete(t *testing.T) {
	pages := map[string]string{}
	for _, p := range manual(t) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		pages[strings.TrimSuffix(filepath.Base(p), ".1")] = string(b)
	}
	eachCommand(newRoot(nil, nil), func(c *cobra.Command) {
		if !c.IsAvailableCommand() && c.HasParent() {
			return // a topic
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if page := pages[manName(c)]; !f.Hidden && !strings.Contains(page, roff("--"+f.Name)) {
				t.Errorf("the page of %q lacks --%s", c.CommandPath(), f.Name)
			}
		})
	})
	if got := runOK(t, "man"); got != pages["acmecheck"] {
		t.Error("man and man DIR differ")
	}
}

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{
		".git": `\&.git`, "'*.x'": `\&'*.x'`, `a\b -q`: `a\eb \-q`, "a\tb": "a  b", "plain": "plain",
	} {
		if got := roff(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

var heeded = regexp.MustCompile(`(?:getenv|set|Getenv)\("([A-Z_]+)"\)`)

// A variable that the program asks for is in the table, and the other way
// around.
func TestEnvironmentIsDocumented(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{"ACMECHECK_*": true}
	for _, file := range sources {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range heeded.FindAllStringSubmatch(string(b), -1) {
			got[m[1]] = true
		}
	}
	for _, f := range environment {
		if !got[f.word] {
			t.Errorf("nobody asks for %s", f.word)
		}
		delete(got, f.word)
	}
	for name := range got {
		t.Errorf("%s is in no table", name)
	}
}

// Every code has its row, and the order of what is worse is the real one.
func TestExitCodesAreDocumented(t *testing.T) {
	var rows []string
	for _, f := range exitCodes {
		rows = append(rows, strings.Split(f.word, ", ")...)
	}
	_, list, _ := strings.Cut(strings.ReplaceAll(exitCodesAfter, "\n", " "), "order: ")
	list, _, _ = strings.Cut(list, ".")
	order := strings.Split(list, ", ")
	for i := range order[1:] {
		worse, better := codeOf(t, order[i]), codeOf(t, order[i+1])
		if report.WorstExit(better, worse) != worse {
			t.Errorf("%d is not worse than %d", worse.Code, better.Code)
		}
	}
	order = append(order, "7", "130", "143")
	slices.Sort(rows)
	slices.Sort(order)
	if !slices.Equal(rows, order) {
		t.Errorf("the table has %v, the order of what is worst %v", rows, order)
	}
}

func codeOf(t *testing.T, s string) report.Exit {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return report.Exit{Code: n}
}
