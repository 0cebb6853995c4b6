package main

// This file makes the facts that pages under docs/ have in marked places.

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report/checks"
)

var docBlocks = map[string]func(*testing.T) string{
	"exit-codes":  func(*testing.T) string { return table("code", "meaning", exitCodes) },
	"environment": func(*testing.T) string { return table("variable", "meaning", environment) },
	"formats":     func(*testing.T) string { return table("format", "what it is", formatFacts()) },
	"commands":    func(*testing.T) string { return table("command", "what it does", commandFacts()) },
	"rules":       func(*testing.T) string { return table("rule", "value", ruleFacts()) },
	"version":     func(*testing.T) string { return policy.LetsEncrypt().Version },
	"read":        func(*testing.T) string { return policy.LetsEncrypt().Read },
	"codes":       func(*testing.T) string { return fmt.Sprint(len(checks.All())) },
	"worlds":      func(t *testing.T) string { return fmt.Sprint(len(worldFiles(t, "conformance/worlds"))) },
	"old-rules":   func(*testing.T) string { return fmt.Sprint(oldRules.Hours() / 24) },
	"healthy":     func(t *testing.T) string { return fmt.Sprint(len(worldFiles(t, "healthy"))) },
	"conformance": conformanceTable,
}

func table(word, means string, facts []fact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n| %s | %s |\n|---|---|\n", word, means)
	for _, f := range facts {
		fmt.Fprintf(&b, "| %s | %s |\n", f.word, f.means)
	}
	return b.String()
}

func commandFacts() []fact {
	root := newRoot(nil, nil)
	out := []fact{{"`acmecheck NAME...`", "Look at names, and say what the CA would say"}}
	for _, c := range paged(root) {
		out = append(out, fact{"`acmecheck " + c.Name() + "`", c.Short})
	}
	return out
}

// ruleFacts are the numbers that people ask for.
func ruleFacts() []fact {
	p := policy.LetsEncrypt()
	return []fact{
		{"rules", fmt.Sprintf("%s, read on %s", p.ID(), p.Read)},
		{"time for one validation", p.Budget.String()},
		{"HTTP requests in all, fallbacks included", fmt.Sprint(p.HTTP01.Requests)},
		{"bytes of the answer that are read", fmt.Sprint(p.HTTP01.MaxBody)},
		{"remote perspectives, at least", fmt.Sprint(p.MPIC.Remotes)},
		{"of those that agree, from so many registries (RIRs)", fmt.Sprint(p.MPIC.RIRs)},
		{"of 5 perspectives, so many may fail", fmt.Sprint(p.MPIC.May(5))},
		{"User-Agent", "`" + p.UserAgent + "`"},
	}
}

func worldFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "testdata", dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no worlds in %s: %v", dir, err)
	}
	return files
}

var docQuestion = regexp.MustCompile(`(?m)^challenge (\S+)`)

// conformanceTable counts the recorded worlds by method and verdict. That
// acmecheck agrees with every one is proved by TestConformance.
func conformanceTable(t *testing.T) string {
	t.Helper()
	var verdicts []struct {
		World   string
		Boulder string
		Valid   bool
	}
	b, err := os.ReadFile(filepath.Join(home, "testdata/conformance/verdicts-new.json"))
	if err == nil {
		err = json.Unmarshal(b, &verdicts)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]*row{}
	total := &row{}
	for _, v := range verdicts {
		world, err := os.ReadFile(filepath.Join(home, "testdata/conformance/worlds", v.World+".world"))
		if err != nil || v.Boulder != policy.LetsEncrypt().Version {
			t.Fatalf("%s by %s: %v", v.World, v.Boulder, err)
		}
		method := docQuestion.FindStringSubmatch(string(world))[1]
		if rows[method] == nil {
			rows[method] = &row{}
		}
		several := strings.Contains(string(world), "\nperspectives ")
		rows[method].count(v.Valid, several)
		total.count(v.Valid, several)
	}
	out := "\n| method | worlds | validated | refused | with several perspectives |\n|---|--:|--:|--:|--:|\n"
	for _, m := range slices.Sorted(maps.Keys(rows)) {
		out += rows[m].line(m)
	}
	return out + total.line("together")
}

// A row counts the worlds of a method.
type row struct{ valid, refused, several int }

func (r *row) count(valid, several bool) {
	if valid {
		r.valid++
	} else {
		r.refused++
	}
	if several {
		r.several++
	}
}

func (r *row) line(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d |\n", name, r.valid+r.refused, r.valid, r.refused, r.several)
}
