package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The jq programs of docs/json-report.md say something about a report with
// trouble in it.
func TestJQExamples(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("needs jq")
	}
	page := documents(t)["docs/json-report.md"]
	programs := regexp.MustCompile(`(?m)\| jq (?:-r )?'([^']+)'$`).FindAllStringSubmatch(page, -1)
	if len(programs) < 4 {
		t.Fatalf("%d programs", len(programs))
	}
	doc := encoded(t, reportOf(t, "redirect-4434"))
	for _, p := range programs {
		c := exec.CommandContext(t.Context(), "jq", "-r", p[1])
		c.Stdin = strings.NewReader(string(doc))
		if out, err := c.Output(); err != nil || len(out) < 4 {
			t.Errorf("jq %s: %v\n%s", p[1], err, out)
		}
	}
}
