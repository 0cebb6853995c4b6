package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
)

// commandLine is a workflow command as the runner reads one: properties have no
// colon and no comma in their values, and data begins at the first "::".
var commandLine = regexp.MustCompile(`^::(error|warning|notice) title=[^:,]+(,file=[^:,]+,line=\d+)?::(.+)$`)

func annotations(t *testing.T, r *report.Report) []string {
	t.Helper()
	text := written(t, GitHub, r)
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, l := range lines {
		if !commandLine.MatchString(l) {
			t.Errorf("no command of ours: %q", l)
		}
	}
	return lines
}

// A line from a server begins no command, and a title or file name cannot add a
// property.
func TestGitHubOfHostile(t *testing.T) {
	lines := annotations(t, hostile(t))
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "::error title=x\\x1b[31m\\x0d\\x0a%3A%3Aerror title=own%3A%3Apwned") || !strings.HasPrefix(lines[1], "::warning ") {
		t.Errorf("%q", lines)
	}
}

// The worst comes first over all targets, since GitHub shows ten of a kind; that
// nothing can be told comes before the notices.
func TestGitHubOrder(t *testing.T) {
	why := "ignored"
	suppressed := aFinding("s.s.s", report.Error)
	suppressed.Suppressed = &why
	r := oneTarget(nil, outcomeOf("http-01", report.CannotTell, true, aFinding("i.i.i", report.Info), aFinding("w.w.w", report.Warning), suppressed))
	later := oneTarget(&no, outcomeOf("http-01", report.WouldNot, true, aFinding("e.e.e", report.Error))).Targets[0]
	later.Source = &report.Source{File: "a,b:c.txt", Line: 12}
	r.Targets = append(r.Targets, later)
	r.Notes = []string{"50% of it"}
	got := annotations(t, r)
	want := []string{
		"::notice title=acmecheck::Cannot tell.%0A50%25 of it",
		"::error title=e.e.e,file=a%2Cb%3Ac.txt,line=12::example.com: about e.e.e%0AMore: acmecheck explain e.e.e",
		"::warning title=w.w.w::example.com: about w.w.w%0AMore: acmecheck explain w.w.w",
		"::notice title=i.i.i::example.com: about i.i.i%0AMore: acmecheck explain i.i.i",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := annotations(t, frozen(t, "ready")); got != nil {
		t.Errorf("ready, and %q", got)
	}
}

// Every row of a table has as many cells as its head, whatever is in them, and
// nothing outside of a code span is HTML or a link.
func TestGitHubSummaryOfHostile(t *testing.T) {
	text := written(t, GitHubSummary, hostile(t))
	columns := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		if n := strings.Count(line, "|"); columns != 0 && n != columns {
			t.Errorf("%d bars instead of %d: %s", n, columns, line)
		} else {
			columns = n
		}
	}
	spans := regexp.MustCompile("(`+)[^`]+?(`+)")
	bare := strings.ReplaceAll(spans.ReplaceAllString(text, ""), "<br>", "")
	if strings.ContainsAny(bare, "<[`") {
		t.Errorf("outside of code:\n%s\nof\n%s", bare, text)
	}
}

// A summary that GitHub would not show for its length is cut, and says so.
func TestGitHubSummaryIsCut(t *testing.T) {
	r := oneTarget(&no, outcomeOf("http-01", report.WouldNot, true, aFinding("net.connect.refused", report.Error)))
	for range 20000 {
		r.Targets = append(r.Targets, r.Targets[0])
	}
	if text := written(t, GitHubSummary, r); len(text) > 1<<20 || !strings.Contains(text, " rows more; `--out json=FILE` has all.") {
		t.Errorf("%d octets, ending in %q", len(text), text[len(text)-200:])
	}
}
